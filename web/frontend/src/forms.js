/** Forms: the draft that saves itself, the reason that opens in place, one submission a click. */

const SAVE_AFTER_MS = 1200;

export function enhanceForms(root) {
  root.querySelectorAll('form[data-draft-url]').forEach(keepDraft);
  root.querySelectorAll('details[data-reason]').forEach(focusReason);
  root.querySelectorAll('[data-suggestion]').forEach(offerSuggestion);
  root.querySelectorAll('form[data-once]').forEach(submitOnce);
  root.querySelectorAll('.decision-bar').forEach(keepClearOf);
  const refusal = '[role=alert][tabindex="-1"], [role=status] > .is-warning[tabindex="-1"]';
  // What was refused is where one goes on: read aloud, with its links to the fields next.
  (root.querySelector(refusal) ?? root.querySelector('[aria-invalid=true]'))?.focus();
}

function keepDraft(form) {
  if (form.dataset.drafting) return;
  form.dataset.drafting = 'on';
  const status = form.querySelector('[data-draft-status]');
  let timer = 0;
  let submitted = false;

  async function save() {
    if (submitted) return;
    clearTimeout(timer);
    timer = 0;
    const body = new FormData(form);
    body.delete('outcome');
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: 'POST',
        body,
        headers: { Accept: 'application/json' },
        credentials: 'same-origin',
        // Outlives the page, when it is left before the timer has run.
        keepalive: true,
      });
      const said = await answer.json();
      status.textContent = said.message ?? said.detail ?? '';
    } catch {
      status.textContent = form.dataset.draftFailed;
    }
  }

  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  form.addEventListener('submit', () => {
    submitted = true;
    clearTimeout(timer);
  });
  window.addEventListener('pagehide', () => {
    if (timer) save();
  });
}

function focusReason(details) {
  // One that a refusal has left open toggles too, once, by itself.
  let opened = details.open;
  details.addEventListener('toggle', () => {
    if (details.open && !opened) details.querySelector('textarea')?.focus();
    opened = details.open;
  });
}

/** The bar lies over the end of the page: what gets the focus is scrolled clear of it. */
function keepClearOf(bar) {
  new ResizeObserver(() => {
    document.documentElement.style.setProperty('--decision-bar', `${bar.offsetHeight}px`);
  }).observe(bar);
}

function offerSuggestion(button) {
  button.addEventListener('click', () => {
    const field = document.getElementById(button.dataset.suggestion);
    const text = button.dataset.text;
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n${text}` : text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.focus();
  });
}

/** A double click sends one request; the server's idempotency key covers the rest. */
function submitOnce(form) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
  window.addEventListener('pageshow', () => delete form.dataset.sent);
}
