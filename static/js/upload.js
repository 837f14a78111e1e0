// Files on their way in, one after the other: what fails is named and can be tried again, what is kept stays. Files over
// 1 MB go in pieces, and go on where they stopped when the connection was lost. Files come from the field, by dropping
// them or a folder, by pasting a screenshot, from a camera. Without this script the same form posts all chosen files.
"use strict";

(() => {
  const AT_ONCE = 2;
  const AT_A_TIME = 1000;
  const PIECE = 1024 * 1024;
  const WAITS = [1, 2, 4, 8, 15, 30]; // seconds before a lost connection is tried again
  const JUNK = /^(\.|~\$|thumbs\.db$|desktop\.ini$)/i;
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

  // --- talking to the server ---

  // The answer as {status, text, body}; an error where there was none.
  const post = (address, fields, { timeout = 0, onProgress = () => {} } = {}) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const data = new FormData();
      for (const [name, value] of Object.entries(fields)) data.append(name, value);
      request.open("POST", address);
      request.timeout = timeout;
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("HX-Request", "true");
      request.setRequestHeader("X-CSRFToken", token());
      request.upload.addEventListener("progress", (event) => onProgress(event.loaded / event.total));
      request.addEventListener("load", () => {
        let body = null;
        try {
          body = JSON.parse(request.responseText);
        } catch {
          // A refusal is a page with its reason (`reasonsOf`).
        }
        resolve({ status: request.status, text: request.responseText, body });
      });
      for (const name of ["error", "timeout", "abort"]) request.addEventListener(name, () => reject(new Error(name)));
      request.send(data);
    });

  const pause = (seconds) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, 1000 * seconds);
      const now = () => {
        clearTimeout(timer);
        resolve();
      };
      window.addEventListener("online", now, { once: true });
    });

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

  // --- one file ---

  const sendWhole = ({ form, file, folder }, show) =>
    post(form.action, { file, folder }, { onProgress: (part) => show(part, part === 1 ? "Checking" : "Sending") });

  // Where an upload stopped outlives a reload of the page: the same file, chosen again, goes on from there.
  const memory = ({ form, file }) => `upload:${form.action}:${file.name}:${file.size}:${file.lastModified}`;
  const remember = (task) => {
    const { key, offset } = task;
    sessionStorage.setItem(memory(task), JSON.stringify({ key, offset }));
  };
  const forget = (task) => {
    task.key = "";
    sessionStorage.removeItem(memory(task));
  };

  const announce = async (task) => {
    const { form, file } = task;
    const fields = { name: file.name, size: file.size, code: form.dataset.code || "" };
    const answer = await post(form.dataset.start, fields, { timeout: 60_000 });
    if (answer.status === 201) {
      Object.assign(task, answer.body);
      remember(task);
    }
    return answer;
  };

  const sendPiece = (task, show) => {
    const { form, file, folder, key, offset } = task;
    const end = Math.min(offset + PIECE, file.size);
    const isLast = end === file.size; // its answer comes when the whole file is checked
    const onProgress = (part) => {
      show((offset + part * (end - offset)) / file.size, isLast && part === 1 ? "Checking" : "Sending");
    };
    const fields = { offset, folder, piece: file.slice(offset, end) };
    return post(`${form.dataset.start}${key}/`, fields, { timeout: isLast ? 0 : 120_000, onProgress });
  };

  const sendPieces = async (task, show) => {
    Object.assign(task, JSON.parse(sessionStorage.getItem(memory(task)) || "{}"));
    let lost = 0;
    let astray = 0;
    for (;;) {
      let answer;
      try {
        answer = task.key ? await sendPiece(task, show) : await announce(task);
      } catch (error) {
        if (lost === WAITS.length) throw error;
        show(task.offset / task.file.size || 0, "Again");
        await pause(WAITS[lost]);
        lost += 1;
        continue;
      }
      lost = 0;
      const goesOn = [200, 201, 409].includes(answer.status) && answer.body && "offset" in answer.body;
      const isGone = answer.status === 404 && task.key;
      if (answer.status === 409 || isGone) astray += 1;
      if (astray > 3 || !(goesOn || isGone)) {
        if (answer.status === 200 || answer.status === 422) forget(task);
        return answer;
      }
      if (isGone) {
        forget(task);
      } else {
        task.offset = answer.body.offset;
        remember(task);
      }
    }
  };

  const send = async (task) => {
    const { row, form, file } = task;
    const bar = document.createElement("progress");
    const state = element("span", "soft", words(form, "Sending"));
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    row.dataset.state = "sending";
    row.replaceChildren(element("span", "evidence-name", `${file.name} `), bar, state);
    const show = (part, word) => {
      bar.value = part;
      if (state.textContent !== words(form, word)) state.textContent = words(form, word);
    };
    try {
      const answer = await (file.size > PIECE ? sendPieces : sendWhole)(task, show);
      if (answer.status === 200) kept(task, answer.body);
      else fail(task, reasonsOf(task, answer), ![413, 422].includes(answer.status));
    } catch {
      fail(task, [words(form, "Offline")], true);
    }
    finish();
  };

  // --- what came of it ---

  const reasonsOf = ({ form }, { status, text, body }) => {
    if (status === 401) return [words(form, "SignedOut")];
    if (status === 413) return [words(form, "Large")];
    if (status === 403) return [new DOMParser().parseFromString(text, "text/html").body.textContent.trim()];
    return body && body.errors ? body.errors : [words(form, "Server")];
  };

  const listed = (reasons) => {
    const list = element("ul", "evidence-faults", "");
    list.append(...reasons.map((reason) => element("li", "", reason)));
    return list;
  };

  // What is wrong with the file itself stays wrong: then another file is chosen, and no retry is offered.
  const fail = (task, reasons, again) => {
    const { row, form, file } = task;
    const one = reasons.length === 1 ? ` ${reasons[0]}` : "";
    row.dataset.state = "failed";
    row.replaceChildren(
      element("span", "evidence-name", `${file.name} `),
      element("span", "failed", `${words(form, "NotAttached")}${one}`),
      ...(reasons.length > 1 ? [listed(reasons)] : []),
      ...(again ? [button(words(form, "Retry"), file.name, () => retry(task))] : []),
      button(words(form, "Dismiss"), file.name, () => row.remove()),
    );
  };

  // Of a ZIP some files may be kept and others not: those are named, and stay on the page until they are read.
  const kept = (task, { notices, errors }) => {
    const { row, form, file } = task;
    const notice = element("span", "", notices.join(" ") || `${file.name} ${words(form, "Attached")}`);
    row.dataset.state = errors.length ? "partly" : "attached";
    row.replaceChildren(notice);
    if (!errors.length) return;
    row.append(
      element("span", "failed", words(form, "NotAttached")),
      listed(errors),
      button(words(form, "Dismiss"), file.name, () => row.remove()),
    );
  };

  const retry = async (task) => {
    try {
      if (await renewed(task.form)) queue(task);
      else fail(task, [words(task.form, "SignedOut")], true);
    } catch {
      fail(task, [words(task.form, "Offline")], true);
    }
  };

  const refresh = () => {
    const form = document.querySelector("form[data-upload]");
    for (const part of form ? form.dataset.refresh.split(", ") : []) {
      const swap = { target: part, select: part, swap: "outerHTML" };
      if (document.querySelector(part)) window.htmx.ajax("GET", form.dataset.panel, swap).catch(() => {});
    }
  };

  const finish = () => {
    running -= 1;
    next();
    if (running) return;
    const done = [...rows.values()].flatMap((list) => [...list.querySelectorAll("[data-state=attached]")]);
    refresh();
    for (const row of done) setTimeout(() => row.remove(), 6000);
  };

  const next = () => {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      send(waiting.shift());
    }
  };

  const queue = (task) => {
    const { row, form, file } = task;
    const isZip = form.dataset.maxZip && /\.zip$/i.test(file.name);
    if (file.size === 0) return fail(task, [words(form, "Empty")], false);
    if (file.size > Number(isZip ? form.dataset.maxZip : form.dataset.max)) {
      return fail(task, [words(form, isZip ? "LargeZip" : "Large")], false);
    }
    row.replaceChildren(element("span", "evidence-name", `${file.name} `), element("span", "soft", words(form, "Waiting")));
    waiting.push(task);
    return next();
  };

  // --- where files come from ---

  // `found` are pairs of a file and the folder in which it lay.
  const add = (form, found) => {
    const list = rows.get(form.action);
    const meant = found.filter(([file]) => !JUNK.test(file.name));
    if (meant.length > AT_A_TIME) {
      const row = document.createElement("li");
      list.append(row);
      row.append(element("span", "failed", words(form, "Many")), button(words(form, "Dismiss"), "", () => row.remove()));
      return;
    }
    for (const [file, folder] of meant) {
      const row = document.createElement("li");
      list.append(row);
      queue({ row, form, file, folder, key: "", offset: 0 });
    }
  };

  const folderOf = (path) => path.split("/").slice(0, -1).filter(Boolean).join("/");
  const fromField = (input) => [...input.files].map((file) => [file, folderOf(file.webkitRelativePath || "")]);

  const walk = async (entry) => {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      return [[file, folderOf(entry.fullPath)]];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      // A folder is told in parts, until there are none left.
      const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!part.length || found.length > AT_A_TIME) return found;
      for (const inner of part) found.push(...(await walk(inner)));
    }
  };

  const dropped = async (form, transfer) => {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
    const plain = [...transfer.files].map((file) => [file, ""]);
    const found = entries.length ? (await Promise.all(entries.map(walk))).flat() : plain;
    add(form, found);
  };

  // "2569-11-22 14.30": the Buddhist year and the time in Thailand.
  const stamp = () => {
    const style = { timeZone: "Asia/Bangkok", hourCycle: "h23", dateStyle: "short", timeStyle: "short" };
    const [day, month, year, hour, minute] = new Intl.DateTimeFormat("en-GB", style).format(new Date()).match(/\d+/g);
    return `${Number(year) + 543}-${month}-${day} ${hour}.${minute}`;
  };

  const named = (file, word) => {
    const ending = { "image/jpeg": "jpg", "image/webp": "webp" }[file.type] || "png";
    return new File([file], `${word} ${stamp()}.${ending}`, { type: file.type, lastModified: Date.now() });
  };

  // A screenshot comes as image.png. Cells copied from Excel come as a picture too: in a field they are text.
  document.addEventListener("paste", (event) => {
    const form = document.querySelector("form[data-upload]");
    const files = [...event.clipboardData.files];
    const hasText = event.clipboardData.types.some((type) => type.startsWith("text/"));
    if (!form || !files.length || (hasText && event.target.closest("input, textarea, [contenteditable]"))) return;
    event.preventDefault();
    const isShot = (file) => file.type.startsWith("image/") && /^image\.\w+$/.test(file.name);
    add(form, files.map((file) => [isShot(file) ? named(file, words(form, "Screenshot")) : file, ""]));
    form.scrollIntoView({ block: "nearest" });
  });

  const chooser = (form, settings, onChange) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "file", hidden: true }, settings);
    input.addEventListener("change", () => {
      onChange(input);
      input.value = "";
    });
    form.append(input);
    return input;
  };

  const offer = (form, name, settings, onChange) => {
    const shown = form.querySelector(`[data-choose=${name}]`);
    const input = chooser(form, settings, onChange);
    shown.hidden = false;
    shown.addEventListener("click", () => input.click());
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
      add(form, fromField(input));
      input.value = "";
    });
    if (window.matchMedia("(pointer: coarse)").matches) {
      const photo = { accept: "image/jpeg,image/png", capture: "environment" };
      offer(form, "camera", photo, ({ files }) => {
        add(form, [...files].map((file) => [named(file, words(form, "Photo")), ""]));
      });
    } else {
      offer(form, "folder", { webkitdirectory: true, multiple: true }, (chosen) => add(form, fromField(chosen)));
    }
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
      dropped(form, event.dataTransfer);
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
