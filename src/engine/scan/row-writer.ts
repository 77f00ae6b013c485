import { maxLeadingBytes, writeClean, writeField, writeFieldEnd, writeLeading } from './staging-format.js';
import { seenBackslash, seenQuote, type RowSplitter } from './row-splitter.js';

const bufferBytes = 256 << 10;

/** Fills buffers with rows in the staging format and hands each out when the next row may not fit. */
export class RowWriter {
  #out = Buffer.allocUnsafe(bufferBytes);
  #length = 0;
  #rows = 0;
  readonly #onRows: (lines: Buffer, rows: number) => void;

  constructor(onRows: (lines: Buffer, rows: number) => void) {
    this.#onRows = onRows;
  }

  /** Writes the row that starts at bytes[start] as `row` has it; `fields` holds the fields, `bytes` itself unless quotes were doubled. */
  write(row: RowSplitter, bytes: Buffer, start: number, fields: Buffer, rowOffset: number, lineNumber: number, padded: boolean): void {
    const clean = (row.seen & (seenQuote | seenBackslash)) === 0;
    const rowBytes = row.contentEnd - start;
    const needed = maxLeadingBytes + 1 + (clean ? rowBytes : 2 * rowBytes);
    if (this.#length + needed > this.#out.length) this.#handOut(needed);
    const out = this.#out;
    let at = writeLeading(out, this.#length, rowOffset, lineNumber, padded);
    if (clean) {
      at = writeClean(out, at, bytes, start, row.contentEnd);
    } else {
      const { starts, ends, count } = row;
      for (let i = 0; i < count; i++) {
        at = writeField(out, at, fields, starts[i]!, ends[i]!);
        at = writeFieldEnd(out, at, i === count - 1);
      }
    }
    this.#length = at;
    this.#rows++;
  }

  /** Hands out what is written, if there is any. */
  flush(): void {
    if (this.#length > 0) this.#handOut(0);
  }

  #handOut(needed: number): void {
    if (this.#length > 0) this.#onRows(this.#out.subarray(0, this.#length), this.#rows);
    this.#out = Buffer.allocUnsafe(Math.max(bufferBytes, needed));
    this.#length = 0;
    this.#rows = 0;
  }
}
