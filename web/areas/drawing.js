/** @import { View, Bounds } from './view.js' */
import { digitsOf, roundUp } from './view.js';

/** @typedef {{ size: number, west: number, south: number, squares: [number, number, number][] }} Density in hundredths of a degree */

const ramps = {
  light: ['#cfe3f5', '#9cc6ea', '#5fa3d9', '#2b7bbf', '#14559a', '#0a3069'],
  dark: ['#17324d', '#1d5380', '#2b7fb3', '#57aecb', '#a5d8c8', '#f6f3b1'],
};
const kilometresOfDegree = 111.32;

/** The colours from few to many, and those of the page. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  const of = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  return { ramp: isDark ? ramps.dark : ramps.light, line: of('--line'), soft: of('--soft'), box: of('--box'), sea: of('--sea') };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {{ density: Density | undefined, box: Bounds | undefined }} shown
 */
export function draw(context, view, { density, box }) {
  const colours = palette();
  context.clearRect(0, 0, view.width, view.height);
  drawGrid(context, view, colours);
  if (density) drawSquares(context, view, density, colours);
  drawLabels(context, view, colours);
  drawScale(context, view, colours);
  if (box) for (const part of partsOf(box)) drawBox(context, view, part, colours);
}

/** @typedef {ReturnType<typeof palette>} Palette */
/** @typedef {CanvasRenderingContext2D} Context */

/** @param {Context} context @param {View} view @param {Density} density @param {Palette} palette */
function drawSquares(context, view, { size, west, south, squares }, { ramp }) {
  const most = squares.reduce((greatest, [, , n]) => Math.max(greatest, n), 1);
  const x = (/** @type {number} */ column) => Math.round(view.x((west + column * size) / 100));
  const y = (/** @type {number} */ row) => Math.round(view.y((south + row * size) / 100));
  for (const [column, row, n] of squares) {
    const [left, right] = [x(column), x(column + 1)];
    const [bottom, top] = [y(row), y(row + 1)];
    context.fillStyle = ramp[Math.min(ramp.length - 1, Math.floor((Math.log(n) / Math.log(most + 1)) * ramp.length))] ?? '';
    // What is less than a pixel wide is seen all the same.
    context.fillRect(left, top, Math.max(2, right - left), Math.max(2, bottom - top));
  }
}

/** Where lines are drawn, so far apart that there is room for their names. @param {View} view */
function lines(view) {
  const { west, east, south, north } = view.bounds;
  const along = (/** @type {number} */ first, /** @type {number} */ last, /** @type {number} */ least) => {
    const step = roundUp(least);
    const from = Math.ceil(first / step);
    const values = Array.from({ length: Math.max(0, Math.floor(last / step) - from + 1) }, (_, index) => (from + index) * step);
    return { values, digits: digitsOf(step) };
  };
  return { meridians: along(west, east, 75 / view.scaleX), parallels: along(south, north, 60 / view.scale) };
}

/** @param {Context} context @param {View} view @param {Palette} palette */
function drawGrid(context, view, { line }) {
  const { meridians, parallels } = lines(view);
  context.strokeStyle = line;
  context.lineWidth = 1;
  context.beginPath();
  for (const longitude of meridians.values) {
    const x = Math.round(view.x(longitude)) + 0.5;
    context.moveTo(x, view.y(90));
    context.lineTo(x, view.y(-90));
  }
  for (const latitude of parallels.values) {
    const y = Math.round(view.y(latitude)) + 0.5;
    context.moveTo(view.x(-180), y);
    context.lineTo(view.x(180), y);
  }
  context.stroke();
  context.strokeRect(view.x(-180), view.y(90), view.x(180) - view.x(-180), view.y(-90) - view.y(90));
}

/** @param {Context} context @param {View} view @param {Palette} palette */
function drawLabels(context, view, { soft, sea }) {
  const { meridians, parallels } = lines(view);
  context.font = '11px system-ui, sans-serif';
  context.lineWidth = 3;
  context.strokeStyle = sea;
  context.fillStyle = soft;
  const label = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y) => {
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  };
  const named = (/** @type {number} */ degrees, /** @type {number} */ digits, /** @type {string} */ letters) =>
    `${Math.abs(degrees).toFixed(digits)}°${degrees > 0 ? letters[0] : degrees < 0 ? letters[1] : ''}`;
  context.textAlign = 'center';
  for (const longitude of meridians.values) {
    const x = view.x(longitude);
    if (x > 30 && x < view.width - 30) label(named(longitude, meridians.digits, 'EW'), x, 14);
  }
  context.textAlign = 'left';
  for (const latitude of parallels.values) {
    const y = view.y(latitude);
    if (y > 28 && y < view.height - 40) label(named(latitude, parallels.digits, 'NS'), 5, y - 4);
  }
}

/** @param {Context} context @param {View} view @param {Palette} palette */
function drawScale(context, view, { soft, sea }) {
  const length = roundUp((Math.min(60, view.width / 6) / view.scale) * kilometresOfDegree);
  const pixels = (length / kilometresOfDegree) * view.scale;
  const [left, bottom] = [10, view.height - 12];
  context.strokeStyle = soft;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(left, bottom - 5);
  context.lineTo(left, bottom);
  context.lineTo(left + pixels, bottom);
  context.lineTo(left + pixels, bottom - 5);
  context.stroke();
  const text = length >= 1 ? `${length} km` : `${Math.round(length * 1_000)} m`;
  context.lineWidth = 3;
  context.strokeStyle = sea;
  context.fillStyle = soft;
  context.textAlign = 'left';
  context.strokeText(text, left + 5, bottom - 5);
  context.fillText(text, left + 5, bottom - 5);
}

/** @param {Context} context @param {View} view @param {Bounds} box @param {Palette} palette */
function drawBox(context, view, { west, south, east, north }, { box }) {
  const [left, right, top, bottom] = [view.x(west), view.x(east), view.y(north), view.y(south)];
  context.save();
  context.globalAlpha = 0.16;
  context.fillStyle = box;
  context.fillRect(left, top, right - left, bottom - top);
  context.restore();
  context.strokeStyle = box;
  context.lineWidth = 2;
  context.strokeRect(left, top, right - left, bottom - top);
  context.fillStyle = box;
  for (const x of [left, right]) for (const y of [top, bottom]) context.fillRect(x - 4, y - 4, 8, 8);
}

/** The two sides of longitude 180 where the box is across it. @param {Bounds} box */
function partsOf(box) {
  return box.west <= box.east
    ? [box]
    : [
        { ...box, east: 180 },
        { ...box, west: -180 },
      ];
}
