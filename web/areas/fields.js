/** The edges of a box, in the order in which the address has them. */
export const edges = /** @type {const} */ (['west', 'south', 'east', 'north']);

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

/** @param {string} id */
export function inputOf(id) {
  return /** @type {HTMLInputElement} */ (byId(id));
}

/** @param {string} name */
export function titled(name) {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
