/** Choices that change places, and rows of places that come and go. Without script the server does both. */

export function enhanceApplication(root) {
  root.querySelectorAll('.wish-rows').forEach(moveWishes);
  root.querySelectorAll('[data-place-rows]').forEach(editPlaces);
}

/** The rows stay, with their names and labels; what is chosen in them changes places. */
function moveWishes(list) {
  list.addEventListener('click', (event) => {
    const button = event.target.closest('[data-move]');
    if (!button) return;
    event.preventDefault();
    const row = button.closest('[data-wish]');
    const other = button.dataset.move === 'up' ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    const [here, there] = [row, other].map((each) => each.querySelector('select'));
    [here.value, there.value] = [there.value, here.value];
    for (const each of [row, other]) {
      each.querySelectorAll('.rule-failed').forEach((rule) => rule.remove());
    }
    const follow = other.querySelector(`[data-move=${button.dataset.move}]`);
    (follow.disabled ? there : follow).focus();
    here.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

function editPlaces(section) {
  const rows = section.querySelector('[data-rows]');
  const template = section.querySelector('template');
  const add = section.closest('form').querySelector('[data-add-row]');

  add.addEventListener('click', (event) => {
    event.preventDefault();
    const next = Number(rows.dataset.next);
    rows.dataset.next = String(next + 1);
    rows.insertAdjacentHTML('beforeend', template.innerHTML.replaceAll('__row__', String(next)));
    rows.lastElementChild.querySelector('select, input:not([type=hidden])').focus();
  });

  rows.addEventListener('click', (event) => {
    const button = event.target.closest('[data-remove-row]');
    if (!button) return;
    event.preventDefault();
    const row = button.closest('[data-row]');
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (neighbour?.querySelector('select') ?? add).focus();
  });
}
