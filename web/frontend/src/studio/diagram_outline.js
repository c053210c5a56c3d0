/** The diagram as text, alive: steps and flows that can be chosen by keyboard, beside the canvas. */
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { typeOf } from './diagram_model.js';

/** `section` holds a table of steps and one of flows; `choose` is called with an element's id. */
export function outline(section, modeler, { kinds, choose, nameOf }) {
  const registry = modeler.get('elementRegistry');
  const [steps, flows] = ['steps', 'flows'].map((name) => section.querySelector(`[data-${name}]`));
  const counts = section.querySelector('[data-outline-counts]');

  function show() {
    const shapes = registry.filter((each) => each.type !== 'label' && is(each, 'bpmn:FlowNode'));
    const ways = registry.filter((each) => is(each, 'bpmn:SequenceFlow') && each.waypoints);
    shapes.sort((one, other) => one.x - other.x || one.y - other.y);
    const lanes = lanesByNode(registry, nameOf);
    steps.replaceChildren(...shapes.map((each) => row(each.id, [
      button(each.id),
      kinds[typeOf(getBusinessObject(each))] ?? typeOf(getBusinessObject(each)),
      lanes.get(each.id) ?? '',
    ])));
    flows.replaceChildren(...ways.map((each) => row(each.id, [
      button(each.id, `${nameOf(each.source.id)} → ${nameOf(each.target.id)}`),
      getBusinessObject(each).conditionExpression?.body ?? '–',
    ])));
    for (const table of [steps, flows]) {
      stopAt(table, table.querySelector('[aria-current] button, button'));
    }
    counts.textContent = counts.dataset.words
      .replace('{steps}', shapes.length).replace('{flows}', ways.length);
  }

  for (const table of [steps, flows]) table.addEventListener('keydown', walk);

  function row(id, cells) {
    const line = document.createElement('tr');
    line.dataset.row = id;
    line.append(...cells.map((cell, place) => {
      const box = document.createElement(place === 0 ? 'th' : 'td');
      if (place === 0) box.scope = 'row';
      box.append(cell);
      return box;
    }));
    return line;
  }

  function button(id, label = nameOf(id)) {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = 'btn btn-text';
    made.textContent = label;
    made.addEventListener('click', () => choose(id));
    return made;
  }

  modeler.on(['import.done', 'elements.changed'], 200, later(show));
  modeler.on('selection.changed', ({ newSelection }) => {
    const ids = newSelection.map((each) => each.id);
    section.querySelectorAll('[data-row]').forEach((line) => {
      if (ids.includes(line.dataset.row)) {
        line.setAttribute('aria-current', 'true');
        stopAt(line.parentNode, line.querySelector('button'));
      } else line.removeAttribute('aria-current');
    });
  });
}

const KEYS = {
  ArrowDown: (place) => place + 1,
  ArrowUp: (place) => place - 1,
  End: () => Infinity,
  Home: () => 0,
};

/** Each table is one stop of the Tab key; arrow keys go through its rows. */
function walk(event) {
  const to = KEYS[event.key];
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const place = buttons.indexOf(document.activeElement);
  if (!to || place < 0) return;
  event.preventDefault();
  const next = buttons[Math.max(0, Math.min(buttons.length - 1, to(place)))];
  stopAt(event.currentTarget, next);
  next.focus();
}

/** The button at which the Tab key stops in a table. */
function stopAt(table, button) {
  table.querySelectorAll('button').forEach((each) => { each.tabIndex = each === button ? 0 : -1; });
}

function lanesByNode(registry, nameOf) {
  const found = new Map();
  for (const lane of registry.filter((each) => is(each, 'bpmn:Lane'))) {
    for (const node of getBusinessObject(lane).flowNodeRef ?? []) found.set(node.id, nameOf(lane.id));
  }
  return found;
}

/** Many changes at once are shown once, and the row that has the focus keeps it. */
function later(show) {
  let waiting = 0;
  return () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      const focused = document.activeElement?.closest('[data-row]')?.dataset.row;
      show();
      if (focused && document.activeElement === document.body) {
        const button = document.querySelector(`[data-outline] [data-row="${CSS.escape(focused)}"] button`);
        if (!button) return;
        stopAt(button.closest('tbody'), button);
        button.focus();
      }
    });
  };
}
