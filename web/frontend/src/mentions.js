/** Completion of @names while a comment is typed: arrows choose, Enter or Tab takes, Escape leaves. */

const MOST = 6;
const WORD = /(^|[^\p{L}\p{N}_@.+-])@([^\s@,;:!?()<>"']*)$/u;

export function enhanceMentions(root) {
  root.querySelectorAll('textarea[data-mentions]').forEach(complete);
}

function complete(field) {
  if (field.dataset.completing) return;
  field.dataset.completing = 'on';
  const list = document.createElement('ul');
  list.className = 'mention-list';
  list.id = `${field.id}-people`;
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', field.placeholder);
  const said = document.createElement('span');
  said.className = 'visually-hidden';
  said.setAttribute('aria-live', 'polite');
  field.after(list, said);
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-controls', list.id);
  let people = null;
  let chosen = 0;

  async function known() {
    if (people) return people;
    try {
      const answer = await fetch(field.dataset.mentions, {
        headers: { Accept: 'application/json' },
        credentials: 'same-origin',
      });
      people = answer.ok ? await answer.json() : [];
    } catch {
      // Without a connection the name is typed by hand; the server reads it all the same.
      return [];
    }
    return people;
  }

  function word() {
    return WORD.exec(field.value.slice(0, field.selectionStart));
  }

  async function offer() {
    const typed = word();
    if (!typed) return close();
    const wanted = plain(typed[2]);
    const found = (await known()).filter(
      (each) => plain(each.login).includes(wanted) || plain(each.name).includes(wanted),
    ).slice(0, MOST);
    if (!word()) return close();
    list.replaceChildren(...found.map(option));
    list.hidden = found.length === 0;
    said.textContent = found.length === 0
      ? field.dataset.none
      : field.dataset.some.replace('0', String(found.length));
    mark(0);
  }

  function option(person, index) {
    const entry = document.createElement('li');
    entry.id = `${list.id}-${index}`;
    entry.setAttribute('role', 'option');
    entry.dataset.login = person.login;
    const name = document.createElement('strong');
    name.textContent = person.name;
    entry.append(name, ` @${person.login}`);
    entry.addEventListener('mousedown', (event) => {
      event.preventDefault();
      mark(index);
      take();
    });
    return entry;
  }

  function mark(index) {
    const entries = [...list.children];
    chosen = entries.length === 0 ? 0 : (index + entries.length) % entries.length;
    entries.forEach((entry, number) => entry.setAttribute('aria-selected', String(number === chosen)));
    if (list.hidden) field.removeAttribute('aria-activedescendant');
    else field.setAttribute('aria-activedescendant', entries[chosen].id);
  }

  function take() {
    const login = list.children[chosen]?.dataset.login;
    const typed = word();
    if (!login || !typed) return;
    const start = field.selectionStart - typed[2].length;
    field.setRangeText(`${login} `, start, field.selectionStart, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    close();
  }

  function close() {
    list.hidden = true;
    said.textContent = '';
    field.removeAttribute('aria-activedescendant');
  }

  field.addEventListener('input', offer);
  field.addEventListener('blur', close);
  field.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    const keys = {
      ArrowDown: () => mark(chosen + 1),
      ArrowUp: () => mark(chosen - 1),
      Enter: take,
      Tab: take,
      Escape: close,
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
}

function plain(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
