/**
 * One file of a draft while somebody edits it: loads it, saves it by itself, and loses nothing.
 *
 * The element comes from templates/studio/_draft_state.html. What the server has not yet taken
 * is kept in the tab's storage; a text made from a state that is another by now is refused by the
 * server, and the person chooses: look at the other's version, save over it, download one's own.
 */

const KEEP_AFTER_MS = 200;
const SAVE_AFTER_MS = 1200;
const TOO_OLD = 412;

/**
 * `read` gives the text as it is now (or a promise of it); `saved` hears the server's answer
 * after each save: {revision, saved_at, saved_by, problems}.
 */
export function draftFile(element, { read, saved = () => {} }) {
  const { address, words } = element.dataset;
  const said = JSON.parse(words);
  const line = element.querySelector('[data-line]');
  const conflict = element.querySelector('[data-conflict]');
  const storage = `draft ${address}`;
  let tag = null;
  let unsaved = false;
  let sending = null;
  let refused = false;
  let keepTimer = 0;
  let saveTimer = 0;

  function tell(sentence, state = '') {
    line.textContent = sentence;
    line.dataset.state = state;
  }

  /** The text to edit: what this tab could not save when it was left, else the server's. */
  async function load() {
    const answer = await fetch(address, { credentials: 'same-origin', cache: 'no-store' });
    if (!answer.ok && answer.status !== 404) throw new Error(await sentenceOf(answer));
    tag = answer.ok ? answer.headers.get('ETag') : null;
    const text = answer.ok ? await answer.text() : null;
    const kept = remembered();
    if (!kept || kept.text === text) {
      forget();
      return text;
    }
    unsaved = true;
    if (kept.tag === tag) schedule();
    else clash();
    return kept.text;
  }

  /** To be called at each change. */
  function changed() {
    unsaved = true;
    line.dataset.state = 'changed';
    schedule();
  }

  function schedule() {
    clearTimeout(keepTimer);
    clearTimeout(saveTimer);
    keepTimer = setTimeout(async () => remember(await read()), KEEP_AFTER_MS);
    if (!refused) saveTimer = setTimeout(save, SAVE_AFTER_MS);
  }

  /** Save what there is now; one request at a time. */
  async function save() {
    clearTimeout(saveTimer);
    if (sending) await sending;
    if (!unsaved) return;
    sending = send();
    await sending;
    sending = null;
  }

  async function send() {
    // What changes from here on is for the next request.
    unsaved = false;
    tell(said.saving);
    const text = await read();
    remember(text);
    try {
      const answer = await fetch(address, {
        method: 'PUT',
        body: text,
        credentials: 'same-origin',
        headers: {
          Accept: 'application/json',
          'X-CSRFToken': csrfToken(),
          ...(tag ? { 'If-Match': tag } : { 'If-None-Match': '*' }),
        },
      });
      if (answer.ok) return taken(answer.headers.get('ETag'), await answer.json());
      unsaved = true;
      if (answer.status === TOO_OLD) return clash(await answer.json());
      tell(said.failed.replace('{why}', await sentenceOf(answer)), 'failed');
    } catch {
      unsaved = true;
      tell(said.failed.replace('{why}', said.unreachable), 'failed');
      saveTimer = setTimeout(save, 5 * SAVE_AFTER_MS);
    }
  }

  function taken(next, answer) {
    tag = next;
    if (!unsaved) forget();
    // What was changed meanwhile is not saved yet.
    tell(said.saved.replace('{time}', clock(answer.saved_at)), unsaved ? 'changed' : 'saved');
    saved(answer);
  }

  /** Somebody else was faster: nothing is saved until the person has chosen. */
  function clash(problem = {}) {
    refused = true;
    const who = conflict.querySelector('[data-who]');
    who.textContent = problem.saved_by
      ? said.faster.replace('{name}', problem.saved_by).replace('{time}', clock(problem.saved_at))
      : said.another;
    conflict.hidden = false;
    tell(said.refused, 'failed');
  }

  async function overwrite() {
    const answer = await fetch(address, { credentials: 'same-origin', cache: 'no-store' });
    tag = answer.ok ? answer.headers.get('ETag') : null;
    conflict.hidden = true;
    refused = false;
    unsaved = true;
    await save();
    line.focus();
  }

  async function download() {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([await read()], { type: 'text/plain' }));
    link.download = decodeURIComponent(address.split('/').pop());
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async function takeTheirs() {
    forget();
    unsaved = false;
    location.reload();
  }

  function clock(at) {
    return new Date(at).toLocaleTimeString(document.documentElement.lang, {
      hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Paris',
    });
  }

  function remembered() {
    return JSON.parse(sessionStorage.getItem(storage) ?? 'null');
  }

  function remember(text) {
    try {
      sessionStorage.setItem(storage, JSON.stringify({ tag, text }));
    } catch {
      // A full storage takes nothing more; leaving the page still asks first.
    }
  }

  function forget() {
    clearTimeout(keepTimer);
    sessionStorage.removeItem(storage);
  }

  const acts = { overwrite, download, theirs: takeTheirs };
  conflict.addEventListener('click', (event) => {
    acts[event.target.closest('[data-act]')?.dataset.act]?.();
  });
  window.addEventListener('beforeunload', (event) => {
    if (unsaved || sending) event.preventDefault();
  });
  // Hidden is the last that a phone's browser tells of a tab.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && unsaved && !refused) save();
  });
  return { load, changed, save };
}

/** The page's token against forged requests, as htmx sends it. */
export function csrfToken() {
  return JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'];
}

async function sentenceOf(answer) {
  const problem = await answer.json().catch(() => ({}));
  const details = Object.values(problem.errors ?? {}).flat();
  return [problem.detail ?? String(answer.status), ...details].join(' ');
}
