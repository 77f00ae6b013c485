/** @import { Bounds } from './view.js' */
/** @import { Density } from './drawing.js' */
import { draw, palette } from './drawing.js';
import { listen } from './gestures.js';
import { Asker } from './requests.js';
import { byId } from './form.js';
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
  /** @type {Record<string, string>} */
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

  /** Which rows are shown. @param {Record<string, string>} filter */
  filter(filter) {
    if (JSON.stringify(filter) === JSON.stringify(this.#filter)) return;
    this.#filter = filter;
    this.#moved();
  }

  #moved() {
    this.#redraw();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(), rest);
  }

  async #load() {
    const { west, south, east, north } = this.#view.bounds;
    try {
      const density = await this.#asker.ask({ box: [west, south, east, north].join(','), ...this.#filter });
      if (density === undefined) return;
      this.#density = density;
      this.#showLegend();
      this.#redraw();
      this.#canvas.dataset.squares = String(density.squares.length);
    } catch (error) {
      this.listener.failed(error);
    }
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
