import type { SnapshotFacts } from './source-snapshot.js';

/** Transaction ids in order, 64 bits each: from `low` (inclusive) to `high` (exclusive). */
export interface VersionWindow {
  readonly low: bigint;
  readonly high: bigint;
}

/** Row versions hold the lower 32 bits of an id, which compare as signed differences: beyond half of them order is lost. */
const widest = 2n ** 31n - 10_000_000n;
const bits = 2n ** 32n;

/**
 * Which row versions a snapshot sees that a snapshot whose oldest open transaction was `low` may not have seen. A version that is seen now
 * was written by a transaction below `xmax`. Where that one is below `low`, it had ended then, and was seen then too. Whether a row is
 * frozen changes nothing: freezing keeps the id.
 */
export function windowSince(low: bigint, { xmax }: Pick<SnapshotFacts, 'xmax'>): VersionWindow {
  return { low, high: xmax };
}

/** False where ids have gone round too far, or back, for row versions to be compared. */
export function isComparable({ low, high }: VersionWindow): boolean {
  return low <= high && high - low < widest;
}

/**
 * The condition of SQL for it; the row is `t`. age() counts back from the next id, which is the same all through a transaction, so ids
 * that have passed 2^32 compare as they should. The upper end leaves out rows of an earlier round of ids, which look as if they were to come.
 */
export function windowCondition({ low, high }: VersionWindow): string {
  if (low === high) return 'false';
  return `age(t.xmin) <= (select age('${low % bits}'::xid)) and age(t.xmin) > (select age('${high % bits}'::xid))`;
}

/** The 64 bits of an id of which a row holds the lower 32, of a version in a window that ends at `high`. */
export function wholeId(id: number, high: bigint): bigint {
  return high - ((((high - BigInt(id)) % bits) + bits) % bits);
}
