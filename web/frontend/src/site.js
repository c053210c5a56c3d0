/** Entry of every page: styles, htmx, and the small behaviours a page asks for by data attributes. */
import '../styles/site.scss';
import htmx from 'htmx.org';
import { enhanceApplication } from './application.js';
import { enhanceContract } from './contract.js';
import { enhanceContractChange } from './contract_change.js';
import { enhanceDocuments } from './documents.js';
import { keepFocus } from './focus.js';
import { enhanceForms } from './forms.js';
import { enhanceGrades } from './grade_transfer.js';
import { enhanceInbox } from './inbox.js';
import { enhanceMentions } from './mentions.js';
import { enhanceShell } from './shell.js';
import { enhanceTables } from './tables.js';
import { enhanceRepeats } from './validation_plan.js';

// The content security policy allows neither eval nor inline styles.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;
// A refusal (422) is an answer to be shown: the sentence at the field, with what was typed.
htmx.config.responseHandling = [
  { code: '204', swap: false },
  { code: '[23]..', swap: true },
  { code: '422', swap: true },
  { code: '[45]..', swap: false, error: true },
];

/** A diagram is fetched and drawn when somebody is about to see it: what is folded up has no size. */
const near = new IntersectionObserver((entries) => {
  const canvases = entries.filter((each) => each.isIntersecting).map((each) => each.target);
  if (canvases.length === 0) return;
  canvases.forEach((each) => near.unobserve(each));
  import('./diagram.js').then(({ showDiagrams }) => showDiagrams(canvases));
}, { rootMargin: '200px' });

/** Give a part of the page its behaviour: at load, and whenever htmx has put something in. */
function enhance(root) {
  enhanceForms(root);
  enhanceApplication(root);
  enhanceContract(root);
  enhanceContractChange(root);
  enhanceRepeats(root);
  enhanceDocuments(root);
  enhanceGrades(root);
  enhanceMentions(root);
  root.querySelectorAll('[data-diagram]:not([data-picture])').forEach((each) => near.observe(each));
  const compared = root.querySelector('[data-comparison]');
  if (compared) import('./studio/comparison.js').then(({ compare }) => compare(compared));
  const replay = root.querySelector('[data-replay]');
  if (replay) import('./case_history.js').then(({ replayCase }) => replayCase(replay, htmx));
  enhanceTables(root);
}

enhanceShell();
enhanceInbox(htmx);
keepFocus();
enhance(document);
document.body.addEventListener('htmx:afterSwap', (event) => enhance(event.target));
