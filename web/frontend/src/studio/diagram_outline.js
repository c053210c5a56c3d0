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
    const lanes = lanesByNode(registry);
    steps.replaceChildren(...shapes.map((each) => row(each.id, [
      button(each.id),
      kinds[typeOf(getBusinessObject(each))] ?? typeOf(getBusinessObject(each)),
      lanes.get(each.id) ?? '',
    ])));
    flows.replaceChildren(...ways.map((each) => row(each.id, [
      button(each.id, `${nameOf(each.source.id)} → ${nameOf(each.target.id)}`),
      getBusinessObject(each).conditionExpression?.body ?? '–',
    ])));
    counts.textContent = counts.dataset.words
      .replace('{steps}', shapes.length).replace('{flows}', ways.length);
  }

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
      if (ids.includes(line.dataset.row)) line.setAttribute('aria-current', 'true');
      else line.removeAttribute('aria-current');
    });
  });
}

function lanesByNode(registry) {
  const found = new Map();
  for (const lane of registry.filter((each) => is(each, 'bpmn:Lane'))) {
    const object = getBusinessObject(lane);
    for (const node of object.flowNodeRef ?? []) found.set(node.id, object.name || object.id);
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
        document.querySelector(`[data-row="${CSS.escape(focused)}"] button`)?.focus();
      }
    });
  };
}
