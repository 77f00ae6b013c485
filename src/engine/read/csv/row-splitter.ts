import { standardDialect, type Dialect } from './dialect.js';

/** A row longer than this is not read, where its dialect has no other limit; bytes, without the line break that ends it. */
export const maxRowBytes = 1 << 20;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;
const backslash = 0x5c;

// Classes of bytes; those from seenQuote on are also bits of `RowSplitter.seen`: what a row has in it.
const seenLineFeed = 1;
const seenDelimiter = 2;
export const seenQuote = 4;
export const seenBackslash = 8;
export const seenNonAscii = 16;
export const seenNul = 32;
/** A doubled quote in a quoted field: its bytes are not yet its value. */
export const seenDoubledQuote = 64;

const lasting = seenBackslash | seenNonAscii | seenNul;
/** The class of each byte. Those of a delimiter or quote that a dialect does not have are bytes like any other. */
function classesOf({ delimiter, quote }: Dialect): Uint8Array {
  const classes = new Uint8Array(256).fill(seenNonAscii, 0x80);
  classes[0] = seenNul;
  classes[backslash] = seenBackslash;
  classes[lineFeed] = seenLineFeed;
  classes[delimiter] = seenDelimiter;
  if (quote !== undefined) classes[quote] = seenQuote;
  return classes;
}

/** What `split` found at a row's start. Numbers, because they are made once a row. */
export const found = {
  row: 0,
  blankLine: 1,
  /** A physical line to be quarantined alone. */
  badQuote: 2,
  /** A row of more than `longest` bytes; it ends with the first line feed after these. */
  tooLong: 3,
  /** A line of more than `longest` bytes with nothing but white space so far. */
  longBlank: 4,
  /** The row's end is not in the bytes given. */
  incomplete: 5,
} as const;
export type Found = (typeof found)[keyof typeof found];

/**
 * Finds one row's fields by RFC 4180, strictly, with the delimiter and the quote of the dialect: a quote only around a whole field or doubled inside of one, line feed or
 * CRLF as the row's end, a lone CR as data. The result is in the public members, which the next call overwrites;
 * nothing is allocated. What is found does not depend on how many bytes beyond the row are given.
 *
 * Unbalanced quotes cost linear work: a row that fails was read up to the next line with an odd number of quotes,
 * and lines with an even number end, or fail, on themselves.
 */
export class RowSplitter {
  /** Fields of the row; only the first `capacity` have a start and an end. */
  count = 0;
  /** Indexes of the fields' first bytes, the opening quote left out. */
  readonly starts: Int32Array;
  /** Indexes after the fields' last bytes, the closing quote left out. */
  readonly ends: Int32Array;
  /** Index after the row's last byte, the line break left out. */
  contentEnd = 0;
  /** Index of the next row's first byte. */
  next = 0;
  /** Line feeds up to `next`. */
  lineFeeds = 0;
  /** `seen...` bits. */
  seen = 0;
  #open = false;
  /** The bytes ended just after a quote that closes its field, unless another quote follows. */
  #atClosingQuote = false;

  readonly #classes: Uint8Array;
  readonly #delimiter: number;
  /** No byte where the dialect has no quotes. */
  readonly #quote: number;
  readonly #lineSign: number | undefined;
  /** A row longer than this is not read; bytes, without the line break that ends it. */
  readonly longest: number;

  constructor(capacity: number, dialect: Dialect = standardDialect) {
    this.#classes = classesOf(dialect);
    this.#delimiter = dialect.delimiter;
    this.#quote = dialect.quote ?? -1;
    this.#lineSign = dialect.lineSign;
    this.longest = dialect.longestRow ?? maxRowBytes;
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
  }

  /**
   * Looks at the row that starts at `start` < `end`. bytes[end] must be a line feed put there by the caller: it saves
   * the bounds check in the inner loops. `ended`: no bytes follow `end`.
   */
  split(bytes: Buffer, start: number, end: number, ended: boolean): Found {
    const result = this.#split(bytes, start, end, ended);
    if (this.#lineSign !== undefined && (result === found.row || result === found.blankLine))
      this.#countLines(bytes, start, this.#lineSign);
    return result;
  }

  #split(bytes: Buffer, start: number, end: number, ended: boolean): Found {
    if (bytes[start]! <= space) {
      const blank = this.#blankLine(bytes, start, end, ended);
      if (blank !== found.row) return blank;
    }
    const result = this.#fields(bytes, start, end, ended);
    if (result === found.row) {
      return this.contentEnd - start <= this.longest ? found.row : this.#tooLong(bytes, start, end, ended);
    }
    if (result === found.incomplete) {
      return end - start < this.longest + 2 ? found.incomplete : this.#tooLong(bytes, start, end, ended);
    }
    return this.contentEnd - start < this.longest ? this.#firstLine(bytes, start, end, ended) : this.#tooLong(bytes, start, end, ended);
  }

  #countLines(bytes: Buffer, start: number, sign: number): void {
    this.lineFeeds = 0;
    for (let at = start; at < this.next; at++) if (bytes[at] === sign) this.lineFeeds++;
  }

  #blankLine(bytes: Buffer, start: number, end: number, ended: boolean): Found {
    let at = start;
    // Tabs that separate columns are not blanks: the line is a row of empty fields.
    const blankTab = this.#delimiter === tab ? space : tab;
    while (bytes[at] === space || bytes[at] === blankTab) at++;
    const lineEnd = bytes[at] === carriageReturn ? at + 1 : at;
    if (bytes[lineEnd] !== lineFeed) return found.row;
    if (lineEnd === end) {
      if (!ended) return end - start < this.longest + 2 ? found.incomplete : this.#delimiter === tab ? found.tooLong : found.longBlank;
      // A CR at the file's very end has no line feed after it, so it is data.
      if (at < end) return found.row;
    }
    this.#endLine(lineEnd, end, 0);
    return found.blankLine;
  }

  /** For found.badQuote, contentEnd is where it was noticed. */
  #fields(bytes: Buffer, start: number, end: number, ended: boolean): Found {
    const { starts, ends } = this;
    const classes = this.#classes;
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const capacity = starts.length;
    let at = start;
    let count = 0;
    let seen = 0;
    let lineFeeds = 0;
    this.#open = false;
    this.#atClosingQuote = false;
    for (;;) {
      let fieldStart = at;
      let fieldEnd: number;
      let last: boolean;
      if (bytes[at] === quote) {
        fieldStart = ++at;
        seen |= seenQuote;
        for (;;) {
          const kind = classes[bytes[at]!]!;
          if (kind === seenQuote) {
            if (bytes[at + 1] !== quote) break;
            seen |= seenDoubledQuote;
            at++;
          } else if (kind === seenLineFeed) {
            if (at === end) {
              this.#open = true;
              this.contentEnd = end;
              return ended ? found.badQuote : found.incomplete;
            }
            lineFeeds++;
          } else {
            seen |= kind & lasting;
          }
          at++;
        }
        fieldEnd = at++;
        last = bytes[at] !== delimiter;
        if (last) {
          const lineEnd = bytes[at] === carriageReturn ? at + 1 : at;
          if (lineEnd === end && !ended) {
            this.#atClosingQuote = at === end;
            return found.incomplete;
          }
          if (bytes[lineEnd] !== lineFeed || (lineEnd === end && at < end)) {
            this.contentEnd = at;
            return found.badQuote;
          }
          this.contentEnd = at;
          at = lineEnd;
        }
      } else {
        let kind = classes[bytes[at]!]!;
        for (;;) {
          // Nearly every byte is of no class.
          while (kind === 0) kind = classes[bytes[++at]!]!;
          if ((kind & lasting) === 0) break;
          seen |= kind;
          kind = classes[bytes[++at]!]!;
        }
        if (kind === seenQuote) {
          this.contentEnd = at;
          return found.badQuote;
        }
        fieldEnd = at;
        last = kind === seenLineFeed;
        if (last) {
          if (at === end) {
            if (!ended) return found.incomplete;
          } else if (bytes[at - 1] === carriageReturn) {
            // Part of this field, for a line that begins with its line break is blank.
            fieldEnd--;
          }
          this.contentEnd = fieldEnd;
        }
      }
      if (count < capacity) {
        starts[count] = fieldStart;
        ends[count] = fieldEnd;
      }
      count++;
      if (last) break;
      at++;
    }
    this.count = count;
    this.seen = seen;
    this.#endLine(at, end, lineFeeds);
    return found.row;
  }

  /** The line ends at `at`: with a line feed, or with the stream. */
  #endLine(at: number, end: number, lineFeedsBefore: number): void {
    this.next = at < end ? at + 1 : end;
    this.lineFeeds = at < end ? lineFeedsBefore + 1 : lineFeedsBefore;
  }

  /** The physical line of a row with a bad quote; too long when that line is. */
  #firstLine(bytes: Buffer, start: number, end: number, ended: boolean): Found {
    const lineEnd = bytes.indexOf(lineFeed, start);
    if (lineEnd >= end && !ended) return end - start < this.longest + 2 ? found.incomplete : found.tooLong;
    this.contentEnd = lineEnd < end && lineEnd > start && bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
    this.#endLine(lineEnd, end, 0);
    return this.contentEnd - start <= this.longest ? found.badQuote : found.tooLong;
  }

  /** A row that goes on after `longest` bytes: one with a quote still open there is a bad quote, any other is too long. */
  #tooLong(bytes: Buffer, start: number, end: number, ended: boolean): Found {
    const limit = start + this.longest;
    const beyond = bytes[limit]!;
    bytes[limit] = lineFeed;
    this.#fields(bytes, start, limit, false);
    bytes[limit] = beyond;
    const open = this.#open || (this.#atClosingQuote && beyond === this.#quote);
    return open ? this.#firstLine(bytes, start, end, ended) : found.tooLong;
  }
}
