/** @import { View, Bounds } from './view.js' */
import { clamp, digitsOf, roundUp } from './view.js';

/**
 * What mouse, fingers and keys do to the map. `box` is the one that is drawn now.
 * @typedef {{
 *   view: View,
 *   box: () => Bounds | undefined,
 *   setBox: (box: Bounds | undefined) => void,
 *   moved: () => void,
 *   drags: () => 'draw' | 'move',
 * }} Handlers
 */

/** Pixels around a corner that take hold of it: a finger is wide. */
const grip = 14;
/** A shorter drag is a click. */
const shortestDrag = 4;
const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @param {HTMLCanvasElement} canvas @param {Handlers} handlers */
export function listen(canvas, handlers) {
  const { view } = handlers;
  /** @type {Map<number, { x: number, y: number }>} */
  const pointers = new Map();
  /** The corner that stays where it is. @type {{ longitude: number, latitude: number, x: number, y: number } | undefined} */
  let anchor;

  const at = (/** @type {MouseEvent} */ event) => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left - canvas.clientLeft, y: event.clientY - top - canvas.clientTop };
  };

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    anchor = undefined;
    if (pointers.size > 1 || handlers.drags() === 'move') return;
    const point = at(event);
    anchor = oppositeCorner(view, handlers.box(), point) ?? { ...point, ...place(view, point) };
  });

  canvas.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    if (pointers.size > 1) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      if (other) pinch(view, before, now, other);
      handlers.moved();
    } else if (anchor) {
      if (Math.hypot(now.x - anchor.x, now.y - anchor.y) >= shortestDrag) handlers.setBox(boxOf(anchor, place(view, now)));
      return;
    } else {
      view.moveBy(now.x - before.x, now.y - before.y);
      handlers.moved();
    }
    pointers.set(event.pointerId, now);
  });

  for (const name of /** @type {const} */ (['pointerup', 'pointercancel']))
    canvas.addEventListener(name, (event) => {
      pointers.delete(event.pointerId);
      anchor = undefined;
    });

  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const { x, y } = at(event);
      view.zoom(Math.exp(-clamp(event.deltaY, -120, 120) / 240), x, y);
      handlers.moved();
    },
    { passive: false },
  );

  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === '+' || event.key === '=') view.zoom(1.5);
    else if (event.key === '-') view.zoom(1 / 1.5);
    else if (event.key === 'Escape') handlers.setBox(undefined);
    else if (event.key in arrows) pressArrow(handlers, event);
    else return;
    event.preventDefault();
    handlers.moved();
  });
}

/** @param {Handlers} handlers @param {KeyboardEvent} event */
function pressArrow({ view, box: current, setBox }, { key, shiftKey, altKey }) {
  const [right = 0, up = 0] = arrows[/** @type {keyof typeof arrows} */ (key)];
  if (altKey) return view.moveBy((-right * view.width) / 8, (up * view.height) / 8);
  const box = current();
  if (!box) return setBox(boxInMiddle(view));
  const step = roundUp(10 / view.scale);
  const digits = digitsOf(step);
  const moved = (/** @type {number} */ degrees, /** @type {number} */ steps, /** @type {number} */ most) =>
    Number(clamp(degrees + steps * step, -most, most).toFixed(Math.max(digits, decimals(degrees))));
  const [west, south] = shiftKey ? [box.west, box.south] : [moved(box.west, right, 180), moved(box.south, up, 90)];
  const [east, north] = [moved(box.east, right, 180), moved(box.north, up, 90)];
  // An edge at the end of the world stops the others, and one never passes the other.
  const isStopped = shiftKey
    ? (box.west <= box.east && east < west) || north < south
    : [
        [west, box.west],
        [east, box.east],
      ].some(([now, before]) => right !== 0 && now === before) ||
      [
        [south, box.south],
        [north, box.north],
      ].some(([now, before]) => up !== 0 && now === before);
  if (!isStopped) setBox({ west, south, east, north });
}

/** @param {number} degrees */
function decimals(degrees) {
  return (String(degrees).split('.')[1] ?? '').length;
}

/** A third as wide and high as what is seen. @param {View} view @returns {Bounds} */
function boxInMiddle(view) {
  const [left, right] = [view.width / 3, (view.width * 2) / 3];
  const [top, bottom] = [view.height / 3, (view.height * 2) / 3];
  return boxOf(place(view, { x: left, y: top }), place(view, { x: right, y: bottom }));
}

/** @param {View} view @param {{ x: number, y: number }} point */
function place(view, { x, y }) {
  return { longitude: view.longitudeAt(x), latitude: view.latitudeAt(y) };
}

/**
 * @param {{ longitude: number, latitude: number }} one
 * @param {{ longitude: number, latitude: number }} other
 * @returns {Bounds}
 */
function boxOf(one, other) {
  return {
    west: Math.min(one.longitude, other.longitude),
    east: Math.max(one.longitude, other.longitude),
    south: Math.min(one.latitude, other.latitude),
    north: Math.max(one.latitude, other.latitude),
  };
}

/** @param {View} view @param {Bounds | undefined} box @param {{ x: number, y: number }} point */
function oppositeCorner(view, box, point) {
  if (!box || box.west > box.east) return undefined;
  for (const [longitude, opposite] of [
    [box.west, box.east],
    [box.east, box.west],
  ])
    for (const [latitude, other] of [
      [box.south, box.north],
      [box.north, box.south],
    ])
      if (Math.abs(view.x(longitude ?? 0) - point.x) <= grip && Math.abs(view.y(latitude ?? 0) - point.y) <= grip)
        return { longitude: opposite ?? 0, latitude: other ?? 0, x: view.x(opposite ?? 0), y: view.y(other ?? 0) };
  return undefined;
}

/**
 * @param {View} view
 * @param {{ x: number, y: number }} before
 * @param {{ x: number, y: number }} now
 * @param {{ x: number, y: number }} other the finger that rests
 */
function pinch(view, before, now, other) {
  const distance = (/** @type {{ x: number, y: number }} */ point) => Math.max(10, Math.hypot(point.x - other.x, point.y - other.y));
  view.moveBy((now.x - before.x) / 2, (now.y - before.y) / 2);
  view.zoom(distance(now) / distance(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
}
