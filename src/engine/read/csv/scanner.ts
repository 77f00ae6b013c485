import type { Contract } from '../contract.js';
import { InputWindow } from './input-window.js';
import { LongRow } from './long-row.js';
import type { Reject, RowReason } from '../reject.js';
import { RowCheck } from './row-check.js';
import { found, maxRowBytes, RowSplitter, seenNonAscii, seenNul } from './row-splitter.js';
import { RowWriter } from './row-writer.js';

export interface ScanSink {
  /** Whole rows in the staging format (see staging-format.ts); the buffer is the receiver's. */
  onRows(lines: Buffer, rows: number): void;
  onReject(reject: Reject): void;
}

export interface ScannerOptions {
  readonly contract: Contract;
  /** The file's columns as indexes into the feed's columns, each once, or `ignoredColumn`. */
  readonly columnOrder: readonly number[];
  /** Offset in the object of the first byte that will be pushed; a row begins there. Bytes. */
  readonly startOffset: number;
  /** Physical line of that row; the file's first is 1. */
  readonly startLine: number;
  readonly sink: ScanSink;
}

/** Where a stretch of the scan ends: on the first row's end at which either is reached. */
export interface ScanLimit {
  /** Bytes of input. */
  readonly bytes: number;
  /** Memory held by rejects, in bytes. */
  readonly rejectBytes: number;
}

/** What a reject costs beside its raw bytes, about. */
const rejectOverhead = 256;

const rowTooLong: readonly RowReason[] = ['row_too_long'];
const badQuote: readonly RowReason[] = ['bad_quote'];
const badEncoding: readonly RowReason[] = ['bad_encoding'];
const wrongColumnCount: readonly RowReason[] = ['wrong_column_count'];

/**
 * Reads a delivery's rows after its header: good ones are written in the staging format, others rejected with their
 * reasons. Holds at most about 4 MiB whatever the input. What comes out does not depend on how the input is cut into
 * buffers, and a scanner started at any row's start goes on exactly as one that came there.
 */
export class Scanner {
  readonly #sink: ScanSink;
  readonly #window = new InputWindow();
  readonly #splitter: RowSplitter;
  readonly #check: RowCheck;
  readonly #writer: RowWriter;
  #offset: number;
  #line: number;
  #long: LongRow | undefined;
  #stopOffset = Infinity;
  #stopRejectBytes = Infinity;
  #rejectBytes = 0;
  /** Pending bytes from which the next look at an incomplete row pays; doubling keeps the work linear for bytes one by one. */
  #retryAt = 0;
  #ended = false;

  constructor(options: ScannerOptions) {
    this.#sink = options.sink;
    this.#check = new RowCheck(options.contract, options.columnOrder);
    // One more than there should be is enough to see that there are too many.
    this.#splitter = new RowSplitter(options.columnOrder.length + 1, options.contract.dialect);
    this.#writer = new RowWriter(options.contract, options.columnOrder, (lines, rows) => this.#sink.onRows(lines, rows));
    this.#offset = options.startOffset;
    this.#line = options.startLine;
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
  limit({ bytes, rejectBytes }: ScanLimit): void {
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
      this.#check.bytesChanged();
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
    this.#writer.flush();
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
        this.#long = new LongRow(bytes, start, result === found.longBlank);
        window.start = start + maxRowBytes;
        continue;
      }
      if (result === found.row) this.#row(bytes, start, end);
      else if (result === found.badQuote) this.#reject(bytes, start, badQuote);
      this.#offset += splitter.next - start;
      this.#line += splitter.lineFeeds;
      window.start = splitter.next;
    }
    this.#retryAt = this.limited ? 0 : Math.max(1, Math.min(2 * window.pending, maxRowBytes + 2));
  }

  #row(bytes: Buffer, start: number, end: number): void {
    const row = this.#splitter;
    const check = this.#check;
    if ((row.seen & (seenNul | seenNonAscii)) !== 0) {
      if ((row.seen & seenNul) !== 0 || !check.isUtf8(bytes, start, row.contentEnd, end)) {
        this.#reject(bytes, start, badEncoding);
        return;
      }
    }
    if (row.count !== row.starts.length - 1) {
      this.#reject(bytes, start, wrongColumnCount);
      return;
    }
    const bits = check.check(row, bytes);
    if (bits === 0) this.#writer.write(this.#window, row, check.fields, this.#offset, this.#line, check.padded);
    else this.#reject(bytes, start, check.reasons(bits));
  }

  #reject(bytes: Buffer, start: number, reasons: readonly string[]): void {
    const raw = Buffer.from(bytes.subarray(start, this.#splitter.contentEnd));
    this.#emit({ lineNumber: this.#line, rowOffset: this.#offset, rowBytes: raw.length, reasons, raw });
  }

  #emit(reject: Reject): void {
    this.#rejectBytes += reject.raw.length + rejectOverhead;
    this.#sink.onReject(reject);
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
