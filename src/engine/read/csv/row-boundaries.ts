import { standardDialect, type Dialect } from './dialect.js';
import { InputWindow } from './input-window.js';
import { LongRow } from './long-row.js';
import { found, RowSplitter, seenQuote } from './row-splitter.js';
import { countLineFeeds } from './count-line-feeds.js';

const lineFeed = 0x0a;

/** A row's start, from which a scan goes on exactly as one that came there. */
export interface RowBoundary {
  /** Bytes from the object's start. */
  readonly offset: number;
  /** Physical line; the file's first is 1. */
  readonly line: number;
}

/**
 * Finds where rows begin, about every so many bytes, as the scanner would: a boundary is never inside of a quoted field, and
 * a quote that breaks the rules breaks its own line alone. Without a quote every line feed ends a row, however long the row
 * is, so such stretches are searched for the quote and otherwise only their lines are counted; all else is split into rows.
 *
 * A scan of nothing but the bytes up to a boundary finds what one of the whole finds there: no row crosses a boundary, so a quote that
 * is still open at one is a bad quote in the whole, too.
 * Holds at most about 4 MiB whatever the input.
 */
export class RowBoundaries {
  readonly #window = new InputWindow();
  /** Fields are of no interest here. */
  readonly #splitter: RowSplitter;
  readonly #quote: number | undefined;
  readonly #every: number;
  readonly #boundaries: RowBoundary[] = [];
  #target: number;
  #offset: number;
  #line: number;
  #long: LongRow | undefined;
  /** Pending bytes from which the next look at an incomplete row pays; doubling keeps the work linear for bytes one by one. */
  #retryAt = 0;
  #ended = false;

  /** `start`: the row at which the bytes begin; `every`: bytes from one boundary to the next, about: to the row's end. */
  constructor(start: RowBoundary, every: number, dialect: Dialect = standardDialect) {
    this.#splitter = new RowSplitter(0, dialect);
    this.#quote = dialect.quote;
    this.#offset = start.offset;
    this.#line = start.line;
    this.#every = every;
    this.#target = start.offset + every;
  }

  /** Offset in the object of the next row; after `end`, the object's size. */
  get offset(): number {
    return this.#offset;
  }

  /** Takes the next bytes, all of them. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      at += this.#window.append(chunk, at);
      if (this.#window.pending >= this.#retryAt) this.#scan();
    }
  }

  /** There are no more bytes: returns the boundaries, in order; neither the start nor the end is one. */
  end(): readonly RowBoundary[] {
    this.#ended = true;
    this.#scan();
    return this.#boundaries.filter(({ offset }) => offset < this.#offset);
  }

  #scan(): void {
    const window = this.#window;
    while (window.start < window.end || this.#long !== undefined) {
      if (this.#long !== undefined) {
        if (!this.#skipLong(this.#long)) break;
      } else {
        this.#skipPlain();
        if (window.start === window.end || !this.#skipQuoted()) break;
      }
    }
    this.#retryAt = Math.max(1, Math.min(2 * window.pending, this.#splitter.longest + 2));
  }

  /** Goes on over the whole lines before the next quote. */
  #skipPlain(): void {
    const { bytes, start, end } = this.#window;
    const next = this.#quote === undefined ? -1 : bytes.indexOf(this.#quote, start);
    const plainEnd = next === -1 || next > end ? end : next;
    if (plainEnd === start) return;
    const rowsEnd = bytes.lastIndexOf(lineFeed, plainEnd - 1) + 1;
    if (rowsEnd > start) this.#skipLines(start, rowsEnd);
  }

  #skipLines(start: number, end: number): void {
    const { bytes } = this.#window;
    let from = start;
    while (this.#offset + (end - from) >= this.#target) {
      const at = bytes.indexOf(lineFeed, from + Math.max(0, this.#target - this.#offset - 1)) + 1;
      this.#advance(at - from, countLineFeeds(bytes, from, at));
      from = at;
    }
    this.#advance(end - from, countLineFeeds(bytes, from, end));
    this.#window.start = end;
  }

  /** Row by row as long as they have quotes; returns false when the row's end is still to come. */
  #skipQuoted(): boolean {
    const window = this.#window;
    const splitter = this.#splitter;
    const { bytes, end } = window;
    while (window.start < end) {
      const { start } = window;
      const result = splitter.split(bytes, start, end, this.#ended);
      if (result === found.incomplete) return false;
      if (result === found.tooLong || result === found.longBlank) {
        this.#long = new LongRow(bytes, start, false, splitter.longest);
        window.start = start + splitter.longest;
        return true;
      }
      window.start = splitter.next;
      this.#advance(splitter.next - start, splitter.lineFeeds);
      if (result === found.row && (splitter.seen & seenQuote) === 0) return true;
    }
    return true;
  }

  /** Returns false when the row's end is still to come. */
  #skipLong(long: LongRow): boolean {
    const window = this.#window;
    const next = long.skip(window.bytes, window.start, window.end);
    window.start = next === -1 ? window.end : next;
    if (next === -1 && !this.#ended) return false;
    this.#long = undefined;
    this.#advance(long.size, long.lineFeeds);
    return true;
  }

  /** To the next row's start. */
  #advance(bytes: number, lineFeeds: number): void {
    this.#offset += bytes;
    this.#line += lineFeeds;
    if (this.#offset < this.#target) return;
    this.#boundaries.push({ offset: this.#offset, line: this.#line });
    this.#target = this.#offset + this.#every;
  }
}
