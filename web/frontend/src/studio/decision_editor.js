/** The page on which the decision tables of a file are edited; plain tables beside say the same. */
import DmnModeler from 'dmn-js/lib/Modeler';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import '../../styles/decision_editor.scss';
import { draftFile } from './draft_file.js';
import { translateWritten, translator } from './translate.js';

const DICTIONARIES = {
  fr: () => import('./words/decisions_fr.json'),
  es: () => import('./words/decisions_es.json'),
};
/** What the engine executes, in the words of the standard. */
const TYPES = ['string', 'boolean', 'number', 'date', 'time', 'dateTime', 'dayTimeDuration', 'yearMonthDuration', 'Any'];
/** What the library writes in English without asking. */
const WRITTEN = '.hit-policy option';
const EXECUTED = ['decisionTable', 'literalExpression'];

async function open(page) {
  const translate = await translator(document.documentElement.lang, DICTIONARIES);
  const words = { additionalModules: [{ translate: ['value', translate] }] };
  const canvas = page.querySelector('[data-canvas]');
  const modeler = new DmnModeler({
    container: canvas,
    keyboard: { bindTo: document },
    common: {
      dataTypes: TYPES,
      expressionLanguages: { options: [{ value: 'feel', label: 'FEEL' }], defaults: { editor: 'feel' } },
    },
    drd: words,
    decisionTable: words,
    literalExpression: words,
    boxedExpression: words,
  });
  const file = draftFile(page.querySelector('[data-draft-file]'), {
    read: async () => (await modeler.saveXML({ format: true })).xml,
    saved: renewText,
  });
  translateWritten(canvas, WRITTEN, translate);
  nameCorners(canvas);
  listen(modeler, () => file.changed());
  try {
    const text = await file.load();
    canvas.hidden = false;
    // Opened by itself, a file of several decisions shows their graph.
    await modeler.importXML(text, { open: false });
    await offerViews(page, modeler);
  } catch (error) {
    canvas.hidden = true;
    page.querySelector('[data-unreadable]').hidden = false;
    page.querySelector('[data-unreadable-why]').textContent = error.message;
  }
}

/** The corner above the numbers of the rules heads nothing: it is an empty cell. */
function nameCorners(canvas) {
  new MutationObserver(() => {
    canvas.querySelectorAll('th.index-column:not([role])').forEach((each) => each.setAttribute('role', 'cell'));
  }).observe(canvas, { childList: true, subtree: true });
}

/** Hear of every change: each view has a command stack of its own, made when it is first shown. */
function listen(modeler, changed) {
  const heard = new Set();
  modeler.on('views.changed', () => {
    const viewer = modeler.getActiveViewer();
    if (!viewer || heard.has(viewer)) return;
    heard.add(viewer);
    viewer.on('commandStack.changed', changed);
  });
}

/** One button a decision that is a table or an expression, where there are several. */
function offerViews(page, modeler) {
  const views = modeler.getViews().filter(({ type }) => EXECUTED.includes(type));
  const bar = page.querySelector('[data-views]');
  const buttons = views.map((view) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-quiet btn-sm';
    button.textContent = view.name || view.element.id;
    button.addEventListener('click', () => show(view, button));
    return button;
  });
  function show(view, button) {
    buttons.forEach((each) => each.removeAttribute('aria-pressed'));
    button.setAttribute('aria-pressed', 'true');
    return modeler.open(view);
  }
  if (views.length === 0) throw new Error('No decision of this file can be shown: look for ids that are used twice.');
  bar.replaceChildren(...buttons);
  bar.hidden = views.length < 2;
  return show(views[0], buttons[0]);
}

/** The plain tables and the problems as the server sees what was just saved. */
async function renewText() {
  const answer = await fetch(location.pathname, { credentials: 'same-origin', cache: 'no-store' });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const place = document.querySelector('[data-decisions-as-text]');
  // Who types values to try is not interrupted; the tables are renewed with the next save.
  if (place.contains(document.activeElement)) return;
  place.replaceWith(document.adoptNode(fresh.querySelector('[data-decisions-as-text]')));
}

const page = document.querySelector('[data-decision-editor]');
if (page) open(page);
