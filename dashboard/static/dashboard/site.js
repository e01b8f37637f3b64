// Comfort only: every page works without this file.
"use strict";
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const field of document.querySelectorAll("[data-submit-on-change]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
// One box for all the rows of a page.
for (const whole of document.querySelectorAll("[data-check-all]")) {
  whole.hidden = false;
  const box = whole.querySelector("input");
  const rows = document.querySelectorAll(`input[type=checkbox][name="${whole.dataset.checkAll}"]`);
  box.addEventListener("change", () => rows.forEach((row) => (row.checked = box.checked)));
}
for (const text of document.querySelectorAll("[data-copy]")) {
  text.addEventListener("focus", () => text.select());
}
// Paper has nothing to unfold.
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details.prints:not([open])")) {
    part.open = true;
    part.dataset.shut = "";
  }
});
window.addEventListener("afterprint", () => {
  for (const part of document.querySelectorAll("details[data-shut]")) {
    part.open = false;
    delete part.dataset.shut;
  }
});
// The map is a sandboxed document that tells its height, so that nothing of it is cut off.
window.addEventListener("message", (message) => {
  const height = Number(message.data && message.data.khaosatMapHeight);
  for (const frame of document.querySelectorAll("iframe.map-frame")) {
    if (message.source === frame.contentWindow && height > 200 && height < 8000) {
      frame.style.height = `${height + 2}px`;
    }
  }
});
