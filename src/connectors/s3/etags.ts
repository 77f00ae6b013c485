/** The one place that knows in which forms servers and proxies write one and the same ETag. */

const md5 = /^([0-9a-f]{32})(?:-\d+)?$/i;

/**
 * The ETag without quotes and without the `W/` that proxies put before it; an MD5 in lower case, for some servers write it differently in
 * listings and in headers. '' where the server has none.
 */
export function bareEtag(etag: string | undefined): string {
  const bare = unquoted(etag);
  return md5.test(bare) ? bare.toLowerCase() : bare;
}

/** Whether two bare ETags are of the same bytes: the number of parts behind an MD5 is told by some servers only here or there. */
export function sameEtag(one: string, other: string): boolean {
  if (one === other) return true;
  const [, first] = md5.exec(one) ?? [];
  const [, second] = md5.exec(other) ?? [];
  return first !== undefined && first === second && one.includes('-') !== other.includes('-');
}

/** The If-Match header of an ETag. Undefined for the odd object without one, which only size and time identify. */
export function ifMatch(etag: string | undefined): string | undefined {
  const bare = unquoted(etag);
  return bare === '' ? undefined : `"${bare}"`;
}

/**
 * The ETag in the forms in which listings and headers show it, usually one form. Servers compare literally, and don't say which form they
 * know.
 */
export function ifMatchForms(listed: string, shown: string | undefined): readonly (string | undefined)[] {
  return [...new Set([ifMatch(listed), ifMatch(shown)])];
}

function unquoted(etag: string | undefined): string {
  return (etag ?? '').replace(/^W\//, '').replace(/^"|"$/g, '');
}
