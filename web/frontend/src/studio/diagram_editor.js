/** The page on which a diagram of a draft is edited. */
import '../../styles/editor.scss';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { draftFile } from './draft_file.js';
import { carrier, property } from './diagram_model.js';
import { createModeler } from './diagram_modeler.js';
import { outline } from './diagram_outline.js';
import { Problems } from './diagram_problems.js';
import { presence } from './presence.js';
import { translateWritten, translator } from './translate.js';

/** What libraries write without asking; among the mixed ones stand names of the diagram too. */
const WRITTEN = [
  '.bts-toggle-mode', '.bts-palette .bts-entry', '.bts-log .bts-header', '.bts-log .placeholder',
  '.bts-animation-speed-button', '.bts-context-pad',
  '[class*="__open-popup-placeholder"]', '.bio-properties-panel-popup button',
].join(', ');
const MIXED = '.bts-text, .djs-popup [aria-live], .djs-popup [role="status"]';
const POPUP_TITLE = '.bio-properties-panel-popup__title';
/** Room for the palette and the minimap. */
const MARGINS = { top: 90, right: 120, bottom: 90, left: 180 };
/** How often the panel is asked for an entry, and how often of these for another than the name. */
const TRIES = 60;
const TRIES_FOR_ENTRY = 20;

async function open(page) {
  const translate = await translator(document.documentElement.lang);
  const vocabulary = JSON.parse(document.getElementById('vocabulary').textContent);
  const canvas = page.querySelector('[data-canvas]');
  const modeler = createModeler({
    canvas, panel: page.querySelector('[data-panel]'), vocabulary, translate,
  });
  translateWritten(document.body, WRITTEN, translate);
  translateWritten(document.body, MIXED, translate.known);
  translateWritten(document.body, POPUP_TITLE, (title) => title.replace(/^bpmn:\w+ \/ /, ''));

  function choose(id, entry = 'name') {
    const element = modeler.get('elementRegistry').get(id);
    if (!element) return;
    modeler.get('selection').select(element);
    modeler.get('canvas').scrollToElement(element, MARGINS);
    focusEntry(page.querySelector('[data-panel]'), modeler.get('eventBus'), entry);
  }

  function nameOf(id) {
    const element = modeler.get('elementRegistry').get(id);
    return element ? spokenName(element, document.documentElement.lang) : '';
  }

  const problems = new Problems(page.querySelector('[data-problems]'), { choose, nameOf, translate });
  problems.fromServer(JSON.parse(document.getElementById('problems').textContent));
  modeler.on('linting.completed', ({ issues }) => problems.fromCanvas(issues));
  modeler.on('selection.changed', ({ newSelection }) => problems.point(newSelection[0]?.id));
  outline(page.querySelector('[data-outline]'), modeler, { kinds: vocabulary.kinds, choose, nameOf });

  const file = draftFile(page.querySelector('[data-draft-file]'), {
    read: async () => (await modeler.saveXML({ format: true })).xml,
    saved: (answer) => problems.fromServer(answer.problems),
  });
  const panelListens = new Promise((done) => { modeler.get('eventBus').once('propertiesPanel.layoutChanged', done); });
  try {
    await modeler.importXML(await file.load());
  } catch (error) {
    page.querySelector('[data-unreadable]').hidden = false;
    page.querySelector('[data-unreadable-why]').textContent = error.message;
    page.querySelectorAll('[data-workplace], [data-outline], [data-draft-file]').forEach((each) => { each.hidden = true; });
    return;
  }
  fit(modeler);
  modeler.on('commandStack.changed', () => file.changed());
  tools(page, modeler);
  presence(page.querySelector('[data-presence]'));
  page.dataset.ready = 'yes';
  const asked = new URLSearchParams(location.search).get('element');
  if (asked) {
    await panelListens;
    choose(asked);
  }
}

/** An element's name in the reader's language, else as it is drawn, else its id. */
function spokenName(element, language) {
  const object = carrier(element);
  return property(object, `name.${language}`) || object.name?.trim() || element.id;
}

/**
 * Put the focus into an entry of what was chosen, else its name; the panel shows it a moment later.
 * Never again once it is there: showing an entry selects its text, and what was typed meanwhile
 * would be replaced by the next letter.
 */
function focusEntry(panel, eventBus, entry) {
  let tries = 0;
  const waiting = setInterval(() => {
    tries += 1;
    if (tries > TRIES || panel.contains(document.activeElement)) clearInterval(waiting);
    else eventBus.fire('propertiesPanel.showEntry', { id: tries > TRIES_FOR_ENTRY ? 'name' : entry });
  }, 50);
  panel.addEventListener('focusin', () => clearInterval(waiting), { once: true });
}

/** The whole diagram where it stays readable, else its beginning. */
function fit(modeler) {
  const canvas = modeler.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() < 0.5) {
    const start = modeler.get('elementRegistry').find((each) => is(each, 'bpmn:StartEvent'));
    canvas.zoom(0.75);
    if (start) canvas.scrollToElement(start, MARGINS);
  }
}

/** The menu of what may follow a step or stand in a flow; then its name has the focus. */
function next(page, modeler) {
  const [chosen] = modeler.get('selection').get();
  const button = page.querySelector('[data-act="append"]');
  if (is(chosen, 'bpmn:SequenceFlow')) {
    const { left, bottom } = button.getBoundingClientRect();
    modeler.get('insertStep').open(chosen, { x: left, y: bottom });
  } else {
    modeler.get('editorActions').trigger('appendElement', {});
  }
  modeler.get('eventBus').once('popupMenu.close', () => setTimeout(() => {
    const [now] = modeler.get('selection').get();
    if (!now || now === chosen) return button.focus();
    modeler.get('canvas').scrollToElement(now, MARGINS);
    return focusEntry(page.querySelector('[data-panel]'), modeler.get('eventBus'), 'name');
  }));
}

function tools(page, modeler) {
  const actions = modeler.get('editorActions');
  const stack = modeler.get('commandStack');
  const selection = modeler.get('selection');
  const acts = {
    undo: () => actions.trigger('undo'),
    redo: () => actions.trigger('redo'),
    find: () => actions.trigger('find'),
    append: () => next(page, modeler),
    delete: () => actions.trigger('removeSelection'),
    larger: () => actions.trigger('stepZoom', { value: 1 }),
    smaller: () => actions.trigger('stepZoom', { value: -1 }),
    fit: () => actions.trigger('zoom', { value: 'fit-viewport' }),
  };
  const bar = page.querySelector('[data-tools]');
  bar.addEventListener('click', (event) => {
    const act = event.target.closest('[data-act]')?.dataset.act;
    if (!act) return;
    // The popup of "append" closes at a click outside; this one is not yet over.
    setTimeout(() => acts[act]());
  });

  function allow() {
    const one = selection.get().length > 0;
    const possible = { undo: stack.canUndo(), redo: stack.canRedo(), append: one, delete: one };
    for (const [act, may] of Object.entries(possible)) {
      bar.querySelector(`[data-act="${act}"]`).disabled = !may;
    }
  }
  modeler.on(['commandStack.changed', 'selection.changed'], allow);
  allow();
}

open(document.querySelector('[data-diagram-editor]'));
