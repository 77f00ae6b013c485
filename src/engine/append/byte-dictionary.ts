import { dictionarySize } from '../types/text.js';

const initialSlots = 256;
/** Values that were found last, by three things of theirs that are cheap to see. */
const recentSlots = 64;
/** Bytes that values have room for at first. */
const initialBytes = 4_096;

/**
 * Values of a text column by the numbers in which this process met them. Most rows repeat a few values, which are found by their bytes:
 * no text is made of them.
 */
export class ByteDictionary {
  /** Ids in the warehouse by number; 0 where it has none yet. */
  readonly #ids: number[] = [];
  readonly #starts: number[] = [0];
  #bytes = Buffer.allocUnsafe(initialBytes);
  /** Numbers + 1 by hash; 0 is free. */
  #slots = new Int32Array(initialSlots);
  /** Numbers + 1. */
  readonly #recent = new Int32Array(recentSlots);
  #known = 0;

  get count(): number {
    return this.#ids.length;
  }

  get isFull(): boolean {
    return this.#ids.length >= dictionarySize;
  }

  /** The number of a value; -1 of one that was not met yet. */
  find(bytes: Buffer, start: number, end: number): number {
    const place = ((end - start) * 5 + bytes[start]! * 3 + bytes[end - 1]!) & (recentSlots - 1);
    const recent = this.#recent[place]! - 1;
    if (recent !== -1 && this.#isAt(recent, bytes, start, end)) return recent;
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(bytes, start, end) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]! - 1;
      if (number !== -1 && !this.#isAt(number, bytes, start, end)) continue;
      if (number !== -1) this.#recent[place] = number + 1;
      return number;
    }
  }

  /** Adds a value that was not met yet, and returns its number. */
  add(bytes: Buffer, start: number, end: number, id = 0): number {
    const number = this.#ids.length;
    const at = this.#starts[number]!;
    const after = at + end - start;
    if (after > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, after));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, at, start, end);
    this.#starts.push(after);
    this.#ids.push(id);
    if (id !== 0) this.#known += 1;
    if (2 * this.#ids.length > this.#slots.length) this.#grow();
    else this.#place(number);
    return number;
  }

  /** The id of a number; 0 while it has none. */
  idOf(number: number): number {
    return this.#ids[number] ?? 0;
  }

  /** Values without an id. */
  unknown(): readonly string[] {
    if (this.#known === this.#ids.length) return [];
    return this.#ids.flatMap((id, number) => (id === 0 ? [this.#text(number)] : []));
  }

  /** Takes ids in by their values; values that were not met yet are added. */
  learn(ids: ReadonlyMap<string, number>): void {
    for (const [value, id] of ids) {
      const bytes = Buffer.from(value);
      const number = this.find(bytes, 0, bytes.length);
      if (number === -1) this.add(bytes, 0, bytes.length, id);
      else {
        if (this.#ids[number] === 0) this.#known += 1;
        this.#ids[number] = id;
      }
    }
  }

  #text(number: number): string {
    return this.#bytes.toString('utf8', this.#starts[number], this.#starts[number + 1]);
  }

  #isAt(number: number, bytes: Buffer, start: number, end: number): boolean {
    const from = this.#starts[number]!;
    const length = end - start;
    if (this.#starts[number + 1]! - from !== length) return false;
    const own = this.#bytes;
    for (let i = 0; i < length; i++) if (own[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #place(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashOf(this.#bytes, this.#starts[number]!, this.#starts[number + 1]!) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let number = 0; number < this.#ids.length; number++) this.#place(number);
  }
}

/** FNV-1a. */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash ^ (hash >>> 15);
}
