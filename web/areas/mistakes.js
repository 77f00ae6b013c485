import { byId, edges, field, titled } from './fields.js';

/**
 * A part of the question. The message about it stands beside its fields, and that about `other`, which is not a part, beside the answer.
 * @typedef {'box' | 'of' | 'by' | 'from' | 'to' | 'other'} Part
 */

/** The fields of each part that has any. @type {readonly [Part, readonly string[]][]} */
const fields = [
  ['box', [...edges, 'wrap']],
  ['of', ['of-list', 'of-text']],
  ['by', ['by']],
  ['from', ['from']],
  ['to', ['to']],
];

/** @param {string} id of a field @returns {Part} */
export function partOf(id) {
  return fields.find(([, ids]) => ids.includes(id))?.[0] ?? 'other';
}

/** @param {ReadonlyMap<Part, string>} mistakes */
export function showMistakes(mistakes) {
  for (const [part, ids] of fields) {
    const message = mistakes.get(part) ?? '';
    byId(`mistake-${part}`).hidden = message === '';
    byId(`mistake-${part}`).textContent = message;
    for (const id of ids) field(id).setAttribute('aria-invalid', String(message !== ''));
  }
}

/** What is wrong with the question as a whole; empty where nothing is. @param {ReadonlyMap<Part, string>} mistakes */
export function summaryOf(mistakes) {
  const other = mistakes.get('other');
  if (other !== undefined) return other;
  return mistakes.size === 0 ? '' : 'Nothing was counted, because part of the question is not clear. The message stands beside its field.';
}

/** @param {HTMLInputElement} edge @param {string} [text] that is not one */
export function edgeMistake({ id, min, max }, text) {
  return `${titled(id)} must be a number from ${min} to ${max}${text === undefined ? '' : `, not ${quoted(text)}`}.`;
}

/** @param {string} id @param {string} [text] that is not one */
export function dayMistake(id, text) {
  return `${titled(id)} must be a day, such as 2018-05-28${text === undefined ? '' : `, not ${quoted(text)}`}.`;
}

/** Of what may be long. @param {string} text */
export function quoted(text) {
  return JSON.stringify(text.slice(0, 40));
}
