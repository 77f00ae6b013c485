import { extraColumn } from '../extra-columns.js';
import type { Contract } from '../contract.js';
import { standardDialect } from './dialect.js';
import { viewOf, type InputWindow } from './input-window.js';
import type { RowFields } from '../fields/row-fields.js';
import { maxOverheadBytes, writeClean, writeField, writeFieldEnd, writeLeading, writeNull } from '../staging-format.js';
import { seenBackslash, seenQuote, type RowSplitter } from './row-splitter.js';

const bufferBytes = 256 << 10;

/** Fills buffers with rows in the staging format and hands each out when the next row may not fit. */
export class RowWriter {
  #out = Buffer.allocUnsafe(bufferBytes);
  #view = viewOf(this.#out);
  #length = 0;
  #rows = 0;
  readonly #onRows: (lines: Buffer, rows: number) => void;

  /** Rows without quotes and backslashes are copied whole, because the file divides them as the server expects it. */
  readonly #copies: boolean;
  /** Places of the fields that are kept. */
  readonly #kept: readonly number[];

  constructor(contract: Contract, columnOrder: readonly number[], onRows: (lines: Buffer, rows: number) => void) {
    this.#kept = [...columnOrder.keys()].filter((place) => columnOrder[place] !== extraColumn);
    this.#copies = contract.dialect.delimiter === standardDialect.delimiter && this.#kept.length === columnOrder.length;
    this.#onRows = onRows;
  }

  /** Writes the row that `row` found at the window's start; `fields` holds the fields: the window's bytes unless quotes were doubled. */
  write(window: InputWindow, row: RowSplitter, fields: Buffer, rowOffset: number, lineNumber: number, padded: boolean): void {
    const clean = this.#copies && (row.seen & (seenQuote | seenBackslash)) === 0;
    const rowBytes = row.contentEnd - window.start;
    const needed = maxOverheadBytes + (clean ? rowBytes : 2 * rowBytes);
    if (this.#length + needed > this.#out.length) this.#handOut(needed);
    const out = this.#out;
    let at = writeLeading(out, this.#length, rowOffset, lineNumber, padded);
    if (clean) {
      at = writeClean(this.#view, at, window.view, window.start, row.contentEnd);
    } else {
      const { starts, ends } = row;
      const kept = this.#kept;
      for (let i = 0; i < kept.length; i++) {
        const place = kept[i]!;
        at = writeField(out, at, fields, starts[place]!, ends[place]!);
        at = writeFieldEnd(out, at, i === kept.length - 1);
      }
    }
    this.#length = at;
    this.#rows++;
  }

  /** Writes the fields of a row, which may be NULL. The last `added` fields are of derived columns. */
  writeFields(fields: RowFields, added: number, rowOffset: number, lineNumber: number, padded: boolean): void {
    const kept = this.#kept.length;
    const needed = maxOverheadBytes + 2 * fields.size + 3 * fields.count;
    if (this.#length + needed > this.#out.length) this.#handOut(needed);
    const out = this.#out;
    let at = writeLeading(out, this.#length, rowOffset, lineNumber, padded);
    for (let i = 0; i < kept + added; i++) {
      const place = i < kept ? this.#kept[i]! : fields.count - added + i - kept;
      at = fields.isNull[place] ? writeNull(out, at) : writeField(out, at, fields.bytes, fields.starts[place]!, fields.ends[place]!);
      at = writeFieldEnd(out, at, i === kept + added - 1);
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
    this.#view = viewOf(this.#out);
    this.#length = 0;
    this.#rows = 0;
  }
}
