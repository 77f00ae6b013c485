/** @import { Bounds } from './view.js' */
/**
 * @typedef {{
 *   pipeline: string, area: string, description: string, entity: string, points: string[], by: string[], of: string,
 *   values: string[], hasMoreValues: boolean, bounds: [number, number, number, number] | null, days: [string, string] | null,
 * }} About
 */

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no ${id}`);
  return element;
}

/** @param {string} id */
export function field(id) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (byId(id));
}

const edges = /** @type {const} */ (['west', 'south', 'east', 'north']);

/** The form and the address of the page: what is asked. */
export class Question {
  #of;

  /**
   * @param {About} about
   * @param {(box: Bounds | undefined) => void} changed
   */
  constructor(about, changed) {
    this.about = about;
    const { of, by, values, hasMoreValues, entity, days } = about;
    this.#of = field(hasMoreValues ? 'of-text' : 'of-list');
    byId('of-text').hidden = !hasMoreValues;
    byId('of-list').hidden = hasMoreValues;
    byId('of-name').textContent = titled(of);
    byId(hasMoreValues ? 'of-values' : 'of-list').append(
      ...(hasMoreValues ? [] : [new Option(`all`, '')]),
      ...values.map((value) => new Option(value, value)),
    );
    const named = (/** @type {string} */ choice) => (choice === 'both' ? `${about.points.join(' and ')}` : choice);
    byId('by').append(...by.map((choice) => new Option(`${named(choice)} of ${entity}`, choice)));
    for (const id of ['from', 'to'])
      if (days) {
        byId(id).setAttribute('min', days[0]);
        byId(id).setAttribute('max', days[1]);
      }
    this.#fromAddress();
    byId('question').addEventListener('submit', (event) => event.preventDefault());
    byId('question').addEventListener('change', () => {
      this.#toAddress();
      changed(this.box);
    });
    byId('clear').addEventListener('click', () => {
      this.showBox(undefined);
      changed(undefined);
    });
    this.showBox(this.box);
  }

  /** The box; undefined while an edge has no number that a box may have. @returns {Bounds | undefined} */
  get box() {
    const [west, south, east, north] = edges.map((edge) => {
      const input = /** @type {HTMLInputElement} */ (byId(edge));
      return input.validity.valid && input.value !== '' ? input.valueAsNumber : undefined;
    });
    if (west === undefined || south === undefined || east === undefined || north === undefined) return undefined;
    const isSwapped = west > east && !this.#wraps;
    return {
      west: isSwapped ? east : west,
      east: isSwapped ? west : east,
      south: Math.min(south, north),
      north: Math.max(south, north),
    };
  }

  /** Says which edge has no number that a box may have; empty where all have, or none. */
  get mistake() {
    const inputs = edges.map((edge) => /** @type {HTMLInputElement} */ (byId(edge)));
    const wrong = inputs.find(({ validity }) => !validity.valid);
    if (wrong) return `${titled(wrong.id)} is a number from ${wrong.min} to ${wrong.max}.`;
    const isPart = inputs.some(({ value }) => value === '') && inputs.some(({ value }) => value !== '');
    return isPart ? 'A box has four edges: give all of them a number.' : '';
  }

  /** @param {Bounds | undefined} box */
  showBox(box) {
    for (const edge of edges) field(edge).value = box === undefined ? '' : String(box[edge]);
    if (box && box.west <= box.east) /** @type {HTMLInputElement} */ (byId('wrap')).checked = false;
    for (const id of ['clear', 'show-box']) /** @type {HTMLButtonElement} */ (byId(id)).disabled = box === undefined;
    this.#toAddress();
  }

  /** What decides which rows the map shows. @returns {Record<string, string>} */
  get filter() {
    return filled({ [this.about.of]: this.#of.value.trim(), from: field('from').value, to: field('to').value });
  }

  /** @returns {Record<string, string>} */
  get query() {
    const { box } = this;
    const corners = box ? [box.west, box.south, box.east, box.north].join(',') : '';
    return filled({ box: corners, ...this.filter, by: field('by').value, wrap: box && box.west > box.east ? '1' : '' });
  }

  get #wraps() {
    return /** @type {HTMLInputElement} */ (byId('wrap')).checked;
  }

  #fromAddress() {
    const query = new URLSearchParams(location.search);
    const corners = query.get('box')?.split(',') ?? [];
    if (corners.length === 4) edges.forEach((edge, index) => (field(edge).value = corners[index] ?? ''));
    /** @type {HTMLInputElement} */ (byId('wrap')).checked = query.get('wrap') === '1';
    this.#of.value = query.get(this.about.of) ?? '';
    for (const id of ['from', 'to']) field(id).value = query.get(id) ?? '';
    const by = query.get('by');
    if (by !== null && this.about.by.includes(by)) field('by').value = by;
    // A value that is not in the list shows as none.
    if (this.#of.value === '' && this.#of instanceof HTMLSelectElement) this.#of.selectedIndex = 0;
  }

  #toAddress() {
    const { by, ...query } = this.query;
    const isUsual = by === this.about.by[0];
    const text = new URLSearchParams({ ...query, ...(isUsual || by === undefined ? {} : { by }) }).toString();
    history.replaceState(null, '', text === '' ? location.pathname : `?${text}`);
  }
}

/** @param {Record<string, string>} texts */
function filled(texts) {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

/** @param {string} name */
export function titled(name) {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
