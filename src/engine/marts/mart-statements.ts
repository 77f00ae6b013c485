import { columnList } from '../sql/identifier.js';
import { qualifiedName } from '../sql/create-table.js';
import { keyTableName } from '../names.js';
import type { Mart } from './mart.js';
import type { RowReplacement } from './mart-refresh.js';

/** `affected` where it names the table: not behind a dot and not before one. */
const affectedTable = /(?<![\w.$])affected(?![\w.])/g;
export const optional = /\[\[([\s\S]*?)\]\]/g;

/** The number of keys in the work table. */
export function countAffectedKeys(mart: Mart): string {
  return `select count(*) as n from ${qualifiedName(keyTableName(mart))}`;
}

export function emptyKeyTable(mart: Mart): string {
  return `delete from ${qualifiedName(keyTableName(mart))}`;
}

/** Of every so many affected keys one, spread evenly: the number of those that the target has. Binds how many. */
export function countKnownKeys(mart: Mart): string {
  const on = mart.refreshBy.map((column) => `${columnList([column], 't')} = ${columnList([column], 'k')}`).join(' and ');
  return `select coalesce(sum(exists (select 1 from ${qualifiedName(mart.target)} t where ${on})), 0) as n
from ${qualifiedName(keyTableName(mart))} k
where crc32(concat_ws(',', ${columnList(mart.refreshBy, 'k')})) % ? = 0`;
}

/**
 * Counts the target's keys by which it is refreshed, but not beyond a limit, which it binds. GROUP BY reads the first columns of the primary key in order;
 * DISTINCT would write them into a temporary table (MariaDB: 9 s for 1.5 million, not 2).
 */
export function countKeysUpTo(mart: Mart): string {
  const keys = columnList(mart.refreshBy);
  return `select count(*) as n from (select ${keys} from ${qualifiedName(mart.target)} group by ${keys} limit ?) k`;
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
 * Deletes the rows of the days `from` to `to` and computes them again. The servers push the condition down into the SELECT: where bulk has
 * an index that begins with the day, nothing but those days is read.
 */
export function replaceDays(mart: Mart, day: string): Omit<RowReplacement, 'after'> {
  const columns = columnList(mart.columns.map((column) => column.name));
  const target = qualifiedName(mart.target);
  const ofDays = `${columnList([day])} between ? and ?`;
  const computed = `with computed (${columns}) as (\n${mart.rows.replace(optional, '')}\n)`;
  return {
    before: [{ sql: `delete from ${target} where ${ofDays}`, binds: ['from', 'to'] }],
    insert: { sql: insertInto(mart, `${computed}\nselect ${columns} from computed where ${ofDays}`), binds: ['from', 'to'] },
  };
}

/** The affected keys with the rows of the target, which may have an alias, that have them. */
export function joinTarget(mart: Mart, alias = ''): string {
  const target = qualifiedName(mart.target);
  const on = mart.refreshBy.map((column) => `${columnList([column], alias || target)} = ${columnList([column], 'k')}`).join(' and ');
  return `${qualifiedName(keyTableName(mart))} k straight_join ${alias ? `${target} ${alias}` : target} on ${on}`;
}
