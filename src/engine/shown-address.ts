/**
 * An address as messages and logs may show it: whatever stands where a user and password, a query or a fragment could is left out, of
 * addresses that are no URLs as well. Signed addresses have their secret in the query.
 */
export function shownAddress(address: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:(?=\/))?([\s\S]*)$/i.exec(address) ?? [];
  const [, beforeQuery = '', query = ''] = /^([^?#]*)([\s\S]*)$/.exec(rest) ?? [];
  const [, slashes = '', place = ''] = /^(\/*)([\s\S]*)$/.exec(beforeQuery) ?? [];
  // An @ behind a ? may end a password or be in a query: nothing of it is sure to be no secret.
  if (query.includes('@')) return `${scheme}${slashes}***`;
  const at = place.lastIndexOf('@');
  const shown = at < 0 ? place : `***@${place.slice(at + 1)}`;
  return `${scheme}${slashes}${shown}${query === '' ? '' : `${query[0]}***`}`;
}

/** How a user and password stand in an address that is refused: it may look right, and end at a character of the password. */
export const loginRule = 'in its user and password write %2F for /, %3F for ?, %23 for # and %25 for %';
