/** The focus outlives a swap: where htmx replaces what had it, its like takes it over. */

let held = null;

export function keepFocus() {
  document.body.addEventListener('htmx:beforeSwap', ({ detail }) => {
    const active = document.activeElement;
    if (detail.target.contains(active) && active !== document.body) {
      held = { tag: active.tagName, id: active.id, name: active.name, text: active.textContent };
    }
  });
  document.body.addEventListener('htmx:afterSettle', ({ target }) => {
    if (!held || document.activeElement !== document.body) return;
    const wrong = target.querySelector('[aria-invalid=true]');
    const like = [...target.querySelectorAll(held.tag)].find(isLike);
    held = null;
    if (wrong ?? like) {
      (wrong ?? like).focus();
    } else {
      target.tabIndex = -1;
      target.focus();
    }
  });
}

function isLike(element) {
  return held.id
    ? element.id === held.id
    : element.name === held.name && element.textContent === held.text;
}
