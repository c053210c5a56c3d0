/** Rows that hold rows: a plan's units and their courses come and go. Without script the server does both. */

export function enhanceRepeats(root) {
  root.querySelectorAll('[data-repeat]').forEach(repeat);
}

function repeat(section) {
  if (section.dataset.repeating) return;
  section.dataset.repeating = 'on';
  const items = section.querySelector(':scope > [data-items]');
  const template = section.querySelector(':scope > template');

  section.querySelector(':scope > [data-add]').addEventListener('click', (event) => {
    event.preventDefault();
    const next = Number(items.dataset.next);
    items.dataset.next = String(next + 1);
    items.insertAdjacentHTML('beforeend', template.innerHTML.replaceAll(section.dataset.repeat, String(next)));
    enhanceRepeats(items.lastElementChild);
    items.lastElementChild.querySelector('input:not([type=hidden])').focus();
    changed(section);
  });

  items.addEventListener('click', (event) => {
    const button = event.target.closest('[data-remove]');
    const item = button?.closest('[data-item]');
    if (!item || item.parentElement !== items) return;
    event.preventDefault();
    item.remove();
    section.querySelector(':scope > [data-add]').focus();
    changed(section);
  });
}

function changed(section) {
  section.closest('form').dispatchEvent(new Event('input', { bubbles: true }));
}
