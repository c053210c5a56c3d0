/** BPMN diagrams with the current position lit. The page carries a textual equivalent beside each. */
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { getBBox } from 'diagram-js/lib/util/Elements';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';

const READABLE = 0.75;
const LETTER_WIDTH = 6.5;
const NARROW = 600;
const FIGURE_SCALE = { min: 0.8, max: 1 };

export function showDiagrams(canvases) {
  canvases.forEach((canvas) => {
    if (!canvas.dataset.shown) show(canvas);
  });
}

async function show(container) {
  const viewer = await draw(container);
  if (!viewer) return;
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');
  mark(canvas, known, container.dataset.visited, 'is-visited');
  mark(canvas, known, container.dataset.missed, 'is-missed');
  mark(canvas, known, container.dataset.active, 'is-active');
  const hottest = heat(viewer, JSON.parse(container.dataset.heat ?? '{}'));
  fit(canvas, known, container.dataset.active || (container.clientWidth < NARROW ? hottest : ''));
  container.dispatchEvent(new CustomEvent('diagram:ready', { bubbles: true }));
  zoomWith(container.dataset.tools, canvas);
}

/** Draw the diagram that a container names; a sentence instead, and no viewer, where that fails. */
export async function draw(container) {
  container.dataset.shown = 'yes';
  const viewer = new NavigatedViewer({ container });
  viewer.on('import.parse.complete', ({ elementsById }) => {
    speak(Object.values(elementsById ?? {}), document.documentElement.lang);
  });
  try {
    const answer = await fetch(container.dataset.diagram, { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(String(answer.status));
    await viewer.importXML(await answer.text());
  } catch {
    viewer.destroy();
    container.textContent = container.dataset.failed;
    return null;
  }
  // The wheel belongs to the page; the buttons and dragging move the diagram.
  viewer.get('zoomScroll').toggle(false);
  return viewer;
}

/** Let the buttons in the element with this id enlarge, reduce and fit a diagram. */
export function zoomWith(tools, canvas) {
  document.getElementById(tools ?? '')?.addEventListener('click', (event) => {
    const action = event.target.closest('[data-zoom]')?.dataset.zoom;
    if (action === 'fit') canvas.zoom('fit-viewport', 'auto');
    if (action === 'in') canvas.zoom(canvas.zoom() * 1.3);
    if (action === 'out') canvas.zoom(canvas.zoom() / 1.3);
  });
}

/** Before anything is drawn, give every element its name in the reader's language, if it has one. */
function speak(elements, language) {
  for (const element of elements) {
    const name = property(element, `name.${language}`);
    if (name) element.name = name;
  }
  // A pool is labelled with the process inside it.
  for (const element of elements) {
    if (element.processRef?.name) element.name = element.processRef.name;
    makeRoom(element);
  }
}

/** Widen the box of a label until its longest word fits: it was drawn for another language. */
function makeRoom(shape) {
  const bounds = shape.label?.bounds;
  const name = shape.bpmnElement?.name;
  if (!bounds || !name) return;
  const longest = Math.max(...name.split(/\s+/).map((word) => word.length));
  bounds.width = Math.max(bounds.width, longest * LETTER_WIDTH);
}

/** A value among an element's spiffworkflow:properties, which the viewer reads as plain XML. */
function property(element, name) {
  const groups = element.extensionElements?.values ?? [];
  return groups
    .flatMap((group) => group.$children ?? [])
    .find((child) => child.name === name)?.value;
}

function mark(canvas, known, ids, marker) {
  for (const id of (ids ?? '').split(' ').filter(Boolean)) {
    if (known.get(id)) canvas.addMarker(id, marker);
  }
}

/**
 * Paint elements by level, and write the figure at each: by its text, not by its colour alone.
 * Gives the id of the hottest.
 */
function heat(viewer, figures) {
  const known = viewer.get('elementRegistry');
  for (const [id, { level, text }] of Object.entries(figures)) {
    if (!known.get(id)) continue;
    viewer.get('canvas').addMarker(id, `is-heat-${level}`);
    const badge = document.createElement('span');
    badge.className = 'heat-figure';
    badge.setAttribute('aria-hidden', 'true');
    badge.textContent = text;
    const position = { top: -16, right: 48 };
    viewer.get('overlays').add(id, { position, html: badge, scale: FIGURE_SCALE });
  }
  const levels = Object.entries(figures).sort(([, one], [, other]) => other.level - one.level);
  return levels[0]?.[0];
}

/** Fit the whole diagram, or, where that makes it unreadable, the current step. */
function fit(canvas, known, active) {
  canvas.zoom('fit-viewport', 'auto');
  const first = known.get((active ?? '').split(' ')[0]);
  if (canvas.zoom() < READABLE && first) center(canvas, first);
}

/** Bring one of these elements into sight where none of them is, without changing the scale. */
export function follow(canvas, known, ids) {
  const shapes = ids.map((id) => known.get(id)).filter(Boolean);
  const view = canvas.viewbox();
  const seen = ({ x, y, width, height }) =>
    x >= view.x && y >= view.y && x + width <= view.x + view.width && y + height <= view.y + view.height;
  if (shapes.length > 0 && (canvas.zoom() < READABLE || !shapes.some((shape) => seen(getBBox(shape))))) {
    center(canvas, shapes[0]);
  }
}

/** Bring the middle of an element to the middle, large enough to be read. */
export function center(canvas, element) {
  const scale = Math.max(canvas.zoom(), READABLE);
  const { x, y, width, height } = getBBox(element);
  const size = canvas.getSize();
  const box = { width: size.width / scale, height: size.height / scale };
  canvas.viewbox({ ...box, x: x + width / 2 - box.width / 2, y: y + height / 2 - box.height / 2 });
}
