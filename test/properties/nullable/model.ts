import { nullable } from './things.js';

type Value = string | number | null;

/** A row of a file: the values of `things` as the warehouse shows them. */
export interface Thing {
  readonly thing_id: number;
  readonly changed_at: string | null;
  readonly name: string | null;
  readonly group_id: number | null;
  readonly price: string | null;
  readonly is_open: number | null;
  readonly opens: string | null;
  readonly day: string | null;
  readonly code: string | null;
  readonly size: string | null;
  readonly note: string | null;
}

export interface Move {
  readonly city: string;
  readonly weight: string | null;
  readonly moved_at: string | null;
}

export interface Delivery {
  readonly feed: 'sheets' | 'lines' | 'moves';
  /** Seconds, another for each: the place among all deliveries. */
  readonly modified: number;
  readonly things: readonly Thing[];
  readonly moves: readonly Move[];
}

const columns = nullable.map(({ name }) => name as keyof Thing);
const csvField = (name: keyof Thing, value: Value): string => {
  if (value === null) return '';
  return name === 'note' || value === '' ? `"${String(value).replaceAll('"', '""')}"` : String(value);
};
const jsonField = (name: keyof Thing, value: Value): string => (name === 'note' && value !== null ? String(value) : JSON.stringify(value));

/**
 * The file of a delivery as its feed has it. Every second NULL of a line is a member that is not there, but that of a text.
 * Moves have another place in each file, for the same bytes again are refused.
 */
export function textOf({ feed, modified, things, moves }: Delivery): string {
  const all = ['thing_id', ...columns] as const;
  if (feed === 'sheets')
    return [all.join(','), ...things.map((thing) => all.map((name) => csvField(name, thing[name])).join(',')), ''].join('\n');
  if (feed === 'moves')
    return [
      'city,place,weight,moved_at',
      ...moves.map((move) => `${move.city},POINT (${modified % 100} 2),${move.weight ?? ''},${move.moved_at ?? ''}`),
      '',
    ].join('\n');
  const members = (thing: Thing, line: number) =>
    all
      .filter((name, place) => thing[name] !== null || name === 'name' || (line + place) % 2 === 0)
      .map((name) => `${JSON.stringify(name)}:${jsonField(name, thing[name])}`);
  return things.map((thing, line) => `{${members(thing, line).join(',')}}\n`).join('');
}

/** What is there after all deliveries, whatever the order in which they came. */
export class Model {
  readonly things: readonly Thing[];
  readonly versions: readonly Thing[];
  readonly moves: readonly Move[];

  constructor(deliveries: readonly Delivery[]) {
    const inOrder = [...deliveries].sort((a, b) => a.modified - b.modified);
    const rows = inOrder.flatMap(({ things }) => things);
    this.things = [...new Map(rows.map((row) => [row.thing_id, row])).values()].sort((a, b) => a.thing_id - b.thing_id);
    this.versions = [...new Map(rows.map((row) => [`${row.thing_id} ${row.changed_at}`, row])).values()];
    this.moves = inOrder.flatMap(({ moves }) => moves);
  }

  /** Rows of the marts as texts, without ids that depend on the order in which files came. */
  marts(): Readonly<Record<string, readonly string[]>> {
    const { things, versions, moves } = this;
    return {
      groups: grouped(things, ({ group_id: group }) => group ?? -99).map(([group, rows]) =>
        line(
          group,
          rows.length,
          known(rows, 'name').length,
          sum(known(rows, 'price')),
          first(known(rows, 'name')),
          last(known(rows, 'opens')),
        ),
      ),
      dimension: things.map(({ thing_id: id, name, is_open: open, price, changed_at: at, note }) =>
        line(id, Number(name !== null), open ?? -1, Math.round(Number(price ?? 0) * 100), at && at.slice(0, 10), note),
      ),
      counts: grouped(things, ({ name, is_open: open }) => `${Number(name !== null)} ${open ?? -1}`).map(([key, rows]) =>
        line(key, rows.length, Math.round(Number(sum(known(rows, 'price')) ?? 0) * 100)),
      ),
      versions: versions.map(({ thing_id: id, changed_at: at, name, price }) => line(id, at, name, price)),
      newest: grouped(versions, ({ thing_id: id }) => id).map(([id, rows]) => {
        const newest = last(known(rows, 'changed_at'));
        return line(id, rows.length, newest, rows.find(({ changed_at: at }) => at === newest)!.name);
      }),
      sums: grouped(moves, ({ city, moved_at: at }) => `${city} ${Number(at !== null)}`).map(([key, rows]) =>
        line(
          key,
          rows.length,
          known(rows, 'weight').length,
          sum(known(rows, 'weight')) ?? '0.00',
          last(known(rows, 'moved_at')) ?? '1000-01-01 00:00:00',
        ),
      ),
    };
  }
}

/** A row as text; NULL is told from every value. */
export function line(...values: readonly unknown[]): string {
  return values.map((value) => (value === null ? 'NULL' : `${String(value)}`)).join(' | ');
}

function grouped<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): [Key, Row[]][] {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return [...groups];
}

function known<Row, Name extends keyof Row>(rows: readonly Row[], name: Name): NonNullable<Row[Name]>[] {
  return rows.flatMap((row) => row[name] ?? []) as NonNullable<Row[Name]>[];
}

const sum = (values: readonly string[]) =>
  values.length === 0 ? null : (values.reduce((all, value) => all + Math.round(Number(value) * 100), 0) / 100).toFixed(2);
const first = (values: readonly string[]) =>
  values.reduce<string | null>((least, value) => (least === null || value < least ? value : least), null);
const last = (values: readonly string[]) =>
  values.reduce<string | null>((most, value) => (most === null || value > most ? value : most), null);
