// The facts of the office beside the boxes: a button puts the number in. Without this file it stands there as text.
"use strict";

(() => {
  for (const button of document.querySelectorAll("[data-use]")) {
    const box = document.getElementById(button.dataset.into);
    if (!box) continue;
    button.hidden = false;
    button.parentElement.querySelector("[data-offer-words]").hidden = true;
    button.addEventListener("click", () => {
      box.value = button.dataset.use;
      // As if it had been typed: it is saved in the same way.
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    });
  }
})();
