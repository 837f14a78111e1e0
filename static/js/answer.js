// Saving answers by themselves: what is typed is saved, is being saved, or is visibly not saved; nothing is lost.
"use strict";

(() => {
  const WAITS = [3000, 6000, 12000, 30000, 60000];
  const SKIPPED = new Set(["csrfmiddlewaretoken", "version", "over", "onward", "stay", "back", "compact"]);
  const skipped = (name) => SKIPPED.has(name) || name.startsWith("pick-");
  const records = new Map();

  const content = (form) => {
    const found = [];
    for (const [name, value] of new FormData(form)) if (!skipped(name)) found.push([name, value]);
    return JSON.stringify(found);
  };

  const show = (form, when) => {
    const record = records.get(form);
    form.dataset.save = when;
    const line = when ? form.querySelector(`[data-when="${when}"]`) : form.querySelector("[data-saying]");
    // Typing is not announced; the state after it is.
    if (when !== "unsaved" && when !== "saving" && line) {
      const said = when ? line.querySelector("p") || line : line;
      form.querySelector("[data-live]").textContent = said.textContent.trim().replace(/\s+/g, " ");
    }
    record.state = when;
    echo(form);
  };

  // The words of the state once more, for a phone's lower edge, where the state itself is out of sight.
  const echo = (form) => {
    const place = form.querySelector("[data-echo]");
    if (!place) return;
    const when = form.dataset.save || "";
    const line = form.querySelector(when ? `[data-when="${when}"]` : "[data-said]");
    const kind = when === "" ? form.querySelector("[data-kind]").dataset.kind : when;
    const lost = ["failed", "signed-out", "other-person", "stale"].includes(kind);
    place.textContent = line ? (line.querySelector("p") || line).textContent.trim().replace(/\s+/g, " ") : "";
    place.className = `said save-echo said-${lost ? "refused" : kind}`;
    place.classList.toggle("is-away", records.get(form).near);
  };

  const watchState = (form) => {
    const part = form.querySelector("[data-echo]") && form.querySelector(".part-state");
    if (!part) return;
    new IntersectionObserver(([entry]) => {
      records.get(form).near = entry.isIntersecting;
      echo(form);
    }).observe(form.querySelector(".save-line"));
    form.querySelector("[data-echo]").addEventListener("click", () => part.scrollIntoView({ block: "start" }));
  };

  // --- what is not saved yet is kept in the tab until the server has it ---------------------------

  const keyOf = (form) => `draft:${form.dataset.person}:${form.getAttribute("action")}`;
  const keepDraft = (form) => {
    try {
      sessionStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), version: form.elements.version.value, content: content(form) }));
    } catch (_error) { /* storage is full or forbidden: the page itself still holds the text */ }
  };
  const dropDraft = (form) => {
    try { sessionStorage.removeItem(keyOf(form)); } catch (_error) { /* as above */ }
  };
  const readDraft = (form) => {
    try { return JSON.parse(sessionStorage.getItem(keyOf(form))); } catch (_error) { return null; }
  };

  const fill = (form, pairs) => {
    const values = new Map();
    for (const [name, value] of pairs) values.set(name, [...(values.get(name) || []), value]);
    for (const field of form.elements) {
      if (!field.name || skipped(field.name) || field.type === "hidden") continue;
      const found = values.get(field.name) || [];
      if (field.type === "radio" || field.type === "checkbox") field.checked = found.includes(field.value);
      else if (field.tagName !== "BUTTON") field.value = found[0] ?? "";
    }
  };

  const labelOf = (form, name) => {
    const field = form.elements[name];
    const box = field instanceof RadioNodeList ? field[0] : field;
    if (!box) return "";
    const group = box.closest("fieldset");
    return ((group ? group.querySelector("legend") : box.labels && box.labels[0]) || { textContent: "" }).textContent.trim();
  };

  const offerDraft = (form) => {
    const draft = readDraft(form);
    const box = form.querySelector("[data-draft]");
    // A page that came back unsaved holds what was typed already.
    if (!draft || !box || conflictOf(form)) return;
    const before = new Set(JSON.parse(content(form)).map(String));
    const changed = JSON.parse(draft.content).filter((pair) => pair[1] && !before.has(String(pair)));
    if (draft.content === content(form) || !changed.length) return dropDraft(form);
    box.querySelector("[data-draft-time]").textContent = `${new Date(draft.at).toLocaleTimeString("th-TH", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Bangkok" })} น.`;
    box.querySelector("[data-draft-text]").textContent = changed.map(([name, value]) => `${labelOf(form, name)}: ${value}`).join("\n");
    box.hidden = false;
    box.querySelector("[data-draft-use]").addEventListener("click", () => {
      fill(form, JSON.parse(draft.content));
      // What somebody saved since then is no victim of an older text: the server shows both.
      if (draft.version !== undefined) form.elements.version.value = draft.version;
      box.hidden = true;
      touched(form);
      send(form);
    });
    box.querySelector("[data-draft-drop]").addEventListener("click", () => {
      box.hidden = true;
      dropDraft(form);
    });
  };

  const conflictOf = (form) => form.querySelector(".conflict");

  // --- saving -----------------------------------------------------------------------------------

  const touched = (form) => {
    const record = records.get(form);
    record.dirty = content(form) !== record.saved;
    if (!record.dirty) {
      dropDraft(form);
      if (record.state === "unsaved") show(form, "");
      return;
    }
    keepDraft(form);
    if ((record.state === "" || record.state === "unsaved") && !conflictOf(form)) show(form, "unsaved");
  };

  const send = (form) => htmx.trigger(form, "retry");

  const failed = (form, when) => {
    const record = records.get(form);
    keepDraft(form);
    show(form, when);
    clearTimeout(record.timer);
    if (when === "refused") return;
    record.timer = setTimeout(() => again(form), WAITS[Math.min(record.tries, WAITS.length - 1)]);
    record.tries += 1;
  };

  // After a failure the sign-in may be another one: a form token that is good now comes first.
  const again = async (form) => {
    const record = records.get(form);
    if (!record.dirty || record.asking) return;
    record.asking = true;
    try {
      const response = await fetch(form.dataset.token, { headers: { "HX-Request": "true", Accept: "application/json" }, cache: "no-store" });
      if (response.status === 401) return failed(form, "signed-out");
      if (!response.ok) return failed(form, "failed");
      const { token, person } = await response.json();
      if (String(person) !== form.dataset.person) return failed(form, "other-person");
      for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
      record.fresh = true;
      send(form);
    } catch (_error) {
      failed(form, "failed");
    } finally {
      record.asking = false;
    }
  };

  const againAll = () => {
    for (const [form, record] of records) {
      if (record.dirty && ["failed", "signed-out", "other-person"].includes(record.state)) {
        record.tries = 0;
        again(form);
      }
    }
  };

  // The refusals stand in the state that came back; each field says the same words.
  const markRefused = (form) => {
    const messages = new Map();
    for (const entry of form.querySelectorAll("[data-refused]")) messages.set(entry.dataset.refused, entry.textContent.trim());
    for (const place of form.querySelectorAll("[data-refusal-of]")) {
      const message = messages.get(place.dataset.refusalOf) || "";
      place.textContent = message;
      const box = document.getElementById(place.dataset.refusalOf);
      if (!box) continue;
      box.classList.toggle("is-invalid", message !== "");
      if (message) box.setAttribute("aria-invalid", "true");
      else box.removeAttribute("aria-invalid");
    }
  };

  const wire = (form) => {
    records.set(form, { saved: content(form), sent: "", dirty: false, state: "", tries: 0, timer: 0, fresh: false, asking: false, near: true });
    const record = records.get(form);
    // A page that comes back with what could not be saved is not saved, whatever it shows.
    if (["refused", "stale"].includes(form.querySelector("[data-kind]").dataset.kind)) record.saved = "";
    form.addEventListener("input", () => touched(form));
    form.addEventListener("change", () => touched(form));

    form.addEventListener("htmx:beforeRequest", (event) => {
      if (event.detail.elt !== form) return;
      const trigger = (event.detail.requestConfig.triggeringEvent || {}).type;
      const typed = trigger !== "submit" && trigger !== "retry";
      if (trigger !== "submit" && content(form) === record.saved) return event.preventDefault();
      // Until somebody signs in again, or chooses between two versions, typing is kept and nothing is sent.
      if (typed && (["signed-out", "other-person"].includes(record.state) || conflictOf(form))) return event.preventDefault();
      record.sent = content(form);
      clearTimeout(record.timer);
      show(form, "saving");
    });

    form.addEventListener("htmx:beforeOnLoad", (event) => {
      if (event.detail.elt !== form) return;
      const status = event.detail.xhr.status;
      if (status === 200) {
        record.saved = record.sent;
        record.tries = 0;
        touched(form);
      }
    });

    form.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.elt !== form || !event.detail.xhr) return;
      const status = event.detail.xhr.status;
      const fresh = record.fresh;
      record.fresh = false;
      if (status === 200) {
        markRefused(form);
        show(form, record.dirty ? "unsaved" : "");
      } else if (status === 409 || status === 422) {
        markRefused(form);
        show(form, "");
        const conflict = conflictOf(form);
        if (conflict) conflict.scrollIntoView({ block: "nearest" });
      } else if (status === 401) {
        failed(form, "signed-out");
      } else if (status === 403 && !fresh) {
        again(form);
      } else if (status >= 400 && status < 500) {
        const text = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
        const reason = text.querySelector("[role=alert], main") || text.body;
        form.querySelector("[data-reason]").textContent = reason.textContent.trim().replace(/\s+/g, " ").replace(/^[^:]*:\s*/, "");
        failed(form, "refused");
      } else {
        failed(form, "failed");
      }
    });

    form.addEventListener("click", (event) => {
      if (event.target.closest("[data-retry]")) again(form);
      const chosen = event.target.closest("[data-take-theirs], [data-keep-mine]");
      if (chosen && (chosen.name === "theirs" || form.querySelector("[name^=pick-][value=theirs]:checked"))) {
        // Sent as a plain form, past htmx: the page that comes back shows once more what was not used. Until it has
        // come, the tab keeps what was typed.
        event.preventDefault();
        keepDraft(form);
        record.dirty = false;
        const choice = document.createElement("input");
        Object.assign(choice, { type: "hidden", name: chosen.name, value: chosen.value });
        form.append(choice);
        form.submit();
      }
    });
    // Only a state comes back into the form: a refusal page or an error page never replaces what was typed.
    form.addEventListener("htmx:beforeSwap", (event) => {
      const status = event.detail.xhr.status;
      if (![200, 409, 422].includes(status)) event.detail.shouldSwap = false;
      if (status === 409 || status === 422) event.detail.isError = false;
    });
    watchState(form);
    if (document.querySelector("[data-unused]")) dropDraft(form);
    offerDraft(form);
  };

  // --- keyboard -----------------------------------------------------------------------------------

  const inField = (element) => element.matches("input, textarea, select, [contenteditable]");

  const firstField = (form) =>
    form.querySelector("input:not([type=hidden], [type=radio]), input[type=radio]:checked, textarea");

  // Who goes on by keyboard types on in the first field of the page that comes; the mark is of no use to a later page.
  const BY_KEYS = "on-by-keys";
  const FRESH = 10000;

  const typeOn = () => {
    const since = Date.now() - Number(sessionStorage.getItem(BY_KEYS));
    sessionStorage.removeItem(BY_KEYS);
    const form = document.querySelector("form[data-answer]");
    const place = form && since < FRESH && !document.querySelector("[data-focus]") && firstField(form);
    if (place) place.focus();
  };

  const goOn = (form) => {
    const onward = form.querySelector("[data-onward]");
    if (onward) {
      sessionStorage.setItem(BY_KEYS, String(Date.now()));
      return onward.click();
    }
    send(form);
    const forms = [...records.keys()];
    const next = forms[forms.indexOf(form) + 1];
    // After the last row of an area comes the way to the next area.
    const place = next
      ? firstField(next)
      : document.querySelector(".around a[rel=next], main .btn-primary");
    if (place) place.focus();
  };

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest && event.target.closest("form[data-answer]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const current = form || (records.size === 1 ? [...records.keys()][0] : null);
      if (!current) return;
      event.preventDefault();
      goOn(current);
    } else if (event.key === "?" && !inField(event.target)) {
      const dialog = document.getElementById("_shortcuts");
      if (dialog && !dialog.open) {
        event.preventDefault();
        dialog.showModal();
      }
    }
  });

  window.addEventListener("beforeunload", (event) => {
    if ([...records.values()].some((record) => record.dirty)) event.preventDefault();
  });
  window.addEventListener("online", againAll);
  window.addEventListener("focus", againAll);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) againAll();
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-answer]")) wire(form);
    typeOn();
    const opener = document.querySelector("[data-shortcuts]");
    if (opener) {
      opener.hidden = false;
      opener.addEventListener("click", () => document.getElementById("_shortcuts").showModal());
    }
  });
})();
