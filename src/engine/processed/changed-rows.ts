import type { ChangeStatement, EntityRead } from '../change-consumer.js';
import { affectedSelects, type AffectedSelect } from '../marts/find-keys.js';
import type { Mart } from '../marts/mart.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList } from '../sql/identifier.js';
import type { ProcessedTable } from './processed-table.js';

/**
 * The rows of a mart that changes affect, by one SELECT: it sees the mart at one point in time. Of facts the newest row of each thing that
 * has an affected one comes along, and comes last: whatever order its versions had before, who reads the bucket to its end has the newest
 * row of a thing as its last one.
 */
export function changedRows(mart: Mart, newest: Mart | undefined, entities: readonly EntityRead[]): ChangeStatement {
  const own = affectedSelects(mart, entities);
  const parts = [...own.map((keys) => affectedKeys(mart, keys)), ...(newest ? newestKeys(mart, newest, own, entities) : [])];
  const sql = `select ${columnList(
    mart.columns.map(({ name }) => name),
    't',
  )}
from (
${parts.map(({ sql: part }) => part).join('\nunion\n')}
) c
straight_join ${qualifiedName(mart.target)} t on ${equal(mart.refreshBy, 't', 'c')}${joinNewest(mart, newest)}
order by ${orderOf(mart, newest)}`;
  return { sql, ranges: parts.flatMap(({ ranges }) => ranges) };
}

function affectedKeys({ refreshBy }: Mart, { select, ranges }: AffectedSelect): ChangeStatement {
  const filled = refreshBy.map((name) => `${columnList([name], 'k')} is not null`).join(' and ');
  return { sql: `select ${columnList(refreshBy, 'k')} from (\n${select}\n) k where ${filled}`, ranges };
}

/** Of the things whose newest row changes affect, and of those of which they affect any row. */
function newestKeys(
  { target, key }: Mart,
  newest: Mart,
  own: readonly AffectedSelect[],
  entities: readonly EntityRead[],
): ChangeStatement[] {
  const id = columnList(key, 'n');
  const joined = `straight_join ${qualifiedName(newest.target)} n on`;
  return [
    ...affectedSelects(newest, entities).map(({ select, ranges }) => ({
      sql: `select ${id} from (\n${select}\n) k ${joined} ${equal(newest.key, 'n', 'k')}`,
      ranges,
    })),
    ...own.map(({ select, ranges }) => ({
      sql: `select ${id} from (\n${select}\n) k straight_join ${qualifiedName(target)} f on ${equal(key, 'f', 'k')} ${joined} ${equal(newest.key, 'n', 'f')}`,
      ranges,
    })),
  ];
}

export function joinNewest({ key }: Mart, newest: Mart | undefined): string {
  return newest ? `\nleft join ${qualifiedName(newest.target)} n on ${equal([...newest.key, ...key], 'n', 't')}` : '';
}

export function orderOf({ key }: Mart, newest: Mart | undefined): string {
  return `${newest ? `${columnList(key, 'n')} is not null, ` : ''}${columnList(key, 't')}`;
}

function equal(columns: readonly string[], one: string, other: string): string {
  return columns.map((name) => `${columnList([name], one)} = ${columnList([name], other)}`).join(' and ');
}

/** All rows of a table in any order; of facts with 1 or 0 behind them for whether they are the newest of their thing. */
export function allWithNewest({ mart, columns, key, newest }: ProcessedTable): string {
  const values = columnList(
    columns.map(({ name }) => name),
    't',
  );
  if (!newest) return `select ${values} from ${qualifiedName(mart)} t`;
  const on = equal([...newest.key, ...key], 'n', 't');
  return `select ${values}, ${columnList(key, 'n')} is not null from ${qualifiedName(mart)} t left join ${qualifiedName(newest.mart)} n on ${on}`;
}
