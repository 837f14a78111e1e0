// What every page shares: focus where the eye must go, and no second submit by a double click.
"use strict";

(() => {
  const focusFirst = (root) => {
    const target = root.querySelector("[data-focus]") || root.querySelector("#messages");
    if (target) target.focus();
  };

  const markCurrent = () => {
    for (const link of document.querySelectorAll(".site-nav a")) {
      if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    }
  };

  // A form marked data-once is sent once; the server refuses a second one as well.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
  });
  // What a tab kept of unsaved answers (answer.js) goes with the person who signs out: every form that
  // signs out is marked data-signs-out.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-signs-out]")) return;
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("draft:")) sessionStorage.removeItem(key);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
  });

  document.addEventListener("DOMContentLoaded", () => {
    focusFirst(document);
    markCurrent();
  });
})();
