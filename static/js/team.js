// Working together: an open page says so and names who else has it open; a comment that was not sent stays in its box.
"use strict";

(() => {
  const TYPED_LATELY = 60_000; // milliseconds
  let typedAt = 0;
  let paused = false;

  const isPresence = (element) => element.matches && element.matches("[data-presence]");
  const isComment = (element) => element.matches && element.matches("form[data-comment]");
  const unsent = () => [...document.querySelectorAll("form[data-comment] textarea")].some((box) => box.value !== box.defaultValue) || [...document.querySelectorAll("form[data-comment] input[type=file]")].some((box) => box.files.length > 0);

  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-answer]")) typedAt = Date.now();
  });

  document.addEventListener("htmx:configRequest", (event) => {
    if (isPresence(event.detail.elt)) event.detail.parameters.set("editing", Date.now() - typedAt < TYPED_LATELY ? "1" : "0");
  });

  // A page in a hidden tab is not being looked at; after a refusal the page is quiet until it can save again.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isPresence(event.detail.elt) && (document.hidden || paused)) event.preventDefault();
    if (isComment(event.detail.elt)) event.detail.elt.querySelector("[data-not-sent]").hidden = true;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, xhr } = event.detail;
    if (isPresence(elt)) {
      // The same names again are not announced again.
      const came = new DOMParser().parseFromString(xhr.responseText, "text/html").body.textContent.trim();
      const stands = document.getElementById("_presence");
      event.detail.shouldSwap = xhr.status === 200 && stands !== null && came !== stands.textContent.trim();
    } else if (isComment(elt)) {
      // Only the thread itself comes back into the page: no refusal or error page replaces what was written.
      event.detail.shouldSwap = xhr.status === 200 || xhr.status === 422;
      if (xhr.status === 422) event.detail.isError = false;
    }
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr, successful } = event.detail;
    const status = xhr ? xhr.status : 0;
    if (isPresence(elt)) paused = status >= 400;
    else if (elt.matches && elt.matches("form[data-answer]") && successful) paused = false;
    else if (isComment(elt) && status !== 200 && status !== 422) elt.querySelector("[data-not-sent]").hidden = false;
  });

  // A thread that was refused has its fault beside the box: the person goes on there.
  document.addEventListener("htmx:afterSettle", (event) => {
    const box = event.target.querySelector && event.target.querySelector("[data-comment] .is-invalid, [data-comment] [role=alert]:not([hidden])");
    if (box) event.target.querySelector("textarea").focus();
  });

  window.addEventListener("beforeunload", (event) => {
    const sent = document.querySelector("form[data-comment][data-going]");
    if (unsent() && !sent) event.preventDefault();
  });
  // Sent as a plain form the page may go.
  document.addEventListener("submit", (event) => {
    if (isComment(event.target)) event.target.dataset.going = "1";
  });
})();
