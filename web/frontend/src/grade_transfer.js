/**
 * Grade sheets: keys that move, blocks pasted from a spreadsheet, checks at once, unsaved cells
 * marked. Without script the sheet is a plain form; the server checks everything again.
 */

const MOST_CHARACTERS = 200_000;
const MARK = /^(?:(\S+))?(?:\s+C)?(?:\s+R)?$/i;
const NUMBER = /^\d{1,4}([.,]\d{1,9})?$/;

export function enhanceGrades(root) {
  root.querySelectorAll('[data-grade-grid]').forEach(enhanceSheet);
}

function enhanceSheet(sheet) {
  if (sheet.dataset.enhanced) return;
  sheet.dataset.enhanced = 'on';
  const form = sheet.closest('form');
  const status = form.querySelector('[data-unsaved]');
  if (!status) return; // Nothing here is to be written.
  const cells = () => [...sheet.querySelectorAll('[data-mark]')];

  function look(cell) {
    const said = fault(cell);
    const box = cell.parentElement.querySelector('[data-mark-said]');
    const text = said ? say(sheet, said.code, said) : '';
    cell.setAttribute('aria-invalid', said ? 'true' : 'false');
    cell.classList.toggle('is-unsaved', cell.value.trim() !== cell.dataset.saved);
    if (box && box.textContent !== text) {
      box.id ||= `${cell.id}-said`;
      box.textContent = text;
      describe(cell, box.id, Boolean(text));
    }
  }

  function count(text) {
    const open = cells().filter((cell) => cell.classList.contains('is-unsaved')).length;
    status.textContent = text ?? (open ? say(sheet, 'unsaved', { count: open }) : '');
  }

  sheet.addEventListener('input', ({ target }) => {
    if (!target.matches('[data-mark]')) return;
    look(target);
    count();
  });
  sheet.addEventListener('change', ({ target }) => {
    if (!target.matches('[data-mark-scale]')) return;
    const cell = target.closest('tr').querySelector('[data-mark]');
    Object.assign(cell.dataset, limits(target.selectedOptions[0]));
    look(cell);
  });
  sheet.addEventListener('keydown', (event) => move(sheet, event));
  sheet.addEventListener('focusin', ({ target }) => target.matches('[data-mark]') && target.select());
  sheet.addEventListener('paste', (event) => {
    if (!event.target.matches('[data-mark]')) return;
    const text = event.clipboardData.getData('text/plain');
    if (!/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const said = paste(sheet, event.target, text);
    cells().forEach(look);
    count(said);
    event.target.dispatchEvent(new Event('input', { bubbles: true }));
    status.textContent = said;
  });
  warnBeforeLeaving(form, cells);
  cells().forEach(look);
  count();
}

function limits({ dataset: { low, high, pass, decimals, labels } }) {
  return { low, high, pass, decimals, labels };
}

/** What is wrong with a cell at first sight, in the codes of the page's sentences. */
function fault(cell) {
  const { low, high, pass, decimals, labels } = cell.dataset;
  const text = cell.value.trim();
  if (!text || /^R$/i.test(text)) return null;
  const match = MARK.exec(text);
  if (!match?.[1]) return { code: 'unknown' };
  const word = match[1].toUpperCase();
  const compensated = /\sC(\s|$)/i.test(text);
  if (word === 'ABI' || word === 'ABJ') return compensated ? { code: 'compensation' } : null;
  if (['ABS', 'DEF', 'AB'].includes(word)) return { code: 'absence' };
  if (labels.split(' ').includes(word)) return null;
  if (!NUMBER.test(word)) return { code: low !== '' && /^[-+]?[\d.,]+$/.test(word) ? 'off' : 'unknown', low, high };
  if (low === '') return { code: 'unknown' };
  const value = Number(word.replace(',', '.'));
  if (value < Number(low) || value > Number(high)) return { code: 'off', low, high };
  const fraction = (word.split(/[.,]/)[1] ?? '').replace(/0+$/, '');
  if (fraction.length > Number(decimals)) return { code: 'decimals', most: decimals };
  return compensated && value >= Number(pass) ? { code: 'compensation' } : null;
}

function say(sheet, code, values = {}) {
  const name = `say${code[0].toUpperCase()}${code.slice(1)}`;
  return (sheet.dataset[name] ?? '').replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');
}

function describe(cell, id, needed) {
  const ids = new Set((cell.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean));
  if (needed) ids.add(id);
  else ids.delete(id);
  if (ids.size) cell.setAttribute('aria-describedby', [...ids].join(' '));
  else cell.removeAttribute('aria-describedby');
}

/** Arrows, Enter, Home and End with Control move between cells; text keys stay with the text. */
function move(sheet, event) {
  const cell = event.target;
  if (!cell.matches('[data-mark]') || event.altKey || event.metaKey) return;
  const whole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
  const atStart = whole || (cell.selectionStart === 0 && cell.selectionEnd === 0);
  const atEnd = whole || cell.selectionStart === cell.value.length;
  const steps = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    Enter: [event.shiftKey ? -1 : 1, 0],
    ArrowLeft: atStart && [0, -1],
    ArrowRight: atEnd && [0, 1],
  };
  const step = steps[event.key];
  if (!step) {
    if (event.key === 'Escape' && cell.value !== cell.dataset.saved) {
      cell.value = cell.dataset.saved;
      cell.dispatchEvent(new Event('input', { bubbles: true }));
    }
    return;
  }
  event.preventDefault();
  nextCell(sheet, cell, step)?.focus();
}

function nextCell(sheet, cell, [down, across]) {
  const rows = grid(sheet);
  let { row, column } = placeOf(rows, cell);
  for (;;) {
    row += down;
    column += across;
    if (!rows[row] || column < 0 || column >= rows[row].length) return null;
    const input = rows[row][column]?.querySelector?.('[data-mark]');
    if (input) return input;
  }
}

/** The table's data cells, row by row; the cells of a single sheet stand in one column. */
function grid(sheet) {
  return [...sheet.querySelectorAll('tbody tr')].map((row) => {
    const places = row.querySelectorAll('[data-cell], .no-course');
    return places.length ? [...places] : [row.querySelector('[data-mark]')?.parentElement ?? null];
  });
}

function placeOf(rows, cell) {
  const row = rows.findIndex((each) => each.some((place) => place?.contains(cell)));
  return { row, column: rows[row].findIndex((place) => place?.contains(cell)) };
}

/** Fill a block in, whole or not at all; gives the sentence about it. */
function paste(sheet, from, text) {
  if (text.length > MOST_CHARACTERS) return say(sheet, 'long');
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n');
  const rows = grid(sheet);
  const start = placeOf(rows, from);
  const room = rows.length - start.row;
  if (lines.length > room) return say(sheet, 'rows', { lines: lines.length, rows: room });
  const block = lines.map((line) => line.split('\t').map((value) => value.trim()));
  const wide = Math.max(...block.map((line) => line.length));
  const columns = rows[start.row].length - start.column;
  if (wide > columns) return say(sheet, 'columns', { lines: wide, rows: columns });
  const changes = [];
  let closed = 0;
  block.forEach((line, down) =>
    line.forEach((value, across) => {
      const place = rows[start.row + down][start.column + across];
      const input = place?.querySelector('[data-mark]');
      if (input) changes.push([input, value]);
      else if (value && value !== place?.querySelector('.tabular')?.textContent.trim()) closed += 1;
    }),
  );
  if (closed) return say(sheet, 'closed', { count: closed });
  changes.forEach(([input, value]) => {
    input.value = value.slice(0, 21);
  });
  return say(sheet, 'pasted', { count: changes.length });
}

function warnBeforeLeaving(form, cells) {
  if (form.dataset.draftUrl) return;
  let leaving = false;
  form.addEventListener('submit', () => {
    leaving = true;
  });
  window.addEventListener('beforeunload', (event) => {
    if (!leaving && cells().some((cell) => cell.classList.contains('is-unsaved'))) {
      event.preventDefault();
    }
  });
}
