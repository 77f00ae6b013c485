const segmentBits = 16;
const segmentRows = 1 << segmentBits;
const initialText = 64 << 10;

/**
 * Rows of a run that is being read, each of so many integers of 32 bits, and the bytes of their texts. Memory grows by whole segments,
 * which are used again for the next run.
 */
export class RunRows {
  rows = 0;
  /** Of the row that is being added. */
  segment: Int32Array;
  at = 0;
  #text = Buffer.allocUnsafe(0);
  #textEnd = 0;
  readonly #segments: Int32Array[] = [];

  constructor(readonly words: number) {
    this.segment = this.#segmentOf(0);
  }

  /** To be called when the words of a row are in `segment` from `at` on. */
  next(): void {
    this.rows += 1;
    this.at += this.words;
    if ((this.rows & (segmentRows - 1)) !== 0) return;
    this.segment = this.#segmentOf(this.rows);
    this.at = 0;
  }

  /** Keeps bytes of a text; returns where they begin. */
  keepText(bytes: Buffer, start: number, end: number): number {
    const from = this.#textEnd;
    const after = from + end - start;
    if (after > this.#text.length) {
      const larger = Buffer.allocUnsafe(Math.max(initialText, 2 * this.#text.length, after));
      this.#text.copy(larger, 0, 0, from);
      this.#text = larger;
    }
    bytes.copy(this.#text, from, start, end);
    this.#textEnd = after;
    return from;
  }

  get text(): Buffer {
    return this.#text;
  }

  /** The segment of a row; it stands there from `placeOf` on. */
  segmentAt(row: number): Int32Array {
    return this.#segments[row >>> segmentBits]!;
  }

  placeOf(row: number): number {
    return (row & (segmentRows - 1)) * this.words;
  }

  /** One word of every row. */
  column(word: number): Uint32Array {
    const values = new Uint32Array(this.rows);
    for (let row = 0; row < this.rows; row++) values[row] = this.segmentAt(row)[this.placeOf(row) + word]!;
    return values;
  }

  clear(): void {
    this.rows = 0;
    this.at = 0;
    this.#textEnd = 0;
    this.segment = this.#segmentOf(0);
  }

  #segmentOf(row: number): Int32Array {
    return (this.#segments[row >>> segmentBits] ??= new Int32Array(segmentRows * this.words));
  }
}
