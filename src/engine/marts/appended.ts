import { columnList } from '../sql/identifier.js';
import { qualifiedName } from '../sql/create-table.js';
import type { SqlRow, SqlValue } from '../warehouse.js';
import { addCounts } from './count-tables.js';
import { countTableName } from '../names.js';
import type { Mart, MartCatalog } from './mart.js';
import type { KeySearch, MartStatement } from './mart-refresh.js';
import { insertInto, optional } from './mart-statements.js';

/**
 * Keys that lie above all that the target holds, as those of new days or of new ids do: their rows are computed as a range, without
 * looking each key up. With several columns, keys above the highest value of the first, then of the rest those above the second's. Its
 * statements bind the highest values by the names of the columns.
 */
export interface AppendedKeys {
  /** The target's highest value of each column; null in an empty one. */
  readonly findHighest: string;
  readonly columns: readonly string[];
  /** Find the other keys: those at most as high as all of the highest values. */
  readonly findKeys: readonly KeySearch[];
  /** Ranges that don't overlap: together with the other keys, they are every key. */
  readonly ranges: readonly AppendedRange[];
}

export interface AppendedRange {
  /** Whose highest value it lies above. */
  readonly column: string;
  /** Computes and inserts its rows. */
  readonly insert: MartStatement;
  /** Add its rows to the count tables. */
  readonly count: readonly MartStatement[];
}

/** The columns of a range. The range is where the last column is above its highest value. */
type Range = readonly string[];

/** How a mart's new keys are computed as ranges; undefined where they can't be told by a column. */
export function appendedKeys(
  mart: Mart,
  catalog: MartCatalog,
  findKeys: (limits: readonly string[]) => readonly KeySearch[],
): AppendedKeys | undefined {
  const columns = appendColumns(mart, catalog);
  if (columns.length === 0) return undefined;
  return {
    findHighest: findHighest(mart, columns),
    columns,
    findKeys: findKeys(columns),
    ranges: columns.map((column, index) => {
      const range = columns.slice(0, index + 1);
      return { column, insert: insertAppended(mart, range), count: countAppended(mart, range) };
    }),
  };
}

/** The highest values as the statements bind them, by column; undefined where the target is empty. */
export function highestOf({ columns }: AppendedKeys, row: SqlRow | undefined): Readonly<Record<string, SqlValue>> | undefined {
  if (!row || columns.some((column) => row[column] === null)) return undefined;
  return Object.fromEntries(columns.map((column) => [column, numberAsNumber(row[column]!)]));
}

/** Whole numbers beyond 2^53 come as text, by which a column of numbers would be compared as floating-point ones. */
function numberAsNumber(value: SqlValue): SqlValue {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : value;
}

/**
 * The columns of the mart's keys that ranges can be told by: numbers and days that its table has an index of, as have the marts that its
 * rows are read from, and that every `[[on ...]]` of its rows compares with the key's. Days first: what comes in is mostly new by them.
 * None where the rows have any other `[[...]]`.
 */
export function appendColumns(mart: Mart, { marts }: MartCatalog): readonly string[] {
  const parts = [...mart.rows.matchAll(optional)].map(({ 1: part = '', index }) => ({
    part: part.trim(),
    before: mart.rows.slice(0, index),
  }));
  const conditions = parts.filter(({ part }) => part !== keys).map(({ part, before }) => ({ expressions: compared(part), before }));
  if (conditions.length === 0 || conditions.some(({ expressions }) => expressions === undefined)) return [];
  const typeOf = new Map(mart.columns.map(({ name, type }) => [name, type]));
  return mart.refreshBy
    .filter((column) => /^(date|(tiny|small|big)?int)\b/.test(typeOf.get(column) ?? '') && beginsWith([mart.key, ...mart.indexes], column))
    .filter((column) =>
      conditions.every(({ expressions, before }) => expressions?.has(column) && isIndexed(before, expressions.get(column)!, marts)),
    )
    .sort((a, b) => Number(typeOf.get(b)?.startsWith('date')) - Number(typeOf.get(a)?.startsWith('date')));
}

const beginsWith = (indexes: readonly (readonly string[])[], column: string) => indexes.some(([first]) => first === column);

/**
 * Whether the mart or count table that `alias.column` is of, the last one of that alias in the text before, has an index of the column;
 * tables of bulk have those of what marts read.
 */
function isIndexed(before: string, expression: string, marts: readonly Mart[]): boolean {
  const [alias = '', column = ''] = expression.split('.');
  const source = [...before.matchAll(new RegExp(`\\b([a-z]+\\.[a-z0-9_]+)\\s+(?:as\\s+)?${alias}\\b`, 'g'))].at(-1)?.[1];
  const indexesOf = new Map(marts.map(({ target, key, indexes }) => [target, [key, ...indexes]]));
  for (const mart of marts) for (const grouping of mart.countBy) indexesOf.set(countTableName(mart, grouping), [grouping.columns]);
  const indexes = indexesOf.get(source ?? '');
  return indexes === undefined || beginsWith(indexes, column);
}

const keys = 'affected straight_join';

/** What `on <expression> = affected.<column> and ...` compares, by column of the key; undefined for any other text. */
function compared(part: string): ReadonlyMap<string, string> | undefined {
  const conditions = part.replace(/^on\s+/, '').split(/\s+and\s+/);
  const pairs = conditions.map((condition) => /^([a-z0-9_]+\.[a-z0-9_]+) = affected\.([a-z0-9_]+)$/.exec(condition));
  if (!/^on\s/.test(part) || pairs.includes(null)) return undefined;
  return new Map(pairs.map((pair) => [pair![2]!, pair![1]!]));
}

function findHighest(mart: Mart, columns: readonly string[]): string {
  return `select ${columns.map((name) => `(select max(${columnList([name])}) from ${qualifiedName(mart.target)}) as ${columnList([name])}`).join(', ')}`;
}

function insertAppended(mart: Mart, range: Range): MartStatement {
  const binds: string[] = [];
  const rows = mart.rows.replace(optional, (_all, text: string) => {
    const part = text.trim();
    // One row in place of the keys, so that the SELECT stays as it is.
    if (part === keys) return '(select 1 as one) affected straight_join';
    const expressions = compared(part)!;
    binds.push(...range);
    return `on ${inRange(range, (column) => expressions.get(column)!)}`;
  });
  return { sql: insertInto(mart, rows), binds };
}

function countAppended(mart: Mart, range: Range): readonly MartStatement[] {
  const where = inRange(range, (column) => columnList([column], 't'));
  return mart.countBy.map((grouping) => ({
    sql: addCounts(mart, grouping, `${qualifiedName(mart.target)} t where ${where}`, 'add'),
    binds: range,
  }));
}

function inRange(range: Range, expressionOf: (column: string) => string): string {
  return range.map((column, index) => `${expressionOf(column)} ${index === range.length - 1 ? '>' : '<='} ?`).join(' and ');
}
