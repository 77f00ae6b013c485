/** @import { Bounds } from './view.js' */
/** @import { Density } from './drawing.js' */
import { draw, palette } from './drawing.js';
import { listen } from './gestures.js';
import { Asker } from './requests.js';
import { byId } from './fields.js';
import { View } from './view.js';

/** Milliseconds that the map rests before it asks for what is seen now. */
const rest = 150;

/** The map: where rows lie, and the box. */
export class AreaMap {
  #view = new View();
  #canvas = /** @type {HTMLCanvasElement} */ (byId('map'));
  #asker;
  /** @type {Density | undefined} */
  #density;
  /** @type {Bounds | undefined} */
  #box;
  /** @type {Record<string, string> | undefined} */
  #filter = {};
  #timer = 0;
  #isDrawn = true;

  /**
   * @param {string} path of the area's answers
   * @param {{ boxDrawn: (box: Bounds | undefined) => void, failed: (error: unknown) => void }} listener
   */
  constructor(path, listener) {
    this.#asker = new Asker(`${path}/density`);
    this.listener = listener;
    listen(this.#canvas, {
      view: this.#view,
      box: () => this.#box,
      setBox: (box) => {
        this.showBox(box);
        listener.boxDrawn(box);
      },
      moved: () => this.#moved(),
      drags: () => (document.querySelector('input[name=drag]:checked')?.getAttribute('value') === 'move' ? 'move' : 'draw'),
    });
    new ResizeObserver(() => this.#resize()).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#redraw());
    this.#resize();
  }

  /** @param {Bounds} bounds */
  fit(bounds) {
    this.#view.fit(bounds);
    this.#moved();
  }

  /** @param {number} factor */
  zoom(factor) {
    this.#view.zoom(factor);
    this.#moved();
  }

  /** @param {Bounds | undefined} box */
  showBox(box) {
    this.#box = box;
    this.#redraw();
  }

  /** Which rows are shown: without a filter, none. @param {Record<string, string> | undefined} filter */
  filter(filter) {
    if (JSON.stringify(filter) === JSON.stringify(this.#filter)) return;
    this.#filter = filter;
    if (!filter) {
      // What was asked before must not come in after this.
      this.#asker.stop();
      this.#show(undefined);
    }
    this.#moved();
  }

  #moved() {
    this.#redraw();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(), rest);
  }

  async #load() {
    if (!this.#filter) return;
    const { west, south, east, north } = this.#view.bounds;
    try {
      const density = await this.#asker.ask({ box: [west, south, east, north].join(','), ...this.#filter });
      if (density !== undefined) this.#show(density);
    } catch (error) {
      this.#show(undefined);
      this.listener.failed(error);
    }
  }

  /** @param {Density | undefined} density */
  #show(density) {
    this.#density = density;
    this.#showLegend();
    this.#redraw();
    if (density) this.#canvas.dataset.squares = String(density.squares.length);
    else delete this.#canvas.dataset.squares;
  }

  #showLegend() {
    const squares = this.#density?.squares ?? [];
    byId('legend').hidden = squares.length === 0;
    const most = squares.reduce((greatest, [, , n]) => Math.max(greatest, n), 1);
    byId('legend-least').textContent = '1';
    byId('legend-most').textContent = new Intl.NumberFormat('en').format(most);
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    if (clientWidth === 0) return;
    this.#view.width = clientWidth;
    this.#view.height = clientHeight;
    this.#canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.#canvas.height = Math.round(clientHeight * devicePixelRatio);
    this.#moved();
  }

  /** Once a frame. */
  #redraw() {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    requestAnimationFrame(() => {
      this.#isDrawn = true;
      const context = this.#canvas.getContext('2d');
      if (!context) return;
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      draw(context, this.#view, { density: this.#density, box: this.#box });
      byId('legend-colours').style.background = `linear-gradient(to right, ${palette().ramp.join(', ')})`;
    });
  }
}
