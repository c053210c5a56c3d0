/** Who else has this draft open: tells the server every ten seconds and shows the others' names. */
import { csrfToken } from './draft_file.js';

const EVERY_MS = 10_000;

export function presence(element) {
  const { address, words } = element.dataset;

  async function beat() {
    if (document.visibilityState === 'hidden') return;
    try {
      const answer = await fetch(address, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken() },
      });
      if (answer.ok) show((await answer.json()).others);
    } catch {
      // The line of the draft itself says when the server cannot be reached.
    }
  }

  function show(names) {
    const said = names.length > 0 ? words.replace('{names}', names.join(', ')) : '';
    if (element.textContent !== said) element.textContent = said;
    element.hidden = names.length === 0;
  }

  document.addEventListener('visibilitychange', beat);
  setInterval(beat, EVERY_MS);
  beat();
}
