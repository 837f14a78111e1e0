// Ticking all differences of a dimension, or none. Without it each is ticked by itself.
"use strict";

for (const button of document.querySelectorAll("[data-tick]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const boxes = button.closest("form").querySelectorAll('input[name="cells"]');
    for (const box of boxes) box.checked = button.dataset.tick === "all";
  });
}
