/** @import { Part } from './mistakes.js' */
/** @import { Bounds } from './view.js' */
import { readAddress } from './address.js';
import { byId, edges, field, inputOf, titled } from './fields.js';
import { dayMistake, edgeMistake, partOf, showMistakes } from './mistakes.js';

/**
 * @typedef {{
 *   pipeline: string, area: string, description: string, entity: string, points: string[], by: string[], of: string,
 *   values: string[], hasMoreValues: boolean, bounds: [number, number, number, number] | null, days: [string, string] | null,
 * }} About
 */

/** The form and the address of the page: what is asked. */
export class Question {
  #of;
  /** Parts of the address that were not understood, until their fields change. */
  #ofAddress;

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
    this.#ofAddress = readAddress(about, this.#of);
    byId('question').addEventListener('submit', (event) => event.preventDefault());
    byId('question').addEventListener('change', ({ target }) => {
      this.#ofAddress.delete(partOf(/** @type {HTMLElement} */ (target).id));
      this.#changed();
      changed(this.box);
    });
    byId('clear').addEventListener('click', () => {
      this.showBox(undefined);
      changed(undefined);
    });
    byId('leave-out').addEventListener('click', () => {
      for (const part of this.mistakes.keys()) this.#empty(part);
      this.#changed();
      changed(this.box);
    });
    this.#changed();
  }

  /** The box; undefined while it is not clear, or an edge has no number that a box may have. @returns {Bounds | undefined} */
  get box() {
    if (this.#ofAddress.has('box')) return undefined;
    const [west, south, east, north] = edges.map((edge) => {
      const input = inputOf(edge);
      return input.validity.valid && input.value !== '' ? input.valueAsNumber : undefined;
    });
    if (west === undefined || south === undefined || east === undefined || north === undefined) return undefined;
    const isSwapped = west > east && !inputOf('wrap').checked;
    return {
      west: isSwapped ? east : west,
      east: isSwapped ? west : east,
      south: Math.min(south, north),
      north: Math.max(south, north),
    };
  }

  /** What can't be asked as it stands, by part; while there is any, nothing is asked. @returns {ReadonlyMap<Part, string>} */
  get mistakes() {
    const box = this.#mistakeOfBox;
    const [from, to] = [field('from'), field('to')];
    const live = new Map(/** @type {[Part, string][]} */ (box === '' ? [] : [['box', box]]));
    for (const { id, validity } of [from, to]) if (validity.badInput) live.set(/** @type {Part} */ (id), dayMistake(id));
    if (from.value !== '' && to.value !== '' && from.value > to.value)
      live.set('from', `From ${from.value} is after To ${to.value}: swap them.`);
    return new Map([...live, ...this.#ofAddress]);
  }

  /** @param {Bounds | undefined} box */
  showBox(box) {
    for (const edge of edges) field(edge).value = box === undefined ? '' : String(box[edge]);
    if (box && box.west <= box.east) inputOf('wrap').checked = false;
    this.#ofAddress.delete('box');
    this.#changed();
  }

  /** What decides which rows the map shows; undefined while that is not clear. @returns {Record<string, string> | undefined} */
  get filter() {
    const { mistakes } = this;
    return /** @type {Part[]} */ (['of', 'from', 'to', 'other']).some((part) => mistakes.has(part)) ? undefined : this.#filter;
  }

  /** Of a question without mistakes. @returns {Record<string, string>} */
  get query() {
    const { box } = this;
    const corners = box ? [box.west, box.south, box.east, box.north].join(',') : '';
    return filled({ box: corners, ...this.#filter, by: field('by').value, wrap: box && box.west > box.east ? '1' : '' });
  }

  get #filter() {
    // A value of the list is taken as it stands: only what a person types has blanks that nobody meant.
    const of = this.about.hasMoreValues ? this.#of.value.trim() : this.#of.value;
    return filled({ [this.about.of]: of, from: field('from').value, to: field('to').value });
  }

  /** Says which edge has no number that a box may have; empty where all have, or none. */
  get #mistakeOfBox() {
    const inputs = edges.map(inputOf);
    const wrong = inputs.find(({ validity }) => !validity.valid);
    if (wrong) return edgeMistake(wrong);
    const isPart = inputs.some(({ value }) => value === '') && inputs.some(({ value }) => value !== '');
    return isPart ? 'A box has four edges: give all of them a number.' : '';
  }

  /** @param {Part} part */
  #empty(part) {
    this.#ofAddress.delete(part);
    if (part === 'box') {
      for (const edge of edges) field(edge).value = '';
      inputOf('wrap').checked = false;
    }
    const input = part === 'of' ? this.#of : part === 'box' || part === 'other' ? undefined : field(part);
    if (input instanceof HTMLSelectElement) input.selectedIndex = 0;
    else if (input) input.value = '';
  }

  /** Shows the mistakes beside their fields; a question without any goes into the address. */
  #changed() {
    const { box, mistakes } = this;
    /** @type {HTMLButtonElement} */ (byId('show-box')).disabled = box === undefined;
    /** @type {HTMLButtonElement} */ (byId('clear')).disabled = !mistakes.has('box') && edges.every((edge) => field(edge).value === '');
    byId('leave-out').hidden = this.#ofAddress.size === 0;
    showMistakes(mistakes);
    if (mistakes.size === 0) this.#toAddress();
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
