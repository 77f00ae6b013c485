/**
 * A hash's input: each part is its length in bytes, a colon and its text; a NULL is `-`, which no length begins with.
 * So no two lists of parts give the same input ('a', 'bc' and 'ab', 'c'; NULL and ''). Text is taken as it is, case kept.
 */
function input(parts: readonly string[]): string {
  const texts = parts.map((part) => `coalesce(concat(length(${part}), ':', ${part}), '-')`);
  return texts.length === 1 ? (texts[0] ?? '') : `concat(${texts.join(', ')})`;
}

/** SQL of a hash key, binary(16): the first half of SHA-256. MD5 and SHA1 are not there on every server, nor faster. */
export function hashKey(parts: readonly string[]): string {
  return `unhex(left(sha2(${input(parts)}, 256), 32))`;
}

/** SQL of a hashdiff, binary(32): SHA-256. */
export function hashDiff(parts: readonly string[]): string {
  return `unhex(sha2(${input(parts)}, 256))`;
}
