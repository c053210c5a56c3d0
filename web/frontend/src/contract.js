/** The student's contract editor: rows come and go, totals follow. Without script the server does both. */

export function enhanceContract(root) {
  root.querySelectorAll('[data-component-rows]').forEach(editRows);
}

function editRows(section) {
  const rows = section.querySelector('[data-rows]');
  const template = section.querySelector('template');
  const total = section.querySelector('[data-total]');
  const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });

  function recount() {
    let sum = 0;
    for (const field of rows.querySelectorAll('[data-credits]')) {
      sum += Number.parseFloat(field.value.replace(',', '.')) || 0;
    }
    total.textContent = format.format(sum);
  }

  function changed() {
    recount();
    section.closest('form').dispatchEvent(new Event('input', { bubbles: true }));
  }

  section.querySelector('[data-add-row]').addEventListener('click', (event) => {
    event.preventDefault();
    const next = Number(rows.dataset.next);
    rows.dataset.next = String(next + 1);
    const html = template.innerHTML.replaceAll('__row__', String(next));
    rows.insertAdjacentHTML('beforeend', html);
    rows.lastElementChild.querySelector('input').focus();
    changed();
  });

  rows.addEventListener('click', (event) => {
    const button = event.target.closest('[data-remove-row]');
    if (!button) return;
    event.preventDefault();
    const row = button.closest('[data-row]');
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (neighbour?.querySelector('input') ?? section.querySelector('[data-add-row]')).focus();
    changed();
  });
  rows.addEventListener('input', recount);
}
