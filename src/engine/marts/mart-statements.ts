import { columnList } from '../sql/identifier.js';
import { qualifiedName } from '../sql/create-table.js';
import type { SqlValue } from '../warehouse.js';
import { keyTableName, type Mart } from './mart.js';
import { notCode } from './comments-and-strings.js';

/** A statement with the values for its `?`. */
export interface BoundStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Batches after `after` up to `upTo`, of the feed that an entity is filled from. */
export interface ChangeRange {
  readonly after: bigint;
  readonly upTo: bigint;
}

/** `changes.<entity>`, or what is no code: then the group is empty. */
const changes = new RegExp(`${notCode.source}|(?<![\\w.$])changes\\.([a-z0-9_]+)`, 'g');
/** `affected` where it names the table: not behind a dot and not before one. */
const affectedTable = /(?<![\w.$])affected(?![\w.])/g;
export const optional = /\[\[([\s\S]*?)\]\]/g;

/**
 * Fill the (empty) work table with the keys that changes in the ranges, by entity, affect, as far as they are at most as high as `highest`
 * says by column; entities whose range is empty have no statement. The table's primary key tells the same keys apart: for a million of them that takes half of what UNION or DISTINCT take,
 * which write them into a temporary table first.
 */
export function insertAffectedKeys(
  mart: Mart,
  ranges: ReadonlyMap<string, ChangeRange>,
  highest: Readonly<Record<string, SqlValue>> = {},
): readonly BoundStatement[] {
  const table = qualifiedName(keyTableName(mart));
  const [first] = mart.refreshBy;
  const limits = mart.refreshBy.filter((name) => name in highest);
  const conditions = [
    ...mart.refreshBy.filter((name) => !limits.includes(name)).map((name) => `${columnList([name], 'k')} is not null`),
    ...limits.map((name) => `${columnList([name], 'k')} <= ?`),
  ];
  return mart.affected.flatMap(({ entity, select }) => {
    const range = ranges.get(entity);
    if (!range) throw new Error(`${mart.target}: no range of changes for ${entity}`);
    if (range.after >= range.upTo) return [];
    const values: SqlValue[] = [];
    const keys = select.replace(changes, (text, named?: string) => {
      if (named === undefined) return text;
      values.push(range.after, range.upTo);
      return `(select * from ${qualifiedName(`gear.changes_${entity}`)} where batch_number > ? and batch_number <= ?)`;
    });
    const sql = `insert into ${table} (${columnList(mart.refreshBy)})
select ${columnList(mart.refreshBy, 'k')} from (
${keys}
) k
where ${conditions.join(' and ')}
on duplicate key update ${columnList([first!])} = ${table}.${columnList([first!])}`;
    return [{ sql, values: [...values, ...limits.map((name) => highest[name]!)] }];
  });
}

/** The number of keys in the work table. */
export function countAffectedKeys(mart: Mart): string {
  return `select count(*) as n from ${qualifiedName(keyTableName(mart))}`;
}

export function emptyKeyTable(mart: Mart): string {
  return `delete from ${qualifiedName(keyTableName(mart))}`;
}

/** Of every `step`th affected key, spread evenly: the number of those that the target has. */
export function countKnownKeys(mart: Mart, step: number): string {
  const on = mart.refreshBy.map((column) => `${columnList([column], 't')} = ${columnList([column], 'k')}`).join(' and ');
  return `select coalesce(sum(exists (select 1 from ${qualifiedName(mart.target)} t where ${on})), 0) as n
from ${qualifiedName(keyTableName(mart))} k
where crc32(concat_ws(',', ${columnList(mart.refreshBy, 'k')})) % ${step} = 0`;
}

/**
 * Counts the target's keys by which it is refreshed, but not beyond `limit`. GROUP BY reads the first columns of the primary key in order;
 * DISTINCT would write them into a temporary table (MariaDB: 9 s for 1.5 million, not 2).
 */
export function countKeysUpTo(mart: Mart, limit: number): string {
  const keys = columnList(mart.refreshBy);
  return `select count(*) as n from (select ${keys} from ${qualifiedName(mart.target)} group by ${keys} limit ${limit}) k`;
}

/** Deletes the rows of affected keys, or all. */
export function deleteRows(mart: Mart, scope: 'affected' | 'all'): string {
  const target = qualifiedName(mart.target);
  if (scope === 'all') return `delete from ${target}`;
  // Without an alias: MariaDB looks for an alias in the session's default database, and there is none.
  return `delete ${target} from ${joinTarget(mart)}`;
}

/** Computes and inserts the rows of affected keys, or all. */
export function insertRows(mart: Mart, scope: 'affected' | 'all'): string {
  const keyTable = `${qualifiedName(keyTableName(mart))} as affected`;
  const rows = mart.rows.replace(optional, (_all, part: string) =>
    scope === 'affected' ? part.trim().replace(affectedTable, keyTable) : '',
  );
  return insertInto(mart, rows);
}

export function insertInto(mart: Mart, rows: string): string {
  return `insert into ${qualifiedName(mart.target)} (${columnList(mart.columns.map((column) => column.name))})\n${rows}`;
}

/** The column of the mart's key that holds a day; undefined for one without. */
export function dayOf(mart: Mart): string | undefined {
  return mart.key.find((name) => mart.columns.some((column) => column.name === name && /^date( |$)/.test(column.type)));
}

/**
 * Deletes the rows of some days and computes them again. Binds first and last day, each statement. The servers push the condition down
 * into the SELECT: where bulk has an index that begins with the day, nothing but those days is read.
 */
export function replaceDays(mart: Mart, day: string): readonly string[] {
  const columns = columnList(mart.columns.map((column) => column.name));
  const target = qualifiedName(mart.target);
  const ofDays = `${columnList([day])} between ? and ?`;
  return [
    `delete from ${target} where ${ofDays}`,
    insertInto(
      mart,
      `with computed (${columns}) as (\n${mart.rows.replace(optional, '')}\n)\nselect ${columns} from computed where ${ofDays}`,
    ),
  ];
}

/** The affected keys with the rows of the target, which may have an alias, that have them. */
export function joinTarget(mart: Mart, alias = ''): string {
  const target = qualifiedName(mart.target);
  const on = mart.refreshBy.map((column) => `${columnList([column], alias || target)} = ${columnList([column], 'k')}`).join(' and ');
  return `${qualifiedName(keyTableName(mart))} k straight_join ${alias ? `${target} ${alias}` : target} on ${on}`;
}
