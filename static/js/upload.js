// Several files at once, one request each: what fails is named and can be tried again, what is attached stays.
// Without this script the same form posts all chosen files in one request.
"use strict";

(() => {
  const AT_ONCE = 2;
  // The rows of each form by its address: htmx may swap the panel while files are under way.
  const rows = new Map();
  const waiting = [];
  let running = 0;

  const words = (form, name) => form.dataset[`words${name}`];
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };

  const button = (text, name, onClick) => {
    const made = element("button", "link-button", text);
    made.type = "button";
    made.setAttribute("aria-label", `${text} ${name}`);
    made.addEventListener("click", onClick);
    return made;
  };

  const refresh = (task) => {
    if (!document.getElementById("_kept")) return;
    const swap = { target: "#_kept", select: "#_kept", swap: "outerHTML" };
    window.htmx.ajax("GET", task.panel, swap).catch(() => {});
  };

  // The sign-in may be another one by now: a form token that is good comes first. False where nobody is signed in,
  // or somebody else.
  const renewed = async (form) => {
    const headers = { "HX-Request": "true", Accept: "application/json" };
    const response = await fetch(form.dataset.token, { headers, cache: "no-store" });
    if (!response.ok) return false;
    const { token: fresh, person } = await response.json();
    if (String(person) !== form.dataset.person) return false;
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = fresh;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
    return true;
  };

  const retry = async (task) => {
    try {
      if (await renewed(task.form)) queue(task);
      else fail(task, words(task.form, "SignedOut"), true);
    } catch {
      fail(task, words(task.form, "Offline"), true);
    }
  };

  // What is wrong with the file itself stays wrong: then another file is chosen, and no retry is offered.
  const fail = (task, reason, again) => {
    const { row, form, file } = task;
    row.dataset.state = "failed";
    row.replaceChildren(
      element("span", "evidence-name", file.name),
      element("span", "failed", `${words(form, "NotAttached")} ${reason}`),
      ...(again ? [button(words(form, "Retry"), file.name, () => retry(task))] : []),
      button(words(form, "Dismiss"), file.name, () => row.remove()),
    );
  };

  const attached = (task, notice) => {
    task.row.dataset.state = "attached";
    task.row.replaceChildren(element("span", "", notice || `${task.file.name} ${words(task.form, "Attached")}`));
  };

  const reasonOf = (task, request) => {
    if (request.status === 401) return words(task.form, "SignedOut");
    if (request.status === 413) return words(task.form, "Large");
    if (request.status === 403) {
      return new DOMParser().parseFromString(request.responseText, "text/html").body.textContent.trim();
    }
    try {
      return JSON.parse(request.responseText).errors.join(" ");
    } catch {
      return words(task.form, "Server");
    }
  };

  const finish = (task) => {
    running -= 1;
    next();
    if (running) return;
    const done = [...rows.values()].flatMap((list) => [...list.querySelectorAll("[data-state=attached]")]);
    if (done.length) refresh(task);
    for (const row of done) setTimeout(() => row.remove(), 6000);
  };

  const send = (task) => {
    const { row, form, file } = task;
    const bar = document.createElement("progress");
    const state = element("span", "soft", words(form, "Sending"));
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    row.dataset.state = "sending";
    row.replaceChildren(element("span", "evidence-name", file.name), bar, state);

    const request = new XMLHttpRequest();
    const data = new FormData();
    data.append("file", file);
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.addEventListener("progress", (event) => {
      bar.value = (100 * event.loaded) / event.total;
      if (event.loaded === event.total) state.textContent = words(form, "Checking");
    });
    request.addEventListener("load", () => {
      if (request.status === 200) attached(task, JSON.parse(request.responseText).notices[0]);
      else fail(task, reasonOf(task, request), ![413, 422].includes(request.status));
      finish(task);
    });
    request.addEventListener("error", () => {
      fail(task, words(form, "Offline"), true);
      finish(task);
    });
    request.send(data);
  };

  const next = () => {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      send(waiting.shift());
    }
  };

  const queue = (task) => {
    const { row, form, file } = task;
    if (file.size === 0) return fail(task, words(form, "Empty"), false);
    if (file.size > Number(form.dataset.max)) return fail(task, words(form, "Large"), false);
    row.replaceChildren(element("span", "evidence-name", file.name), element("span", "soft", words(form, "Waiting")));
    waiting.push(task);
    return next();
  };

  const add = (form, files) => {
    for (const file of files) {
      const row = document.createElement("li");
      rows.get(form.action).append(row);
      queue({ row, form, file, panel: form.dataset.panel });
    }
  };

  const enhance = (form) => {
    if (form.dataset.ready) return;
    form.dataset.ready = "1";
    const list = form.querySelector("[data-rows]");
    if (rows.has(form.action)) list.replaceWith(rows.get(form.action));
    else rows.set(form.action, list);

    const input = form.querySelector("input[type=file]");
    form.querySelector("[data-plain]").hidden = true;
    form.querySelector("[data-drop-words]").hidden = false;
    input.addEventListener("change", () => {
      add(form, [...input.files]);
      input.value = "";
    });
    form.addEventListener("dragover", (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
    form.addEventListener("dragleave", (event) => {
      if (!form.contains(event.relatedTarget)) form.classList.remove("over");
    });
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("over");
      add(form, [...event.dataTransfer.files]);
    });
  };

  // A file dropped beside the place for it would replace the page, and what was typed with it.
  for (const name of ["dragover", "drop"]) {
    window.addEventListener(name, (event) => {
      if (event.dataTransfer.types.includes("Files")) event.preventDefault();
    });
  }
  window.addEventListener("beforeunload", (event) => {
    if (running) event.preventDefault();
  });
  window.htmx.onLoad((root) => {
    for (const form of root.querySelectorAll("form[data-upload]")) enhance(form);
  });
})();
