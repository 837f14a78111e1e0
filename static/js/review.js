// The review: the answer beside the queue, keys, and nothing written that is lost by leaving.
"use strict";

(() => {
  const WIDE = "(min-width: 1200px)";
  const KEYS = "pmj-review-keys";
  const side = () => document.getElementById("side");
  const form = () => document.getElementById("verdict-form");
  let leaving = false;

  // --- what is written and not saved ----------------------------------------------------------

  const texts = () => [...document.querySelectorAll("#_answer textarea")];
  const content = () => {
    const chosen = document.querySelector("#_answer [name=verdict]:checked");
    return JSON.stringify([chosen ? chosen.value : "", ...texts().map((text) => [text.id, text.value])]);
  };
  let saved = "";
  const opened = () => {
    // What came back refused is written and not saved, whatever it shows.
    saved = form() && form().hasAttribute("data-unsaved") ? "" : content();
  };
  const unsaved = () => {
    if (!form()) return false;
    return content() !== saved && (texts().some((text) => text.value !== text.defaultValue) || saved === "" || chosenAnew());
  };
  const chosenAnew = () => [...document.querySelectorAll("#_answer [name=verdict]")].some((box) => box.checked !== box.defaultChecked);

  window.addEventListener("beforeunload", (event) => {
    if (!leaving && unsaved()) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    // The verdict's own form takes what is written with it.
    if (event.target === form() && !event.target.hasAttribute("hx-post")) leaving = true;
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  // --- the answer beside the queue ------------------------------------------------------------

  document.addEventListener("htmx:confirm", (event) => {
    const from = event.detail.elt;
    if (!from.closest("[data-queue]") || event.detail.verb !== "get" || from.closest("#_files") || from.closest("#_questions")) return;
    if (!from.matches("a")) return;
    if (!window.matchMedia(WIDE).matches) {
      event.preventDefault();
      location.assign(from.href);
    } else if (unsaved() && !window.confirm(side().dataset.wordsUnsaved)) {
      event.preventDefault();
    }
  });

  const markShown = () => {
    const path = form() ? form().getAttribute("action").replace("/indicators/", "/review/").replace(/judge\/$/, "") : "";
    for (const link of document.querySelectorAll(".queue-open")) {
      link.closest("tr").classList.toggle("is-shown", path !== "" && link.pathname === path);
    }
    const shown = document.querySelector(".is-shown");
    const queue = document.querySelector("[data-queue]");
    if (queue && path && queue.getBoundingClientRect().top > window.innerHeight / 4) queue.scrollIntoView({ block: "start" });
    if (shown) shown.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "side") {
      opened();
      markShown();
      reveal();
      side().scrollTop = 0;
      const place = side().querySelector("[data-focus], .review-head h2");
      if (place) place.focus({ preventScroll: true });
    } else if (event.detail.target.id === "_questions") {
      // The question is kept; the verdict beside it may still be unsaved.
      const box = document.getElementById("id_question");
      if (box && box.value === box.defaultValue && !chosenAnew() && texts().every((text) => text.value === text.defaultValue)) saved = content();
    }
    count();
  });

  // Only an answer of ours replaces what was written: never a refusal page, an error page or a sign-in.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.elt.closest || !event.detail.elt.closest("#_answer")) return;
    const status = event.detail.xhr.status;
    if (status === 409 || status === 422) event.detail.isError = false;
    else if (status !== 200) event.detail.shouldSwap = false;
  });
  const failed = (event) => {
    const place = document.querySelector("[data-failed]");
    if (!place || !event.detail.elt.closest("#_answer") || event.detail.elt.closest("#_files")) return;
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    place.hidden = [200, 409, 422].includes(status);
    if (place.hidden) return;
    let words = status === 401 ? place.dataset.wordsSignedOut : place.dataset.wordsFailed;
    if (status === 403 || status === 404) {
      const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
      words = ((page.querySelector("[role=alert], main") || page.body).textContent || words).trim().replace(/\s+/g, " ");
    }
    place.textContent = words;
  };
  document.addEventListener("htmx:afterRequest", failed);

  // --- ticking rows ---------------------------------------------------------------------------

  const ticks = () => [...document.querySelectorAll("[data-queue] [name=answer]")];
  const count = () => {
    const place = document.querySelector("[data-ticked]");
    if (!place) return;
    const number = ticks().filter((box) => box.checked).length;
    place.textContent = number ? ` (${number})` : "";
    const all = document.querySelector("[data-tick-all] input");
    all.checked = number > 0 && number === ticks().length;
  };
  document.addEventListener("change", (event) => {
    // A list of its own form, without an answer beside it.
    const list = event.target.closest("[data-tick-form]");
    if (list) for (const box of list.closest("fieldset").querySelectorAll("[name]")) box.checked = event.target.checked;
    if (event.target.matches("[data-tick-all] input")) for (const box of ticks()) box.checked = event.target.checked;
    count();
  });

  // --- keys -----------------------------------------------------------------------------------

  const inText = (element) => element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
  const keysOn = () => {
    try { return localStorage.getItem(KEYS) !== "off"; } catch { return true; }
  };
  const visible = (element) => element.getClientRects().length > 0;

  const openKeys = () => {
    const dialog = document.getElementById("_keys");
    if (dialog && !dialog.open) dialog.showModal();
  };

  // Beside the queue without an answer the rows are gone through.
  const amongRows = (key) => {
    const links = [...document.querySelectorAll(".queue-open")];
    if (!links.length || !["j", "k", "n"].includes(key)) return false;
    const at = links.indexOf(document.activeElement);
    const step = key === "k" ? -1 : 1;
    let next = links[at < 0 ? 0 : at + step];
    if (key === "n") next = links.slice(at + 1).find((link) => link.closest(".stand-open, .stand-stale"));
    if (next) next.focus();
    return Boolean(next);
  };

  const press = (element) => {
    if (element.matches("[type=radio]")) {
      element.click();
      const reason = document.querySelector("[data-reason]");
      if (reason) reason.focus();
      // A reason that stands belongs to the verdict before: what is typed now takes its place.
      if (reason && !element.defaultChecked && reason.value === reason.defaultValue && !form().hasAttribute("data-unsaved")) reason.select();
    } else if (element.matches("textarea")) {
      element.focus();
      element.scrollIntoView({ block: "nearest" });
    } else {
      element.click();
    }
  };

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (!target.matches || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const save = document.querySelector("[data-save]");
      if (save && target.closest("#_answer")) {
        event.preventDefault();
        save.click();
      }
      return;
    }
    if (event.key === "Escape" && inText(target) && target.closest("#_answer")) {
      const place = document.querySelector("#_answer h1, #_answer h2");
      target.blur();
      if (place) { place.tabIndex = -1; place.focus({ preventScroll: true }); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || inText(target) || !keysOn()) return;
    if (event.key === "?") {
      event.preventDefault();
      return openKeys();
    }
    const found = [...document.querySelectorAll("[data-key]")].filter((each) => each.dataset.key === event.key && visible(each));
    if (found.length) {
      event.preventDefault();
      press(found[0]);
    } else if (!document.getElementById("_answer") && amongRows(event.key)) {
      event.preventDefault();
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) openKeys();
    if (event.target.closest("[data-close-side]") && side()) {
      if (unsaved() && !window.confirm(side().dataset.wordsUnsaved)) return;
      const row = document.querySelector(".is-shown .queue-open");
      side().replaceChildren();
      markShown();
      if (row) row.focus();
    }
  });

  // What only a script can do is shown by it.
  const reveal = () => {
    for (const each of document.querySelectorAll("[data-keys], [data-tick-all], [data-tick-form], [data-close-side]")) each.hidden = false;
  };
  document.addEventListener("DOMContentLoaded", () => {
    reveal();
    opened();
    const box = document.querySelector("[data-keys-on]");
    if (!box) return;
    box.checked = keysOn();
    box.addEventListener("change", () => {
      try { localStorage.setItem(KEYS, box.checked ? "on" : "off"); } catch { /* private window: on for this page */ }
    });
  });
})();
