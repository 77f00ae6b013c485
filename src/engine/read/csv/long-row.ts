import { keptRawBytes } from '../reject.js';
import { maxRowBytes } from './row-splitter.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;

/** A row that is too long, of which only its first bytes are kept while the rest is read up to its line feed. */
export class LongRow {
  /** The first 64 KiB. */
  readonly raw: Buffer;
  /** Line feeds so far. */
  lineFeeds = 0;
  /** Bytes so far, with the line break. */
  size: number;
  #lastByte: number;
  #lineBreak = 0;
  #blank: boolean;

  /** The first `longest` bytes of the row are bytes[start...]; `blank` when they are all spaces and tabs. `lineSign`: of the dialect. */
  constructor(
    bytes: Buffer,
    start: number,
    blank: boolean,
    longest = maxRowBytes,
    private readonly lineSign = lineFeed,
  ) {
    const limit = start + longest;
    this.size = longest;
    this.raw = Buffer.from(bytes.subarray(start, start + keptRawBytes));
    this.#blank = blank;
    this.#lastByte = bytes[limit - 1]!;
    for (let at = start; at < limit; at++) if (bytes[at] === lineSign) this.lineFeeds++;
  }

  /** True while the line has nothing but spaces and tabs: no row then. */
  get blank(): boolean {
    return this.#blank;
  }

  /** Bytes so far, without the line break that ends it. */
  get length(): number {
    return this.size - this.#lineBreak;
  }

  /** Reads on; bytes[end] is a line feed of the caller's. Returns the index after the row's line feed, or -1 for none before `end`. */
  skip(bytes: Buffer, start: number, end: number): number {
    const at = bytes.indexOf(lineFeed, start);
    if (at > start) {
      // A CR is white space only directly before the line feed: one that ended the bytes before was not.
      if (this.#blank) this.#blank = this.#lastByte !== carriageReturn && isBlank(bytes, start, at);
      this.size += at - start;
      this.#lastByte = bytes[at - 1]!;
      if (this.lineSign !== lineFeed) this.lineFeeds += countOf(bytes, start, at, this.lineSign);
    }
    if (at >= end) return -1;
    this.size++;
    if (this.lineSign === lineFeed) this.lineFeeds++;
    this.#lineBreak = this.#lastByte === carriageReturn ? 2 : 1;
    return at + 1;
  }

  /** The stream ended before a line feed. */
  end(): void {
    if (this.#lastByte === carriageReturn) this.#blank = false;
  }
}

function countOf(bytes: Buffer, start: number, end: number, sign: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if (bytes[at] === sign) count++;
  return count;
}

/** Spaces and tabs, and perhaps one CR as the last byte. */
function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== space && byte !== tab && (byte !== carriageReturn || at !== end - 1)) return false;
  }
  return true;
}
