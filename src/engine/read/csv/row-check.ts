import { isUtf8 } from 'node:buffer';
import { extraColumn } from '../extra-columns.js';
import type { ColumnContract, Contract } from '../contract.js';
import type { RuleContract } from '../row-rules.js';
import { maxRowBytes, seenDoubledQuote } from './row-splitter.js';
import type { ValueCheck } from '../../types/traits.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;

/** Where the fields of a row are. */
export interface SplitRow {
  /** Fields of the row. */
  readonly count: number;
  readonly starts: Int32Array | number[];
  readonly ends: Int32Array | number[];
  /** `seen...` bits. */
  readonly seen: number;
}

function isSpace(byte: number): boolean {
  return byte === space || byte === tab || byte === carriageReturn || byte === lineFeed;
}

/** A rule, with the places of its columns in the row; -1 where the file lacks one. */
interface PlacedRule extends RuleContract {
  readonly place: number;
  readonly filledPlace: number;
}

/** Whatever stands in a column that is ignored is good. */
const ignored: Pick<ColumnContract, 'check' | 'bad' | 'empty' | 'exact'> = { check: () => true, bad: 0, empty: 0, exact: false };

/** Checks the columns of rows whose number of columns is right, in the order that the file's header gave. */
export class RowCheck {
  /** Set by `check`: a field has white space around it. */
  padded = false;
  /** Set by `check`: holds the fields, at the row's starts and ends. */
  fields: Buffer;
  readonly #contract: Contract;
  readonly #quote: number;
  readonly #checks: ValueCheck[];
  readonly #exact: readonly boolean[];
  readonly #bad: Int32Array;
  readonly #empty: Int32Array;
  readonly #rules: readonly PlacedRule[];
  /** Reasons by their bits; rows fail in few ways. */
  readonly #reasons = new Map<number, readonly string[]>();
  #unquoted: Buffer | undefined;
  #validEnd = 0;
  #unchecked = true;

  constructor(contract: Contract, columnOrder: readonly number[]) {
    const isKept = (index: number): boolean => index !== extraColumn;
    const columns = columnOrder.map((index) => (isKept(index) ? contract.columns[index] : ignored));
    const kept = columnOrder.filter(isKept);
    const required = contract.columns.filter(({ optional }) => !optional);
    if (
      !columns.every((column) => column !== undefined) ||
      new Set(kept).size !== kept.length ||
      !required.every((column) => kept.includes(contract.columns.indexOf(column)))
    ) {
      throw new RangeError(`column order [${columnOrder.join(', ')}] does not name each of ${required.length} columns once`);
    }
    this.#quote = contract.dialect.quote ?? -1;
    this.#contract = contract;
    this.#checks = columns.map((column) => column.check);
    this.#exact = columns.map((column) => column.exact);
    this.#bad = Int32Array.from(columns, (column) => column.bad);
    this.#empty = Int32Array.from(columns, (column) => column.empty);
    const placeOf = (name: string): number => columnOrder.findIndex((index) => contract.columns[index]?.name === name);
    this.#rules = contract.rules.map((rule) => ({ ...rule, place: placeOf(rule.column), filledPlace: placeOf(rule.filled) }));
    this.fields = Buffer.alloc(0);
  }

  /** To be called when the bytes have moved or changed. */
  bytesChanged(): void {
    this.#unchecked = true;
    this.#validEnd = 0;
  }

  /**
   * Whether bytes[start, rowEnd) is UTF-8. All whole lines up to `end` are looked at together: one call for thousands of
   * rows; a line feed never is part of a sequence.
   */
  isUtf8(bytes: Buffer, start: number, rowEnd: number, end: number): boolean {
    if (this.#unchecked) {
      this.#unchecked = false;
      const lastLine = Math.max(bytes.lastIndexOf(lineFeed, end - 1), rowEnd);
      if (isUtf8(bytes.subarray(start, lastLine))) this.#validEnd = lastLine;
    }
    return rowEnd <= this.#validEnd || isUtf8(bytes.subarray(start, rowEnd));
  }

  /**
   * Returns 0 for a good row, else bits for `reasons`. Doubled quotes are undone in a copy: `fields` and the row's starts and
   * ends change.
   */
  check(row: SplitRow, bytes: Buffer): number {
    const fields = (row.seen & seenDoubledQuote) === 0 ? bytes : this.#undouble(row, bytes);
    const { starts, ends } = row;
    const checks = this.#checks;
    let bits = 0;
    let padded = false;
    for (let i = 0; i < checks.length; i++) {
      let start = starts[i]!;
      let end = ends[i]!;
      if (start < end && (fields[start]! <= space || fields[end - 1]! <= space) && !this.#exact[i]) {
        while (start < end && isSpace(fields[start]!)) start++;
        while (start < end && isSpace(fields[end - 1]!)) end--;
        padded ||= start !== starts[i] || end !== ends[i];
      }
      if (start === end) bits |= this.#empty[i]!;
      else if (!checks[i]!(fields, start, end)) bits |= this.#bad[i]!;
    }
    this.fields = fields;
    this.padded = padded;
    return this.#rules.length === 0 ? bits : bits | this.#brokenRules(row);
  }

  /** Bits of the rules that the row breaks. A column that breaks its type is not looked at again. */
  #brokenRules(row: SplitRow): number {
    let bits = 0;
    for (const { place, filledPlace, isTrue, bad } of this.#rules) {
      const flag = this.#trimmed(row, place);
      const isGood = flag.start === flag.end ? this.#empty[place] === 0 : this.#checks[place]!(this.fields, flag.start, flag.end);
      const filled = this.#trimmed(row, filledPlace);
      if (isGood && isTrue(this.fields, flag.start, flag.end) !== filled.start < filled.end) bits |= bad;
    }
    return bits;
  }

  /** Where a field is without the white space around it; empty where the file lacks the column. */
  #trimmed({ starts, ends }: SplitRow, place: number): { readonly start: number; readonly end: number } {
    let start = starts[place] ?? 0;
    let end = ends[place] ?? 0;
    while (start < end && isSpace(this.fields[start]!)) start++;
    while (start < end && isSpace(this.fields[end - 1]!)) end--;
    return { start, end };
  }

  /** In the feed's order. */
  reasons(bits: number): readonly string[] {
    let reasons = this.#reasons.get(bits);
    if (reasons === undefined) {
      reasons = this.#contract.reasons.filter((_, index) => (bits & (1 << index)) !== 0);
      this.#reasons.set(bits, reasons);
    }
    return reasons;
  }

  #undouble(row: SplitRow, bytes: Buffer): Buffer {
    const { starts, ends, count } = row;
    const needed = Math.max(maxRowBytes, ends[count - 1]! - starts[0]!);
    if (this.#unquoted === undefined || this.#unquoted.length < needed) this.#unquoted = Buffer.allocUnsafe(needed);
    const target = this.#unquoted;
    const quote = this.#quote;
    let at = 0;
    for (let i = 0; i < count; i++) {
      const start = at;
      const end = ends[i]!;
      for (let from = starts[i]!; from < end; from++) {
        const byte = bytes[from]!;
        target[at++] = byte;
        // Every quote within a field's bounds is one of a doubled pair.
        if (byte === quote) from++;
      }
      starts[i] = start;
      ends[i] = at;
    }
    return target;
  }
}
