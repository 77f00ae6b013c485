import { isSpace } from './field-check.js';
import type { RowFields } from './row-fields.js';

/** Makes one text of JSON of the fields of a row that the feed has no columns for: an object, or NULL where the file has none of them. */
export class KeptFields {
  /** In the order of their names, so that a row is the same wherever its columns stand in the file. */
  readonly #fields: readonly (readonly [place: number, name: string])[];

  constructor(names: ReadonlyMap<number, string>) {
    this.#fields = [...names].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([place, name]) => [place, `${JSON.stringify(name)}:`] as const);
  }

  textOf(fields: RowFields): string | null {
    if (this.#fields.length === 0) return null;
    return `{${this.#fields.map(([place, name]) => name + JSON.stringify(trimmed(fields, place))).join(',')}}`;
  }
}

/** The fields of such a text, by their names. */
export function keptFieldsIn(text: string): ReadonlyMap<string, string | null> {
  return new Map(Object.entries(JSON.parse(text) as Record<string, string | null>));
}

function trimmed({ bytes, starts, ends, isNull }: RowFields, place: number): string | null {
  if (isNull[place]) return null;
  let [start, end] = [starts[place]!, ends[place]!];
  while (start < end && isSpace(bytes[start]!)) start++;
  while (start < end && isSpace(bytes[end - 1]!)) end--;
  return bytes.toString('utf8', start, end);
}
