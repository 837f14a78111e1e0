// Warns before the session ends, and extends it in one action. Every answered request counts as use, in any tab.
"use strict";

(() => {
  const WARN_BEFORE = 10 * 60; // seconds
  const KEY = "pmj-used-at";

  const start = () => {
    const dialog = document.getElementById("session");
    if (!dialog || !dialog.showModal) return;
    const lasts = Number(dialog.dataset.seconds);
    const failed = dialog.querySelector("[data-failed]");
    let usedHere = Date.now();

    const used = () => {
      usedHere = Date.now();
      try { localStorage.setItem(KEY, String(usedHere)); } catch { /* private window: this tab counts alone */ }
    };
    const lastUse = () => {
      try { return Math.max(usedHere, Number(localStorage.getItem(KEY)) || 0); } catch { return usedHere; }
    };

    const look = () => {
      const left = lasts - (Date.now() - lastUse()) / 1000;
      if (left > WARN_BEFORE) {
        if (dialog.open) dialog.close();
        return;
      }
      dialog.querySelector("[data-minutes]").textContent = String(Math.max(0, Math.round(left / 60)));
      if (!dialog.open) dialog.showModal();
      if (left <= 0) failed.hidden = false;
    };

    document.body.addEventListener("htmx:afterRequest", (event) => {
      // What the page says by itself, without anybody at it, is no use.
      if (event.detail.elt.matches("[data-presence]")) return;
      if (event.detail.successful) {
        used();
        failed.hidden = true;
        look();
      } else if (dialog.contains(event.detail.elt)) {
        failed.hidden = false;
      }
    });
    used();
    setInterval(look, 15000);
    document.addEventListener("visibilitychange", look);
  };

  document.addEventListener("DOMContentLoaded", start);
})();
