import { isUtf8 } from 'node:buffer';
import { replayedRow } from '../../../definition/replayed-row.js';
import { headerName, type Contract } from '../../contract.js';
import { extraColumn, isKeepable, type FileColumns } from '../../extra-columns.js';
import { explainHeader, type HeaderProblem } from './explain-header.js';
import { placesHeader } from '../../lines/replayed-lines.js';
import { endsWithCr, linesEndWithCr } from './cr-lines.js';
import { foreignFile, knownBytes } from './known-bytes.js';
import { trimBlanks } from '../../fields/trim-signs.js';
import { lineDialect } from '../dialect.js';
import { InputWindow } from '../input-window.js';
import { LongRow } from '../long-row.js';
import { keptRawBytes, type FileReason } from '../../reject.js';
import { found, maxRowBytes, RowSplitter, seenNul } from '../row-splitter.js';

/** More than a table can have. */
const maxColumns = 4096;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

export interface GoodHeader extends FileColumns {
  readonly kind: 'ok';
  /** Offset in the object of the first byte after the header, a byte order mark counted. */
  readonly nextOffset: number;
  /** Physical line of that byte. */
  readonly nextLine: number;
  /** Bytes pushed that are after the header: the first ones for the scanner. */
  readonly rest: Buffer;
}

/** The file is refused whole, with one entry in quarantine. */
export interface BadHeader extends HeaderProblem {
  readonly kind: 'bad_header';
  /** bad_header when left out. */
  readonly reason?: Extract<FileReason, 'bad_encoding'>;
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
    const dialect = { ...contract.dialect, longestRow: maxRowBytes };
    this.#splitter = new RowSplitter(contract.ignoresExtra ? maxColumns + 1 : contract.columns.length + 1, dialect);
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
    if (this.#beginsWithRow && this.#longBlank === undefined) return this.#read(true) ?? this.#begin(0, this.#window.start, 0);
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
          this.#longBlank = new LongRow(bytes, start, true, maxRowBytes, this.#contract.dialect.lineSign);
          window.start += maxRowBytes;
          continue;
        case found.blankLine:
          this.#advance(this.#splitter.next - start, this.#splitter.lineFeeds);
          window.start = this.#splitter.next;
          continue;
        case found.tooLong:
          if (this.#beginsWithRow) return this.#begin(0, start, 0);
          return this.#bad('the header line is longer than 1 MiB', end);
        case found.badQuote:
          if (this.#beginsWithRow) return this.#begin(0, start, 0);
          return this.#bad('the header line has a misplaced quote', this.#splitter.contentEnd);
        case found.row: {
          const { count, next, lineFeeds } = this.#splitter;
          if (this.#tellsPlaces(bytes)) return this.#begin(count, next, lineFeeds, [this.#contract.columns.length - 1]);
          if (this.#isLineOfCr(bytes)) return bad(linesEndWithCr, this.#raw(this.#splitter.contentEnd));
          if (this.#beginsWithRow) return this.#begin(count, start, 0);
          return this.#contract.dialect.header === 'position' ? this.#begin(count, next, lineFeeds) : this.#header(bytes);
        }
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
    const { columns, ignoresExtra, keeps } = this.#contract;
    const line = bytes.subarray(start, contentEnd);
    const isText = (seen & seenNul) === 0 && isUtf8(line);
    const order: number[] = [];
    const kept = new Map<number, string>();
    const keptHeaders = new Set<string>();
    let isTwice = false;
    const known = isText ? Math.min(count, this.#splitter.starts.length) : 0;
    const titles = Array.from({ length: known }, (_each, i) =>
      this.#unquoted(bytes.toString('utf8', this.#splitter.starts[i], this.#splitter.ends[i])),
    );
    for (const [i, title] of titles.entries()) {
      const name = headerName(title);
      const index = columnOf(title, titles, this.#contract);
      isTwice ||= index !== -1 && order.includes(index);
      if (index !== -1 || ignoresExtra) order.push(index === -1 ? extraColumn : index);
      if (index !== -1 || keeps === undefined || !isKeepable(name)) continue;
      // Nobody could tell two of them apart, and rows from quarantine are for the folder of their load.
      isTwice ||= keptHeaders.has(name) || name === replayedRow.column;
      keptHeaders.add(name);
      kept.set(i, trimBlanks(title));
    }
    const isWhole = order.length === count && columns.every(({ optional }, index) => optional || order.includes(index));
    // Columns that files may lack or have besides would hide that the whole file is one line.
    const isOfCr = endsWithCr(bytes, start, contentEnd, this.#contract.dialect.quote);
    if (!isText || isTwice || !isWhole || isOfCr) {
      return this.#bad(isText ? (isOfCr ? linesEndWithCr : undefined) : 'the header line is not UTF-8 text', contentEnd);
    }
    this.#advance(next - start, lineFeeds);
    const rest = Buffer.from(bytes.subarray(next, end));
    const columnsOfFile = { columnOrder: order, ...(kept.size > 0 && { keptNames: kept }) };
    return { kind: 'ok', ...columnsOfFile, nextOffset: this.#offset, nextLine: this.#line, rest };
  }

  /** The first line is not a header, whatever it is. */
  get #beginsWithRow(): boolean {
    const { header } = this.#contract.dialect;
    return header === 'none' || header === 'places';
  }

  /** The first line is skipped or a row, and seems to be the whole file. */
  #isLineOfCr(bytes: Buffer): boolean {
    const { header, quote, delimiter } = this.#contract.dialect;
    const { contentEnd, lineFeeds } = this.#splitter;
    // A row of a file with line feeds may hold a carriage return.
    const isLookedAt = header === 'position' || (header === 'none' && delimiter !== lineDialect.delimiter && lineFeeds === 0);
    return isLookedAt && endsWithCr(bytes, this.#window.start, contentEnd, quote);
  }

  #tellsPlaces(bytes: Buffer): boolean {
    const { start } = this.#window;
    return this.#contract.dialect.header === 'places' && bytes.toString('latin1', start, this.#splitter.contentEnd) === placesHeader;
  }

  /**
   * Rows begin at `next`, an index into the window, with columns by their places, those of `more` behind them: as many as the first line
   * has, where it may have more.
   */
  #begin(count: number, next: number, lineFeeds: number, more: readonly number[] = []): HeaderOutcome {
    const { bytes, start, end } = this.#window;
    const isReplay = this.#contract.dialect.header === 'places';
    const foreign = isReplay ? undefined : foreignFile(bytes.subarray(start, Math.min(end, start + keptRawBytes)), this.#contract);
    if (foreign !== undefined) return { ...bad(foreign, Buffer.alloc(0), 0), reason: 'bad_encoding' };
    const columns = [...this.#contract.columns.keys()].filter((index) => this.#contract.columns[index]?.name !== replayedRow.column);
    const extra = this.#contract.ignoresExtra ? Math.max(0, Math.min(count, maxColumns) - columns.length) : 0;
    this.#advance(next - start, lineFeeds);
    const columnOrder = [...columns, ...more, ...Array.from({ length: extra }, () => extraColumn)];
    return { kind: 'ok', columnOrder, nextOffset: this.#offset, nextLine: this.#line, rest: Buffer.from(bytes.subarray(next, end)) };
  }

  #unquoted(text: string): string {
    const { quote } = this.#contract.dialect;
    if (quote === undefined) return text;
    const sign = String.fromCharCode(quote);
    return text.replaceAll(sign + sign, sign);
  }

  /** A first line that is not a header, up to `lineEnd`, an index into the window. `problem` says what is wrong if it is not the names. */
  #bad(problem: string | undefined, lineEnd: number): BadHeader {
    const { bytes, start, end } = this.#window;
    const head = bytes.subarray(start, Math.min(end, start + keptRawBytes));
    const raw = this.#raw(lineEnd);
    const cause = knownBytes(head, raw, this.#contract);
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

/**
 * The column of the contract that a title of the header names, whatever its case and the blanks around it; -1 for another column. A database
 * may have both `city` and `City`: where others are ignored, the one that is exactly the column's name counts.
 */
function columnOf(title: string, titles: readonly string[], { columns, ignoresExtra }: Contract): number {
  const name = headerName(title);
  const index = columns.findIndex(({ headers }) => headers.includes(name));
  const exact = columns[index]?.titles;
  if (!ignoresExtra || exact === undefined || exact.includes(title)) return index;
  return titles.some((other) => exact.includes(other) && headerName(other) === name) ? -1 : index;
}

function bad(problem: string, raw: Buffer, lineNumber: 0 | 1 = 1): BadHeader {
  return { kind: 'bad_header', lineNumber, problem, raw };
}
