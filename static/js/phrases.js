// Standard phrases: each becomes a button that puts its text where the cursor stands in its box.
(() => {
  "use strict";
  const offer = () => {
    for (const item of document.querySelectorAll("li[data-phrase]")) {
      if (item.querySelector("button")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link-button";
      button.textContent = item.textContent;
      item.replaceChildren(button);
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-phrase] button");
    if (!button) return;
    const box = document.getElementById(button.closest("[data-phrases-for]").dataset.phrasesFor);
    if (!box) return;
    const before = box.value.slice(0, box.selectionStart);
    const space = before === "" || /\s$/.test(before) ? "" : " ";
    box.setRangeText(space + button.textContent, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });
  document.addEventListener("DOMContentLoaded", offer);
  document.addEventListener("htmx:afterSettle", offer);
})();
