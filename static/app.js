// What makes the pages pleasant; all of them work without it.
"use strict";

// A list is filtered as soon as a choice is made with the pointer. The arrow
// keys pass over choices: with them, the button filters.
for (const select of document.querySelectorAll("form.filters select")) {
  let isPointed = false;
  select.addEventListener("pointerdown", () => { isPointed = true; });
  select.addEventListener("keydown", () => { isPointed = false; });
  select.addEventListener("change", () => { if (isPointed) select.form.requestSubmit(); });
}

// A form that comes back begins at what is wrong with it.
document.querySelector("[aria-invalid]")?.focus();

// A form is sent once.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", () => {
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
}

// Coming back to a page makes its buttons work again.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
});

// A secret is copied with one click.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
  });
}

// The box at the head of a row of boxes ticks them all.
for (const head of document.querySelectorAll("input[data-all]")) {
  const boxes = document.querySelectorAll(`input[data-group="${head.dataset.all}"]`);
  const show = () => {
    const ticked = [...boxes].filter((box) => box.checked).length;
    head.checked = ticked === boxes.length;
    head.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  head.addEventListener("change", () => {
    for (const box of boxes) if (!box.disabled) box.checked = head.checked;
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
