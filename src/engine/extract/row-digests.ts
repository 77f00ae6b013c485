import { createHash } from 'node:crypto';

/** Eight bytes each of a key and of its whole row. */
export interface RowDigest {
  readonly key: bigint;
  readonly row: bigint;
}

export function digestOf(key: Buffer, row: Buffer): RowDigest {
  return { key: first64(key) || 1n, row: first64(row) };
}

function first64(bytes: Buffer): bigint {
  return createHash('sha256').update(bytes).digest().readBigUInt64LE(0);
}

/**
 * The last digest of each key, in memory that is taken at once: 16 bytes a slot. A key's own digest of 64 bits stands for it. Two keys of
 * the same digest would at worst write a row that the lake has already.
 */
export class RowDigests {
  private readonly keys: BigUint64Array;
  private readonly rows: BigUint64Array;
  private readonly mask: number;

  /** `expected`: how many keys there may be. */
  constructor(expected: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 1.6)));
    this.keys = new BigUint64Array(slots);
    this.rows = new BigUint64Array(slots);
    this.mask = slots - 1;
  }

  set({ key, row }: RowDigest): void {
    const slot = this.slotOf(key);
    this.keys[slot] = key;
    this.rows[slot] = row;
  }

  has({ key, row }: RowDigest): boolean {
    const slot = this.slotOf(key);
    return this.keys[slot] === key && this.rows[slot] === row;
  }

  private slotOf(key: bigint): number {
    let slot = Number(key & 0xffff_ffffn) & this.mask;
    while (this.keys[slot] !== 0n && this.keys[slot] !== key) slot = (slot + 1) & this.mask;
    return slot;
  }
}
