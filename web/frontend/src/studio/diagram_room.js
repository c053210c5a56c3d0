/** Where something new is drawn: room in a flow, a free place on the edge of a task. */

const MARGIN = 50;

/** The longest stretch of a flow, as {axis, from, to} with its two ends. */
function longest({ waypoints }) {
  const stretches = waypoints.slice(1).map((to, place) => {
    const from = waypoints[place];
    const axis = Math.abs(to.x - from.x) >= Math.abs(to.y - from.y) ? 'x' : 'y';
    return { axis, from, to, length: Math.abs(to[axis] - from[axis]) };
  });
  return stretches.reduce((one, other) => (other.length > one.length ? other : one));
}

function middle({ from, to }) {
  return { x: Math.round((from.x + to.x) / 2), y: Math.round((from.y + to.y) / 2) };
}

/** The middle of a flow's longest stretch, with all that lies behind moved away if it is too short. */
export function roomIn(flow, shape, injector) {
  const stretch = longest(flow);
  const { axis } = stretch;
  const lacking = Math.ceil((axis === 'x' ? shape.width : shape.height) + 2 * MARGIN - stretch.length);
  if (lacking > 0) {
    const tool = injector.get('spaceTool');
    const start = middle(stretch)[axis];
    const all = injector.get('elementRegistry').filter((each) => each.parent);
    const { movingShapes, resizingShapes } = tool.calculateAdjustments(all, axis, lacking, start);
    const delta = { x: 0, y: 0, [axis]: lacking };
    tool.makeSpace(movingShapes, resizingShapes, delta, axis === 'x' ? 'e' : 's', start);
  }
  return middle(longest(flow));
}

/** The first free place along the lower edge of a task, from the left. */
export function getBoundaryPosition(host) {
  const taken = host.attachers.map((each) => each.x + each.width / 2);
  const places = [0, 1, 2, 3, 4].map((each) => host.x + (host.width * each) / 4);
  const free = places.find((x) => taken.every((other) => Math.abs(other - x) > 30));
  return { x: free ?? host.x + host.width, y: host.y + host.height };
}
