import { between, pick, type Random } from '../random.js';

export interface B2bFile {
  /** Below the source. */
  readonly key: string;
  readonly rows: Iterable<string>;
  /** Each character is a byte. */
  readonly encoding?: 'latin1';
}

/** How many there are of each thing, by the rows of a day. */
export interface Sizes {
  readonly companies: number;
  readonly customers: number;
  readonly products: number;
  readonly orders: number;
  readonly leads: number;
  readonly visits: number;
}

export function sizesFor(rows: number): Sizes {
  const part = (share: number) => Math.max(3, Math.round(rows * share));
  return { companies: part(0.02), customers: part(0.05), products: part(0.03), orders: part(0.2), leads: part(0.1), visits: part(0.7) };
}

/** A product, one in twenty of them unknown. */
export const productId = (next: Random, { products }: Sizes): number => between(next, 1, Math.ceil(products * 1.05));

export const customerId = (next: Random, { customers }: Sizes): number => between(next, 1, customers);

export const companyId = (next: Random, { companies }: Sizes): number => between(next, 1, companies);

/** Some have quotes and commas in them. */
export function companyName(id: number): string {
  return id % 8 === 0 ? `"Company ${id}, ""Ltd"""` : `Company ${id}`;
}

/** With 0 to 4 decimals. */
export function price(next: Random): string {
  const digits = between(next, 0, 4);
  const whole = between(next, 1, 900);
  return digits === 0 ? String(whole) : `${whole}.${String(between(next, 0, 10 ** digits - 1)).padStart(digits, '0')}`;
}

/** A time of that day or of the 60 before it, in one of the forms that there are. */
export function createdAt(next: Random, day: Date): string {
  const date = new Date(day.getTime() - (next() < 0.5 ? 0 : between(next, 1, 60) * 86_400_000)).toISOString().slice(0, 10);
  const time = `${twoDigits(between(next, 0, 23))}:${twoDigits(between(next, 0, 59))}:${twoDigits(between(next, 0, 59))}`;
  const fraction = pick(next, ['', '', '.5', '.123456789']);
  return `${date}${pick(next, ['T', ' '])}${time}${fraction}${pick(next, ['Z', 'Z', '', '+02:00', '-05:30', '+14:00'])}`;
}

export const twoDigits = (value: number): string => String(value).padStart(2, '0');

export function* numbered(count: number, row: (id: number) => string): Generator<string> {
  for (let id = 1; id <= count; id++) yield row(id);
}

/** The rows, one of the others before every tenth of them, and the rest of these at the end. */
export function* withOthers(rows: Iterable<string>, others: readonly string[]): Generator<string> {
  let count = 0;
  for (const row of rows) {
    count += 1;
    const other = count % 10 === 0 ? others[count / 10 - 1] : undefined;
    if (other !== undefined) yield other;
    yield row;
  }
  yield* others.slice(Math.floor(count / 10));
}
