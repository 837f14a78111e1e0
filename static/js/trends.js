// The chart as a PNG for slides: the server's SVG, drawn once at twice its size. Without this file the SVG is there.
"use strict";

(() => {
  const button = document.querySelector("[data-png]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const picture = new Image();
    picture.addEventListener("load", () => {
      const canvas = document.createElement("canvas");
      canvas.width = picture.naturalWidth;
      canvas.height = picture.naturalHeight;
      canvas.getContext("2d").drawImage(picture, 0, 0);
      canvas.toBlob((content) => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(content);
        link.download = button.dataset.name;
        link.click();
        URL.revokeObjectURL(link.href);
      }, "image/png");
    });
    picture.src = button.dataset.png;
  });
})();
