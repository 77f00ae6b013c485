import { InputWindow } from './input-window.js';
import { LongRow } from './long-row.js';
import type { Dialect } from './dialect.js';
import { keptRawBytes, type Reject, type RowReason } from '../reject.js';
import type { ReadLimit, ReadStart } from '../row-reader.js';
import { found, maxRowBytes, RowSplitter } from './row-splitter.js';
import type { RowTaker } from './row-taker.js';

export interface ScannerOptions {
  readonly dialect: Dialect;
  /** A row begins at the first byte that will be pushed. */
  readonly start: ReadStart;
  readonly rows: RowTaker;
  readonly onReject: (reject: Reject) => void;
}

/** What a reject costs beside its raw bytes, about. */
const rejectOverhead = 256;

const rowTooLong: readonly RowReason[] = ['row_too_long'];
const badQuote: readonly RowReason[] = ['bad_quote'];

/**
 * Finds a delivery's rows after its header and gives each to who takes them; the others are rejected with their
 * reasons. Holds at most about 4 MiB whatever the input, or four of the longest rows. What comes out does not depend on how the input is cut into
 * buffers, and a scanner started at any row's start goes on exactly as one that came there.
 */
export class Scanner {
  readonly #onReject: (reject: Reject) => void;
  readonly #window = new InputWindow();
  readonly #splitter: RowSplitter;
  readonly #lineSign: number | undefined;
  readonly #rows: RowTaker;
  #offset: number;
  #line: number;
  #long: LongRow | undefined;
  #stopOffset = Infinity;
  #stopRejectBytes = Infinity;
  #rejectBytes = 0;
  /** Pending bytes from which the next look at an incomplete row pays; doubling keeps the work linear for bytes one by one. */
  #retryAt = 0;
  #ended = false;

  constructor({ dialect, start, rows, onReject }: ScannerOptions) {
    this.#onReject = onReject;
    this.#rows = rows;
    // One more than there should be is enough to see that there are too many.
    this.#splitter = new RowSplitter(start.columnOrder.length + 1, dialect);
    this.#lineSign = dialect.lineSign;
    this.#offset = start.offset;
    this.#line = start.line;
  }

  /** Offset in the object of the next row; all before it was written or rejected. */
  get offset(): number {
    return this.#offset;
  }

  /** Physical line of the next row. */
  get line(): number {
    return this.#line;
  }

  /** True when bytes were taken whose row is not done yet. */
  get pending(): boolean {
    return this.#long !== undefined || this.#window.pending > 0;
  }

  /** True when the limit is reached: nothing is taken until there is a new one. */
  get limited(): boolean {
    return this.#offset >= this.#stopOffset || this.#rejectBytes >= this.#stopRejectBytes;
  }

  /** True when the input has ended and every row of it is done. */
  get done(): boolean {
    return this.#ended && !this.pending;
  }

  /** Sets the next limit, counted from here. Without one the scan goes on to the end. */
  limit({ bytes, rejectBytes }: ReadLimit): void {
    this.#stopOffset = this.#offset + bytes;
    this.#stopRejectBytes = rejectBytes;
    this.#rejectBytes = 0;
  }

  /** Takes bytes of `chunk` from index `from` on and scans them; returns how many, fewer than there are only when the limit is reached. */
  push(chunk: Uint8Array, from = 0): number {
    let at = from;
    // What a former limit left is scanned first, or the window would grow.
    if (this.#retryAt === 0) this.#scan();
    while (at < chunk.length && !this.limited) {
      at += this.#window.append(chunk, at);
      this.#rows.bytesChanged();
      if (this.#window.pending >= this.#retryAt) this.#scan();
    }
    return at - from;
  }

  /** The input has no more bytes: scans what is left, up to the limit. To be called again with a new limit until `done`. */
  end(): void {
    this.#ended = true;
    this.#scan();
  }

  /** Hands out the rows written so far. */
  flush(): void {
    this.#rows.flush();
  }

  #scan(): void {
    const window = this.#window;
    const splitter = this.#splitter;
    const { bytes, end } = window;
    while ((window.start < end || this.#long !== undefined) && !this.limited) {
      if (this.#long !== undefined) {
        if (!this.#skipLong(this.#long)) break;
        continue;
      }
      const start = window.start;
      const result = splitter.split(bytes, start, end, this.#ended);
      if (result === found.incomplete) break;
      if (result === found.tooLong || result === found.longBlank) {
        this.#long = new LongRow(bytes, start, result === found.longBlank, splitter.longest, this.#lineSign);
        window.start = start + splitter.longest;
        continue;
      }
      const reasons =
        result === found.row
          ? this.#rows.take(window, splitter, this.#offset, this.#line)
          : result === found.badQuote
            ? badQuote
            : undefined;
      if (reasons !== undefined) this.#reject(bytes, start, reasons);
      this.#offset += splitter.next - start;
      this.#line += splitter.lineFeeds;
      window.start = splitter.next;
    }
    this.#retryAt = this.limited ? 0 : Math.max(1, Math.min(2 * window.pending, splitter.longest + 2));
  }

  #reject(bytes: Buffer, start: number, reasons: readonly string[]): void {
    const { contentEnd } = this.#splitter;
    const rowBytes = contentEnd - start;
    const raw = Buffer.from(bytes.subarray(start, rowBytes > maxRowBytes ? start + keptRawBytes : contentEnd));
    this.#emit({ lineNumber: this.#line, rowOffset: this.#offset, rowBytes, reasons, raw });
  }

  #emit(reject: Reject): void {
    this.#rejectBytes += reject.raw.length + rejectOverhead;
    this.#onReject(reject);
  }

  /** Returns false when the row's end is still to come. */
  #skipLong(long: LongRow): boolean {
    const window = this.#window;
    const next = long.skip(window.bytes, window.start, window.end);
    window.start = next === -1 ? window.end : next;
    if (next === -1) {
      if (!this.#ended) return false;
      long.end();
    }
    if (!long.blank) {
      this.#emit({ lineNumber: this.#line, rowOffset: this.#offset, rowBytes: long.length, reasons: rowTooLong, raw: long.raw });
    }
    this.#offset += long.size;
    this.#line += long.lineFeeds;
    this.#long = undefined;
    return true;
  }
}
