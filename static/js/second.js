// The second reading: whoever leaves with a verdict that was not saved is asked first.
(() => {
  "use strict";
  const form = document.querySelector("form[data-second]");
  if (!form) return;
  let going = false;
  const changed = (field) => (field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);
  form.addEventListener("submit", () => { going = true; });
  window.addEventListener("pageshow", () => { going = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!going && [...form.querySelectorAll("input[type=radio], textarea")].some(changed)) event.preventDefault();
  });
})();
