/** Two states of a diagram side by side: what differs bears a sign, and both move together. */
import { getBBox } from 'diagram-js/lib/util/Elements';
import { getMid } from 'diagram-js/lib/layout/LayoutUtil';
import { center, draw, zoomWith } from '../diagram.js';

const SIGNS = { added: '+', removed: '−', changed: '≠', moved: '↔' };
const SIGN_SCALE = { min: 0.75, max: 1 };

export async function compare(root) {
  const marks = JSON.parse(root.dataset.marks);
  const containers = [...root.querySelectorAll('[data-picture]')];
  const viewers = (await Promise.all(containers.map(draw))).filter(Boolean);
  viewers.forEach((viewer) => sign(viewer, marks));
  moveTogether(viewers);
  if (viewers.length === 0) return;
  const canvas = viewers.at(-1).get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  zoomWith(root.dataset.tools, canvas);
  const choose = chooser(root, viewers);
  document.querySelectorAll('a[data-element]').forEach((link) => {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      choose(link.dataset.element, true);
    });
  });
  viewers.forEach((viewer) => {
    viewer.on('element.click', ({ element }) => choose(element.id.replace(/_label$/, ''), false));
  });
  if (root.dataset.chosen) choose(root.dataset.chosen, true);
  root.dataset.ready = 'yes';
}

/** Put a sign on each element that differs: by its form too, not by its colour alone. */
function sign(viewer, marks) {
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');
  for (const [id, mark] of Object.entries(marks)) {
    const element = known.get(id);
    if (!element) continue;
    canvas.addMarker(id, `is-${mark}`);
    const badge = document.createElement('span');
    badge.className = `sign is-${mark}`;
    badge.setAttribute('aria-hidden', 'true');
    badge.textContent = SIGNS[mark];
    viewer.get('overlays').add(id, { position: place(element), html: badge, scale: SIGN_SCALE });
  }
}

/** The corner of a shape, or the middle of a line. */
function place(element) {
  if (!element.waypoints) return { top: -11, left: -11 };
  const box = getBBox(element);
  const middle = getMid(element);
  return { top: middle.y - box.y - 11, left: middle.x - box.x - 11 };
}

function moveTogether(viewers) {
  let following = false;
  viewers.forEach((leader) => {
    leader.on('canvas.viewbox.changed', ({ viewbox: { x, y, width, height } }) => {
      if (following) return;
      following = true;
      viewers.filter((each) => each !== leader).forEach((each) => {
        each.get('canvas').viewbox({ x, y, width, height });
      });
      following = false;
    });
  });
}

/** A function that lights an element in both pictures and marks its rows in the table. */
function chooser(root, viewers) {
  let before = null;
  return (id, bringIntoView) => {
    viewers.forEach((viewer) => {
      const known = viewer.get('elementRegistry');
      const canvas = viewer.get('canvas');
      if (before && known.get(before)) canvas.removeMarker(before, 'is-active');
      if (!known.get(id)) return;
      canvas.addMarker(id, 'is-active');
      if (bringIntoView) center(canvas, known.get(id));
    });
    before = id;
    document.querySelectorAll('a[data-element]').forEach((link) => {
      if (link.dataset.element === id) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    });
    const row = document.querySelector(`a[data-element="${CSS.escape(id)}"]`);
    root.querySelector('[data-said]').textContent = row?.dataset.telling ?? '';
    // Where the pictures do not stay beside the table, they are out of sight.
    if (bringIntoView) root.scrollIntoView({ block: 'nearest' });
  };
}
