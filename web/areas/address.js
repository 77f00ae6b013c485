/** @import { About } from './form.js' */
/** @import { Part } from './mistakes.js' */
import { edges, field, inputOf } from './fields.js';
import { dayMistake, edgeMistake, quoted } from './mistakes.js';

/** @typedef {Map<Part, string>} Mistakes */

/** As the API reads it. @type {ReadonlyMap<string, boolean>} */
const flags = new Map([
  ...['1', 'true'].map((text) => /** @type {const} */ ([text, true])),
  ...['', '0', 'false'].map((text) => /** @type {const} */ ([text, false])),
]);

/**
 * Puts a question from the address into the form, and returns what can't be asked. A part that is not understood leaves its fields empty,
 * and its lists without a choice, so that any choice is a change.
 * @param {About} about
 * @param {HTMLInputElement | HTMLSelectElement} of the field of the area's column
 * @returns {Mistakes}
 */
export function readAddress(about, of) {
  const query = new URLSearchParams(location.search);
  const mistakes = mistakesOfNames(query, about.of);
  const text = (/** @type {string} */ name) => (query.getAll(name).length === 1 ? (query.get(name) ?? '') : '');
  readBox(text('box'), text('wrap'), mistakes);
  const value = text(about.of);
  if (!takes(of, value)) mistakes.set('of', `There is no ${about.of.replaceAll('_', ' ')} ${quoted(value)}. Choose one of the list.`);
  const by = text('by');
  if (by !== '' && !takes(field('by'), by)) mistakes.set('by', `Nothing is counted by ${quoted(by)}. Choose one of the list.`);
  for (const id of /** @type {const} */ (['from', 'to'])) if (!takes(field(id), text(id))) mistakes.set(id, dayMistake(id, text(id)));
  for (const [part, list] of /** @type {const} */ ([
    ['of', of],
    ['by', field('by')],
  ]))
    if (mistakes.has(part) && list instanceof HTMLSelectElement) list.selectedIndex = -1;
  return mistakes;
}

/** @param {URLSearchParams} query @param {string} of @returns {Mistakes} */
function mistakesOfNames(query, of) {
  /** @type {Mistakes} */
  const mistakes = new Map();
  /** @type {ReadonlyMap<string, Part>} */
  const parts = new Map([
    ['box', 'box'],
    [of, 'of'],
    ['by', 'by'],
    ['from', 'from'],
    ['to', 'to'],
    ['wrap', 'box'],
  ]);
  for (const name of new Set(query.keys())) {
    const part = parts.get(name);
    const times = query.getAll(name).length;
    if (part && times > 1) mistakes.set(part, `${name} stands ${times} times in the address: name it once.`);
    // A token is not a part of the question, and the API allows it in the address.
    if (!part && name !== 'token')
      mistakes.set('other', `The address asks for ${quoted(name)}, which there is not. There are: ${[...parts.keys()].join(', ')}.`);
  }
  return mistakes;
}

/** @param {string} box @param {string} wrap @param {Mistakes} mistakes */
function readBox(box, wrap, mistakes) {
  const corners = box === '' ? [] : box.split(',').map((corner) => corner.trim());
  if (corners.length === edges.length)
    edges.forEach((edge, index) => {
      const corner = corners[index] ?? '';
      if (corner === '' || !takes(field(edge), corner)) mistakes.set('box', edgeMistake(inputOf(edge), corner));
    });
  else if (box !== '')
    mistakes.set('box', `${quoted(box)} is not a box: a box is lon1,lat1,lon2,lat2 in degrees, such as 14.40,50.05,14.45,50.10.`);
  const wraps = flags.get(wrap);
  inputOf('wrap').checked = wraps === true;
  if (wraps === undefined) mistakes.set('box', `wrap is 1 or 0: ${quoted(wrap)} is neither.`);
  else if (wraps && box === '' && !mistakes.has('box')) mistakes.set('box', 'wrap is for a box: give its edges too, or leave wrap out.');
}

/** Whether a field has the text now: it takes no other number, day or choice than there is. @param {HTMLInputElement | HTMLSelectElement} input @param {string} text */
function takes(input, text) {
  input.value = text;
  return input.value === text;
}
