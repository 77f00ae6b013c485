import type { ColumnContract, Contract } from '../contract.js';
import type { RuleContract } from '../row-rules.js';
import type { RowFields } from './row-fields.js';

const space = 0x20;

type FieldContract = Pick<ColumnContract, 'name' | 'check' | 'bad' | 'empty' | 'nullable' | 'exact'>;

/** A rule, with the places of its columns in the row; -1 where the file lacks one. */
interface PlacedRule extends RuleContract {
  readonly place: number;
  readonly filledPlace: number;
}

/** Checks rows that are given field by field, which may be NULL. */
export class FieldCheck {
  /** Set by `check`: a field has white space around it that is to be trimmed. */
  padded = false;
  readonly #trims: boolean;
  readonly #names: readonly string[];
  /** Undefined for a column that is ignored. */
  readonly #columns: readonly (FieldContract | undefined)[];
  readonly #rules: readonly PlacedRule[];
  /** Reasons by their bits; rows fail in few ways. */
  readonly #reasons = new Map<number, readonly string[]>();
  /** Of the field that was looked at last, what is left without white space around it. */
  #start = 0;
  #end = 0;

  /** `columns`: those of the fields, in their order. */
  constructor({ trims, reasons, rules }: Pick<Contract, 'trims' | 'reasons' | 'rules'>, columns: readonly (FieldContract | undefined)[]) {
    this.#trims = trims;
    this.#names = reasons;
    this.#columns = columns;
    const placeOf = (name: string): number => columns.findIndex((column) => column?.name === name);
    this.#rules = rules.map((rule) => ({ ...rule, place: placeOf(rule.column), filledPlace: placeOf(rule.filled) }));
  }

  /** Returns 0 for a good row, else bits for `reasons`. NULL counts as an empty value where a column can't hold it. */
  check(fields: RowFields): number {
    let bits = 0;
    this.padded = false;
    for (let place = 0; place < this.#columns.length; place++) {
      const column = this.#columns[place];
      if (column !== undefined) bits |= this.#field(fields, place, column);
    }
    for (const rule of this.#rules) bits |= this.#rule(fields, rule);
    return bits;
  }

  /** In the feed's order. */
  reasons(bits: number): readonly string[] {
    let reasons = this.#reasons.get(bits);
    if (reasons === undefined) {
      reasons = this.#names.filter((_, index) => (bits & (1 << index)) !== 0);
      this.#reasons.set(bits, reasons);
    }
    return reasons;
  }

  #field(fields: RowFields, place: number, { check, bad, empty, nullable, exact }: FieldContract): number {
    if (fields.isNull[place]) {
      if (nullable) return 0;
      fields.isNull[place] = false;
    }
    this.#trim(fields, place);
    const [start, end] = [fields.starts[place]!, fields.ends[place]!];
    if (exact) return start === end ? empty : check(fields.bytes, start, end) ? 0 : bad;
    this.padded ||= this.#start !== start || this.#end !== end;
    if (this.#start === this.#end) return empty;
    return check(fields.bytes, this.#start, this.#end) ? 0 : bad;
  }

  /** A column that breaks its type is not looked at again. */
  #rule(fields: RowFields, { place, filledPlace, isTrue, bad }: PlacedRule): number {
    this.#trim(fields, filledPlace);
    const isFilled = this.#start < this.#end;
    this.#trim(fields, place);
    const column = this.#columns[place];
    const isEmpty = this.#start === this.#end;
    const isGood = isEmpty ? column?.empty === 0 : column?.check(fields.bytes, this.#start, this.#end);
    return isGood && isTrue(fields.bytes, this.#start, this.#end) !== isFilled ? bad : 0;
  }

  #trim({ bytes, starts, ends }: RowFields, place: number): void {
    let start = starts[place] ?? 0;
    let end = ends[place] ?? 0;
    while (this.#trims && start < end && isSpace(bytes[start]!)) start++;
    while (this.#trims && start < end && isSpace(bytes[end - 1]!)) end--;
    this.#start = start;
    this.#end = end;
  }
}

/** ASCII space, tab, line feed and carriage return. */
export function isSpace(byte: number): boolean {
  return byte === space || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
