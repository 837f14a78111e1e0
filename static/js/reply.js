// The reply to the verdicts: whoever leaves with words that were not sent is asked first.
(() => {
  "use strict";
  const changed = (field) =>
    field.type === "radio" ? field.checked !== field.defaultChecked : field.type === "file" ? field.files.length > 0 : field.value !== field.defaultValue;
  const unsent = () =>
    [...document.querySelectorAll("form[data-reply] textarea, form[data-reply] input:not([type=hidden])")].some((field) => changed(field) && !field.closest("form").dataset.going);

  window.addEventListener("beforeunload", (event) => {
    if (unsent()) event.preventDefault();
  });
  // A form that is sent takes its own words along; those of the others are still asked about.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-reply]")) event.target.dataset.going = "1";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (form.matches && form.matches("form[data-reply]")) delete form.dataset.going;
  });
  // What was said of the act stands where the person goes on.
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = document.querySelector(".verdict [role=alert], .verdict [data-focus]");
    if (place && event.target.classList && event.target.classList.contains("verdict")) {
      place.tabIndex = -1;
      place.focus();
    }
  });
})();
