import type { TableColumn } from '../../engine/bulk/tables.js';
import { parquetType } from '../../engine/exports/parquet-types.js';
import { csvDialect, parquetForm, quoted, text } from './duckdb-sql.js';

/** The files of a table of a processed bucket on this machine. Their names are in the order in which they are read. */
export interface TableFiles {
  readonly columns: readonly TableColumn[];
  /** Whose last row counts. */
  readonly key: readonly string[];
  readonly files: readonly string[];
  /** Columns that at least one of the files has; older ones may lack a column that the mart was given later. */
  readonly written: ReadonlySet<string>;
}

const list = (names: readonly string[], of = '') => names.map((name) => `${of}${quoted(name)}`).join(', ');
const same = (names: readonly string[], one: string, other: string) =>
  names.map((name) => `${one}.${quoted(name)} = ${other}.${quoted(name)}`).join(' and ');
const names = (columns: readonly TableColumn[]) => columns.map(({ name }) => name);

/** SELECT of the last row of each key. */
export function lastRows({ columns, key, files, written }: TableFiles): string {
  const values = columns.map(({ name, type }) =>
    written.has(name) ? quoted(name) : `cast(null as ${typed(type).read}) as ${quoted(name)}`,
  );
  if (files.length === 0)
    return `select ${columns.map(({ name, type }) => `cast(null as ${typed(type).read}) as ${quoted(name)}`).join(', ')} where false`;
  return `select ${list(names(columns))} from (
    select ${values.join(', ')}, row_number() over (partition by ${list(key)} order by filename desc, file_row_number desc) as "the place"
    from read_parquet([${files.map(text).join(', ')}], union_by_name = true, filename = true, file_row_number = true, hive_partitioning = false)
  ) where "the place" = 1`;
}

/** SELECT of rows of the warehouse that stand in a CSV file, with the columns of `more` behind them. */
export function csvRows(file: string, columns: readonly TableColumn[], more: readonly string[] = []): string {
  const read = [
    ...columns.map(({ name, type }) => `${text(name)}: ${text(typed(type).read)}`),
    ...more.map((name) => `${text(name)}: 'BOOLEAN'`),
  ];
  const values = [...columns.map(({ name, type }) => `${typed(type).write(quoted(name))} as ${quoted(name)}`), ...more.map(quoted)];
  return `select ${values.join(', ')} from read_csv(${text(file)}, columns = {${read.join(', ')}}, ${csvDialect})`;
}

/** Makes `bucket` and `warehouse` tables of two SELECTs. */
export function bothTables(bucket: string, warehouse: string): string[] {
  return [`create temporary table bucket as ${bucket}`, `create temporary table warehouse as ${warehouse}`];
}

/** Counts rows of the warehouse, keys that the bucket lacks, keys that only the bucket has, and keys whose rows differ. */
export function countDifferences(columns: readonly TableColumn[], key: readonly string[]): string {
  const first = quoted(key[0]!);
  const values = names(columns).filter((name) => !key.includes(name));
  const differs = values.length === 0 ? 'false' : values.map((name) => `w.${quoted(name)} is distinct from b.${quoted(name)}`).join(' or ');
  return `select (select count(*) from warehouse),
    count(*) filter (b.${first} is null), count(*) filter (w.${first} is null),
    count(*) filter (w.${first} is not null and b.${first} is not null and (${differs}))
  from warehouse w full outer join bucket b on ${same(key, 'w', 'b')}`;
}

/** Behind the columns of a fact: whether the row is the newest of its thing. */
export const isNewest = 'is the newest';

export interface Difference {
  readonly columns: readonly TableColumn[];
  readonly key: readonly string[];
  /** The key of the things that facts are versions of; `newest` is then a table of the last row of each in the bucket. */
  readonly things: readonly string[] | undefined;
  readonly target: string;
}

/**
 * Statements that write the rows of `warehouse` that `bucket` lacks, or has otherwise, as a Parquet file. Of facts the newest rows come
 * last, and those of things of which the bucket has another row as the last one come along. The last statement counts the rows.
 */
export function writeDifference({ columns, key, things, target }: Difference): string[] {
  const values = names(columns).filter((name) => !key.includes(name));
  const equal = values.map((name) => `w.${quoted(name)} is not distinct from b.${quoted(name)}`);
  const changed = `create temporary table changed as
    select w.* from warehouse w where not exists (select 1 from bucket b where ${[same(key, 'w', 'b'), ...equal].join(' and ')})`;
  const lastOther =
    things &&
    `create temporary table moved as
    select w.* from warehouse w
    where w.${quoted(isNewest)} and not exists (select 1 from changed c where ${same(key, 'c', 'w')}) and (
      exists (select 1 from changed c where ${same(things, 'c', 'w')})
      or not exists (select 1 from newest n where ${same([...things, ...key], 'n', 'w')}))`;
  const rows = `select ${list(names(columns))} from (select * from changed${things ? ' union all select * from moved' : ''})
    order by ${things ? `${quoted(isNewest)}, ` : ''}${list(key)}`;
  return [
    changed,
    ...(lastOther === undefined ? [] : [lastOther]),
    `copy (${rows}) to ${text(target)} (${parquetForm(names(columns))})`,
    `select (select count(*) from changed)${things ? ' + (select count(*) from moved)' : ''}`,
  ];
}

/** Writes a table as CSV that `load data` reads: every value in quotes but NULL, which is the word NULL. */
export function writeCsv(table: string, columns: readonly TableColumn[], target: string): string {
  const values = columns.map(({ name, type }) => inSql(quoted(name), typed(type).read));
  return `copy (select ${values.join(', ')} from ${table}) to ${text(target)} (format csv, header false, nullstr 'NULL', force_quote *)`;
}

/** As the warehouse reads it: booleans are numbers there, and instants have no zone behind them. */
function inSql(column: string, read: string): string {
  if (read === 'BOOLEAN') return `cast(${column} as integer)`;
  return read === 'TIMESTAMP' ? `${column} at time zone 'UTC'` : column;
}

function typed(type: string): { readonly read: string; readonly write: (column: string) => string } {
  const known = parquetType(type);
  if (!known) throw new Error(`Parquet has no type for ${type}`);
  return known;
}
