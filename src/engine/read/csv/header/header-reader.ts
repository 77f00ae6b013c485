import { isUtf8 } from 'node:buffer';
import { headerName, type Contract } from '../../contract.js';
import { explainHeader, type HeaderProblem } from './explain-header.js';
import { knownBytes } from './known-bytes.js';
import { InputWindow } from '../input-window.js';
import { LongRow } from '../long-row.js';
import { keptRawBytes } from '../../reject.js';
import { found, maxRowBytes, RowSplitter, seenNul } from '../row-splitter.js';

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

export interface GoodHeader {
  readonly kind: 'ok';
  /** The file's columns as indexes into the feed's columns. */
  readonly columnOrder: readonly number[];
  /** Offset in the object of the first byte after the header, a byte order mark counted. */
  readonly nextOffset: number;
  /** Physical line of that byte. */
  readonly nextLine: number;
  /** Bytes pushed that are after the header: the first ones for the scanner. */
  readonly rest: Buffer;
}

/** The file is refused whole, with one entry in quarantine (reason bad_header). */
export interface BadHeader extends HeaderProblem {
  readonly kind: 'bad_header';
  /** 0 for a file of zero bytes, else 1. */
  readonly lineNumber: 0 | 1;
  /** The header line, its first 64 KiB; empty when there is none. */
  readonly raw: Buffer;
}

export type HeaderOutcome = GoodHeader | BadHeader;

/**
 * Reads a delivery from its first byte up to the end of its header: the first line that is not blank, with or without a
 * byte order mark before it. Needs about 4 MiB at most, whatever the file is.
 */
export class HeaderReader {
  readonly #contract: Contract;
  readonly #window = new InputWindow();
  readonly #splitter: RowSplitter;
  #offset = 0;
  #line = 1;
  #started = false;
  #longBlank: LongRow | undefined;
  #retryAt = byteOrderMark.length;

  constructor(contract: Contract) {
    this.#contract = contract;
    this.#splitter = new RowSplitter(contract.columns.length + 1);
  }

  /** Takes the next bytes of the file, all of them; returns the outcome as soon as it is known. Not to be called again then. */
  push(chunk: Uint8Array): HeaderOutcome | undefined {
    for (let at = 0; at < chunk.length;) {
      at += this.#window.append(chunk, at);
      if (this.#window.pending < this.#retryAt) continue;
      const outcome = this.#read(false);
      if (outcome?.kind === 'ok' && at < chunk.length) {
        return { ...outcome, rest: Buffer.concat([outcome.rest, chunk.subarray(at)]) };
      }
      if (outcome !== undefined) return outcome;
      this.#retryAt = Math.max(1, Math.min(2 * this.#window.pending, maxRowBytes + 2));
    }
    return undefined;
  }

  /** The file has no more bytes. */
  end(): HeaderOutcome {
    const empty = this.#offset === 0 && this.#window.pending === 0 && this.#longBlank === undefined;
    return this.#read(true) ?? bad(empty ? 'the file is empty' : 'the file has no header line', Buffer.alloc(0), empty ? 0 : 1);
  }

  #read(ended: boolean): HeaderOutcome | undefined {
    const window = this.#window;
    const { bytes, end } = window;
    if (!this.#started) {
      this.#started = true;
      if (window.pending >= byteOrderMark.length && bytes.compare(byteOrderMark, 0, byteOrderMark.length, 0, byteOrderMark.length) === 0) {
        window.start = this.#offset = byteOrderMark.length;
      }
    }
    while (window.start < end) {
      const { start } = window;
      if (this.#longBlank !== undefined) {
        if (!this.#skipBlank(this.#longBlank)) return bad('the header line is longer than 1 MiB', this.#longBlank.raw);
        continue;
      }
      const result = this.#splitter.split(bytes, start, end, ended);
      switch (result) {
        case found.incomplete:
          return undefined;
        case found.longBlank:
          this.#longBlank = new LongRow(bytes, start, true);
          window.start += maxRowBytes;
          continue;
        case found.blankLine:
          this.#advance(this.#splitter.next - start, this.#splitter.lineFeeds);
          window.start = this.#splitter.next;
          continue;
        case found.tooLong:
          return this.#bad('the header line is longer than 1 MiB', end);
        case found.badQuote:
          return this.#bad('the header line has a misplaced quote', this.#splitter.contentEnd);
        case found.row:
          return this.#header(bytes);
      }
    }
    return undefined;
  }

  #advance(bytes: number, lineFeeds: number): void {
    this.#offset += bytes;
    this.#line += lineFeeds;
  }

  /** Returns false when the line is not blank after all. */
  #skipBlank(long: LongRow): boolean {
    const window = this.#window;
    const next = long.skip(window.bytes, window.start, window.end);
    window.start = next === -1 ? window.end : next;
    if (next !== -1 && long.blank) {
      this.#advance(long.size, long.lineFeeds);
      this.#longBlank = undefined;
    }
    return long.blank;
  }

  #header(bytes: Buffer): HeaderOutcome {
    const { start, end } = this.#window;
    const { seen, contentEnd, count, next, lineFeeds } = this.#splitter;
    const { columns } = this.#contract;
    const line = bytes.subarray(start, contentEnd);
    const isText = (seen & seenNul) === 0 && isUtf8(line);
    const order: number[] = [];
    for (let i = 0; isText && i < Math.min(count, columns.length + 1); i++) {
      const name = headerName(bytes.toString('utf8', this.#splitter.starts[i], this.#splitter.ends[i]).replaceAll('""', '"'));
      const index = columns.findIndex((column) => column.header === name);
      if (index !== -1 && !order.includes(index)) order.push(index);
    }
    if (!isText || order.length !== count || columns.some(({ optional }, index) => !optional && !order.includes(index))) {
      return this.#bad(isText ? undefined : 'the header line is not UTF-8 text', contentEnd);
    }
    this.#advance(next - start, lineFeeds);
    const rest = Buffer.from(bytes.subarray(next, end));
    return { kind: 'ok', columnOrder: order, nextOffset: this.#offset, nextLine: this.#line, rest };
  }

  /** A first line that is no header, up to `lineEnd`, an index into the window; with what is wrong where that is not its names. */
  #bad(problem: string | undefined, lineEnd: number): BadHeader {
    const { bytes, start, end } = this.#window;
    const head = bytes.subarray(start, Math.min(end, start + keptRawBytes));
    const raw = this.#raw(lineEnd);
    const cause = knownBytes(head, raw);
    if (cause !== undefined) return bad(problem === undefined ? cause : `${problem}: ${cause}`, raw);
    const explained = explainHeader(raw.toString('utf8'), head.toString('utf8', raw.length), this.#contract, problem);
    return { ...bad(explained.problem, raw), found: explained.found };
  }

  /** Bytes of the window up to `end` (an index into it), at most 64 KiB. */
  #raw(end: number): Buffer {
    const { bytes, start } = this.#window;
    return Buffer.from(bytes.subarray(start, Math.min(end, start + keptRawBytes)));
  }
}

function bad(problem: string, raw: Buffer, lineNumber: 0 | 1 = 1): BadHeader {
  return { kind: 'bad_header', lineNumber, problem, raw };
}
