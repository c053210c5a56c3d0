/** A change's editor: the total once everything typed is in force. Without script the server counts. */

export function enhanceContractChange(root) {
  root.querySelectorAll('[data-change-part]').forEach(countChange);
}

function countChange(part) {
  const total = part.querySelector('[data-change-total]');
  const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });

  function recount() {
    let sum = 0;
    for (const row of part.querySelectorAll('[data-earlier]')) {
      if (!row.querySelector('[data-remove]').checked) sum += Number(row.dataset.earlier);
    }
    for (const field of part.querySelectorAll('[data-rows] [data-credits]')) {
      sum += Number.parseFloat(field.value.replace(',', '.')) || 0;
    }
    total.textContent = format.format(sum);
  }

  // The contract's editor tells the form of rows that come and go by an input event on it.
  part.closest('form').addEventListener('input', recount);
}
