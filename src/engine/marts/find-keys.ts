import type { EntityRead } from '../change-consumer.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList } from '../sql/identifier.js';
import { notCode } from './comments-and-strings.js';
import { keyTableName } from '../names.js';
import type { Mart } from './mart.js';
import type { KeySearch } from './mart-refresh.js';

/** `changes.<entity>`, or a text or comment: then the group is empty. */
const changes = new RegExp(`${notCode.source}|(?<![\\w.$])changes\\.([a-z0-9_]+)`, 'g');

/**
 * Fill the (empty) work table with the keys that changes affect, as far as they are at most as high as the values bound for the columns
 * `limits`. The table's primary key tells the same keys apart: for a million of them that takes half of what UNION or DISTINCT take,
 * which write them into a temporary table first.
 */
export function findKeys(mart: Mart, entities: readonly EntityRead[], limits: readonly string[]): KeySearch[] {
  const table = qualifiedName(keyTableName(mart));
  const [first] = mart.refreshBy;
  const binds = mart.refreshBy.filter((name) => limits.includes(name));
  const conditions = [
    ...mart.refreshBy.filter((name) => !binds.includes(name)).map((name) => `${columnList([name], 'k')} is not null`),
    ...binds.map((name) => `${columnList([name], 'k')} <= ?`),
  ];
  return affectedSelects(mart, entities).map(({ select, ranges }) => {
    const sql = `insert into ${table} (${columnList(mart.refreshBy)})
select ${columnList(mart.refreshBy, 'k')} from (
${select}
) k
where ${conditions.join(' and ')}
on duplicate key update ${columnList([first!])} = ${table}.${columnList([first!])}`;
    return { sql, ranges, binds };
  });
}

/** A SELECT of keys that the changes of a range of batches affect, some of which may be NULL, with the groups of its ranges. */
export interface AffectedSelect {
  readonly select: string;
  readonly ranges: readonly string[];
}

/** The SELECTs of a mart's affected keys, each over the changes of its ranges. */
export function affectedSelects(mart: Pick<Mart, 'target' | 'affected'>, entities: readonly EntityRead[]): AffectedSelect[] {
  return mart.affected.map(({ entity, select }) => {
    const of = entities.find((read) => read.entity === entity);
    if (!of) throw new Error(`${mart.target}: no entity is named ${entity}`);
    const ranges: string[] = [];
    const keys = select.replace(changes, (text, named?: string) => {
      if (named === undefined) return text;
      ranges.push(of.group);
      return `(select * from ${qualifiedName(of.changes)} where batch_number > ? and batch_number <= ?)`;
    });
    return { select: keys, ranges };
  });
}
