const half = 16;
const buckets = 1 << half;

/**
 * Row numbers in the order of keys, the first of which counts most; rows with equal keys stay in their order. Keys are unsigned integers of
 * 32 bits: `key(k)` gives the k-th key of every row.
 */
export function rowOrder(rows: number, keys: number, key: (k: number) => Uint32Array): Uint32Array {
  let order = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  let other = new Uint32Array(rows);
  const starts = new Uint32Array(buckets);
  for (let k = keys - 1; k >= 0; k--) {
    const values = key(k);
    for (const shift of [0, half]) {
      if (!sortBy(values, shift, order, other, starts)) continue;
      [order, other] = [other, order];
    }
  }
  return order;
}

/** A stable pass by 16 bits of the values; false where all of them are the same, and nothing was done. */
function sortBy(values: Uint32Array, shift: number, from: Uint32Array, to: Uint32Array, starts: Uint32Array): boolean {
  const rows = from.length;
  starts.fill(0);
  for (let row = 0; row < rows; row++) starts[(values[row]! >>> shift) & (buckets - 1)]!++;
  if (rows > 0 && starts[(values[0]! >>> shift) & (buckets - 1)] === rows) return false;
  let start = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const count = starts[bucket]!;
    starts[bucket] = start;
    start += count;
  }
  for (let at = 0; at < rows; at++) {
    const row = from[at]!;
    const bucket = (values[row]! >>> shift) & (buckets - 1);
    to[starts[bucket]!++] = row;
  }
  return true;
}
