/** Tables of class "stacks" become, on a phone, a list whose entries carry the heads as labels. */
export function enhanceTables(root) {
  root.querySelectorAll('table.stacks').forEach((table) => {
    // A head that is only read aloud labels what says it itself.
    const heads = [...table.querySelectorAll('thead th')].map((head) => (
      head.querySelector('.visually-hidden') ? '' : head.textContent.trim()));
    // Rows keep their meaning for screen readers when style sheets show them as blocks.
    table.setAttribute('role', 'table');
    table.querySelectorAll('thead, tbody').forEach((part) => part.setAttribute('role', 'rowgroup'));
    table.querySelectorAll('thead th').forEach((head) => head.setAttribute('role', 'columnheader'));
    table.querySelectorAll('tr').forEach((row) => label(row, heads));
  });
}

function label(row, heads) {
  row.setAttribute('role', 'row');
  // A row that goes on with the thing above has fewer cells: those at the end.
  let column = heads.length - [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
  for (const cell of row.cells) {
    if (cell.tagName === 'TD') {
      cell.setAttribute('role', 'cell');
      cell.dataset.label = heads[column] ?? '';
    } else if (cell.closest('tbody')) {
      cell.setAttribute('role', 'rowheader');
    }
    column += cell.colSpan;
  }
}
