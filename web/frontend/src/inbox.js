/** The inbox by keyboard: j/k move, x select, c claim, o open, n show new, ? help. */
import { isTyping } from './shell.js';

const PREVIEW_AFTER_MS = 120;

export function enhanceInbox(htmx) {
  const inbox = document.querySelector('[data-inbox]');
  if (!inbox) return;
  const rows = [...inbox.querySelectorAll('[data-item]')];
  const preview = document.getElementById('preview');
  const help = document.getElementById('key-help');
  let timer = 0;

  function current() {
    return rows.findIndex((row) => row.classList.contains('is-current'));
  }

  function show(row) {
    rows.forEach((other) => other.classList.toggle('is-current', other === row));
    if (preview.offsetParent === null) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      htmx.ajax('GET', row.dataset.preview, { target: preview, swap: 'innerHTML' });
    }, PREVIEW_AFTER_MS);
  }

  function move(by) {
    const index = Math.min(rows.length - 1, Math.max(0, current() + by));
    rows[index]?.querySelector('a').focus();
  }

  rows.forEach((row) => {
    const link = row.querySelector('a');
    link.addEventListener('focus', () => show(row));
    link.addEventListener('click', (event) => {
      // A pointer's click previews where the preview has room; Enter and modified clicks open.
      const plain = event.detail > 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      if (!plain || event.detail > 1 || preview.offsetParent === null) return;
      event.preventDefault();
      show(row);
    });
    row.addEventListener('dblclick', () => link.click());
  });

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    x: () => toggle(rows[current()]),
    c: () => claim(rows[current()]),
    o: () => rows[current()]?.querySelector('a').click(),
    n: () => inbox.querySelector('[data-news]')?.click(),
    '?': () => help.showModal(),
  };

  document.addEventListener('keydown', (event) => {
    if (isTyping(event) || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });

  function toggle(row) {
    const box = row?.querySelector('input[type=checkbox]');
    if (box) {
      box.checked = !box.checked;
      countSelected();
    }
  }

  function claim(row) {
    if (inbox.querySelectorAll('[data-item] input:checked').length === 0) toggle(row);
    inbox.querySelector('[data-claim]')?.click();
  }

  function countSelected() {
    const chosen = inbox.querySelectorAll('[data-item] input:checked').length;
    const label = inbox.querySelector('[data-selected]');
    if (!label) return;
    label.textContent = chosen === 0 ? '' : label.dataset.selected.replace('0', String(chosen));
    inbox.querySelectorAll('[data-needs-selection]').forEach((button) => { button.disabled = chosen === 0; });
  }

  inbox.addEventListener('change', countSelected);
  inbox.querySelectorAll('[data-open-help]').forEach((button) => {
    button.addEventListener('click', () => help.showModal());
  });
  countSelected();
  if (rows[0] && preview.offsetParent !== null) show(rows[current() === -1 ? 0 : current()]);
}
