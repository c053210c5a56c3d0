/** One list of what is wrong: what the canvas sees at once, what the server says at each save. */
import { optionLabel } from './diagram_labels.js';

/** What both find; the server's sentence is the more exact one. */
const SAME = {
  'conditional-flows': ['condition_missing'],
  'end-event-required': ['no_end_event'],
  'start-event-required': ['no_start_event'],
  'single-blank-start-event': ['several_start_events'],
  'no-implicit-split': ['implicit_split'],
  'no-implicit-end': ['dead_end'],
  'no-disconnected': ['unreachable_node', 'dead_end'],
  'single-event-definition': ['multiple_event_definitions'],
};

/** Where in the properties panel a problem is mended; others begin at the name. */
const ENTRIES = {
  condition_missing: 'condition-expression',
  condition_not_boolean: 'condition-expression',
  decision_missing: 'decision-id',
  service_missing: 'own-service',
  timer_invalid: 'timer-value',
  timer_missing: 'timer-value',
  unknown_decision: 'decision-id',
  unknown_form: 'own-form',
  unknown_handler: 'own-handler',
  unknown_page: 'own-page',
  unknown_service: 'own-service',
};

function entryOf({ code, option }) {
  return option ? `own-approval.${option}` : ENTRIES[code];
}

export class Problems {
  #canvas = [];
  #server = [];

  /** `choose` gets an element's id and the panel's entry; `nameOf` gives an element's name. */
  constructor(section, { choose, nameOf, translate }) {
    this.list = section.querySelector('[data-problem-list]');
    this.counts = section.querySelector('[data-problem-counts]');
    this.none = section.querySelector('[data-problem-none]');
    this.template = section.querySelector('template');
    this.nameOf = nameOf;
    this.translate = translate;
    this.list.addEventListener('click', (event) => {
      const { element, entry } = event.target.closest('[data-element]')?.dataset ?? {};
      if (element) choose(element, entry);
    });
  }

  fromCanvas(issues) {
    this.#canvas = Object.entries(issues).flatMap(([shown, found]) => found.map((each) => ({
      element: each.actualElementId ?? shown,
      rule: each.rule,
      severity: each.category === 'error' ? 'error' : 'warning',
      sentence: this.translate(each.message),
      detail: '',
      file: '',
      line: 0,
    })));
    this.#show();
  }

  fromServer(problems) {
    this.#server = problems;
    this.#show();
  }

  /** Mark the problems of the element that is selected. */
  point(id) {
    this.list.querySelectorAll('[data-row]').forEach((row) => {
      if (row.dataset.row === id) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
    });
    const row = this.list.querySelector('[aria-current]');
    // The list moves, the page does not.
    if (row) this.list.closest('.table-scroll').scrollTop = row.offsetTop;
  }

  #all() {
    const said = new Set(this.#server.map((each) => `${each.element} ${each.code}`));
    const own = this.#canvas.filter(({ element, rule }) => (
      !(SAME[rule] ?? []).some((code) => said.has(`${element} ${code}`))
    ));
    const all = [...this.#server, ...own];
    return [...all.filter((each) => each.severity === 'error'), ...all.filter((each) => each.severity !== 'error')];
  }

  #show() {
    const all = this.#all();
    const errors = all.filter((each) => each.severity === 'error').length;
    const { words } = this.counts.dataset;
    this.counts.textContent = words
      .replace('{errors}', errors).replace('{warnings}', all.length - errors);
    this.counts.dataset.errors = errors;
    this.none.hidden = all.length > 0;
    this.list.closest('.table-scroll').hidden = all.length === 0;
    this.list.replaceChildren(...all.map((each) => this.#row(each)));
  }

  #row(problem) {
    const row = this.template.content.querySelector('tr').cloneNode(true);
    row.dataset.row = problem.element;
    row.querySelector(`[data-severity="${problem.severity}"]`).hidden = false;
    const option = problem.option ? ` ${this.translate('Concerned: {option}.', {
      option: optionLabel(problem.option, this.translate),
    })}` : '';
    row.querySelector('[data-sentence]').textContent = problem.sentence + option;
    const detail = row.querySelector('[data-detail]');
    if (problem.detail && problem.detail !== problem.sentence) detail.textContent = problem.detail;
    else detail.remove();
    const button = row.querySelector('button');
    const name = problem.element && this.nameOf(problem.element);
    if (name) {
      button.dataset.element = problem.element;
      const entry = entryOf(problem);
      if (entry) button.dataset.entry = entry;
      button.textContent = name;
    } else {
      button.replaceWith(problem.element || '–');
    }
    row.querySelector('[data-place]').textContent = problem.file
      ? `${problem.file}${problem.line ? `:${problem.line}` : ''}` : '–';
    return row;
  }
}
