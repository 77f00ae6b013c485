import { counted } from '../../contracts/format-numbers.js';
import { dateFormats } from '../types/date.js';
import { trimBlanks } from '../read/fields/trim-signs.js';
import { traitsOf } from '../types/column-traits.js';
import type { ColumnType } from '../types/column-type.js';
import type { ValueCheck } from '../types/traits.js';

/** A type that a column may have, and what a value of it looks like beyond the type's own check. */
interface Candidate {
  readonly type: ColumnType;
  readonly check: ValueCheck;
  readonly form?: RegExp;
}

const words = { kind: 'boolean', true: ['true', 't', 'yes', 'y'], false: ['false', 'f', 'no', 'n'] } as const;
const wholeNumber = { kind: 'integer', min: '-9223372036854775808', max: '9223372036854775807' } as const;
const largeNumber = { kind: 'integer', min: '0', max: '18446744073709551615' } as const;
const anyDecimal = { kind: 'decimal', precision: 65, scale: 30 } as const;

const noZeros = /^-?(0(?!\d)|[1-9])/;

/** From the narrowest to the widest: the first one that takes every value is the guess. Zeros in front belong to codes, not to numbers. */
function candidates(): Candidate[] {
  const all: readonly (readonly [ColumnType, RegExp?])[] = [
    [words],
    [{ kind: 'date', format: 'yyyymmdd' }, /^(19|20)/],
    [wholeNumber, /^(0|-?[1-9]\d*)$/],
    [largeNumber, /^(0|[1-9]\d*)$/],
    [anyDecimal, noZeros],
    [{ ...anyDecimal, point: ',' }, noZeros],
    [{ ...anyDecimal, thousands: ',' }, noZeros],
    [{ ...anyDecimal, point: ',', thousands: '.' }, noZeros],
    [{ ...anyDecimal, point: ',', thousands: ' ' }, noZeros],
    [{ ...anyDecimal, thousands: ' ' }, noZeros],
    [{ ...anyDecimal, thousands: "'" }, noZeros],
    ...dateFormats.filter((format) => format !== 'yyyymmdd').map((format): readonly [ColumnType] => [{ kind: 'date', format }]),
    [{ kind: 'time', precision: 6 }],
    [{ kind: 'timestamp', zone: 'utc', precision: 6 }],
    [{ kind: 'timestamp', zone: 'given', precision: 6 }],
    [{ kind: 'timestamp', zone: 'given-or-utc', precision: 6 }],
  ];
  return all.map(([type, form]) => ({ type, check: traitsOf(type).makeCheck(), ...(form && { form }) }));
}

/** Texts that programs write for NULL, whatever the type. */
const usualNulls: readonly string[] = ['NULL', '\\N', '#N/A'];
/** Also words, or signs, of which some texts are made. */
const otherNulls: readonly string[] = ['null', 'N/A', 'n/a', 'NA', 'NaN', 'nan', 'None', '-'];

export function isNullToken(value: string): boolean {
  return usualNulls.includes(value) || otherNulls.includes(value);
}

/** Values of which it is remembered whether they came before. */
const mostRemembered = 1_000_000;

/** What the values of a column have in common; a value is looked at and not kept, but for whether it comes twice. */
export class ColumnGuess {
  private open = candidates();
  private readonly seen = new Set<string>();
  private readonly tokens = new Map<string, number>();
  private nulls = 0;
  private isUnique = true;
  rows = 0;
  empty = 0;
  longest = 0;
  private least: bigint | undefined;
  private greatest: bigint | undefined;
  private wholeDigits = 0;
  private decimals = 0;

  /** `isQuoted`: quotes stand around it, so that it means itself. */
  add(field: string, isQuoted = false): void {
    const value = trimBlanks(field);
    this.rows += 1;
    if (value === '') this.empty += 1;
    else if (!isQuoted && isNullToken(value)) this.tokens.set(value, (this.tokens.get(value) ?? 0) + 1);
    else this.take(value);
  }

  /** Texts for NULL that a column would take for it: all of them beside values of a type, the usual ones alone beside other texts. */
  get wantedNulls(): readonly string[] {
    return [...this.tokens.keys()].filter((token) => this.guessed !== undefined || usualNulls.includes(token));
  }

  /** Those that the column has for words of its own. */
  get words(): readonly string[] {
    return [...this.tokens.keys()].filter((token) => !this.wantedNulls.includes(token));
  }

  /** Says which texts stand for NULL in the whole file. The others of the column are values. To be called after the last `add`. */
  settle(nulls: readonly string[]): void {
    for (const [token, count] of this.tokens)
      if (nulls.includes(token)) this.nulls += count;
      else for (let time = 0; time < Math.min(count, 2); time += 1) this.take(token);
    this.tokens.clear();
  }

  /** Some row has no value. */
  get isNullable(): boolean {
    return this.nulls > 0 || (this.empty > 0 && this.type.kind !== 'text');
  }

  private take(value: string): void {
    this.longest = Math.max(this.longest, [...value].length);
    const bytes = Buffer.from(value);
    this.open = this.open.filter(({ check, form }) => (form?.test(value) ?? true) && check(bytes, 0, bytes.length));
    if (this.isUnique && this.seen.size < mostRemembered) {
      this.isUnique = !this.seen.has(value);
      if (this.isUnique) this.seen.add(value);
      else this.seen.clear();
    }
    if (this.open.some(({ type }) => type.kind === 'integer')) this.measureInteger(BigInt(value));
    if (this.open.some(({ type }) => type.kind === 'decimal')) this.measureDecimal(value);
    const fraction = /:\d\d\.(\d+)/.exec(value)?.[1];
    if (fraction !== undefined) this.decimals = Math.max(this.decimals, fraction.length);
  }

  /** No value came twice, and none was empty. */
  get isKey(): boolean {
    return this.isUnique && this.empty === 0 && this.nulls === 0 && this.rows > 0;
  }

  get type(): ColumnType {
    const type = this.guessed?.type;
    if (type === undefined) return { kind: 'text', maxLength: roomFor(this.longest) };
    if (type.kind === 'integer') return type.max === largeNumber.max ? type : { kind: 'integer', ...this.integerBounds() };
    if (type.kind === 'time' || type.kind === 'timestamp') return { ...type, precision: Math.min(6, this.decimals) };
    if (type.kind !== 'decimal') return type;
    const scale = Math.min(30, Math.max(1, this.decimals));
    return { ...type, precision: Math.min(65, this.wholeDigits + 4 + scale), scale };
  }

  /** Some row has a value. */
  get isKnown(): boolean {
    return this.values > 0;
  }

  /** What the type was made of, in words, without any text of the file. */
  get explanation(): string {
    const others = this.open.slice(1).filter(({ type }) => type.kind === 'date' && this.guessed?.type.kind === 'date');
    const parts = [
      this.values === 0 ? 'always empty, so nothing is known of it' : undefined,
      this.guessed?.type.kind === 'integer' ? `${this.least} to ${this.greatest}` : undefined,
      this.type.kind === 'text' && this.values > 0 ? `at most ${counted(this.longest, 'character')}` : undefined,
      others.length > 0
        ? `no day is beyond 12, so it may be ${others.map(({ type }) => 'format' in type && type.format).join(' or ')}`
        : undefined,
      this.type.kind === 'timestamp' && this.type.zone === 'utc' ? 'without a zone, so it is taken for UTC' : undefined,
      this.empty > 0 && this.values > 0 ? `empty in ${this.empty} of ${this.rows} rows` : undefined,
      this.nulls > 0 ? `NULL in ${this.nulls} of ${this.rows} rows` : undefined,
      this.isKey ? 'different in each row' : undefined,
    ];
    const text = parts.filter((part) => part !== undefined).join(', ');
    return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
  }

  /** A decimal has at most 65 digits, those of the value with the most before the point and of that with the most after it. */
  private get guessed(): Candidate | undefined {
    if (this.values === 0) return undefined;
    const fits = this.wholeDigits + Math.min(30, Math.max(1, this.decimals)) <= 65;
    return this.open.find(({ type }) => type.kind !== 'decimal' || fits);
  }

  private get values(): number {
    return this.rows - this.empty - this.nulls - [...this.tokens.values()].reduce((sum, count) => sum + count, 0);
  }

  private measureInteger(value: bigint): void {
    if (this.least === undefined || value < this.least) this.least = value;
    if (this.greatest === undefined || value > this.greatest) this.greatest = value;
  }

  private measureDecimal(value: string): void {
    const [, whole = '', decimals = ''] = /^-?(.*?)(?:[.,](\d*))?$/.exec(value) ?? [];
    this.wholeDigits = Math.max(this.wholeDigits, whole.replace(/\D/g, '').length);
    this.decimals = Math.max(this.decimals, decimals.length);
  }

  /** Those of the column that will hold the values: a sample rarely has the greatest one. */
  private integerBounds(): { readonly min: string; readonly max: string } {
    const [least, greatest] = [this.least ?? 0n, this.greatest ?? 0n];
    if (least < -(2n ** 31n) || (least < 0n && greatest >= 2n ** 31n)) return { min: String(-(2n ** 63n)), max: String(2n ** 63n - 1n) };
    if (least < 0n) return { min: String(-(2n ** 31n)), max: String(2n ** 31n - 1n) };
    return { min: '0', max: String(greatest < 2n ** 32n ? 2n ** 32n - 1n : 2n ** 63n - 1n) };
  }
}

/** At least half as long again as the longest value. */
function roomFor(longest: number): number {
  return [20, 50, 100, 200, 500, 4_000, 20_000, 100_000].find((length) => length >= longest * 1.5) ?? 1_048_576;
}
