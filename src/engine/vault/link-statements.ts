import type { LinkDefinition, PipelineDefinition } from '../definition/types.js';
import { entityOf } from '../entities/entity.js';
import { effectivityName, linkName } from '../names.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier } from '../sql/identifier.js';
import { linkColumns } from './find-definition.js';
import { hashKey } from './hash.js';
import { firstSeen, seenParts, type RowSource } from './row-source.js';
import type { ChangeStatement } from '../change-consumer.js';

/** Fills a link; one that can have been there before (it came back, or its key is a part of the entity's) is looked up first. */
export function linkStatements(pipeline: PipelineDefinition, link: LinkDefinition, rows: RowSource): ChangeStatement[] {
  const entity = entityOf(pipeline, link.entity);
  const columns = linkColumns(link);
  const isNew = entity.key.every((name) => columns.includes(name)) && rows.deleted === undefined;
  const ofNewKeys = isNew ? newLinks(link, rows) : unknownLinks(link, rows, rows.inserted);
  const updated = rows.updated(columns);
  return updated === undefined ? [ofNewKeys] : [ofNewKeys, unknownLinks(link, rows, updated)];
}

/** Records when links began and ended: both at the load that replaced one by the other, or when their key was deleted. */
export function effectivityStatements(link: LinkDefinition, rows: RowSource): ChangeStatement[] {
  const hk = identifier(`${link.name}_hk`);
  const select = (image: RowSource['now'], active: boolean, where: string) =>
    `select ${hashKey(linkColumns(link).map(image))} as ${hk}, ${rows.loadDatetime.ofValues}, ${active}, ${rows.recordSource.ofValues}
from ${rows.from}
where ${where}`;
  const insert = `insert into ${qualifiedName(effectivityName(link.name))} (${hk}, load_datetime, is_active, record_source)`;
  const ranges = rows.ranged ? [rows.group] : [];
  const updated = rows.updated(linkColumns(link));
  const began = { sql: `${insert}\n${select(rows.now, true, rows.inserted)}\norder by ${hk}`, ranges };
  const ended =
    rows.deleted === undefined ? [] : [{ sql: `${insert}\n${select(rows.before, false, rows.deleted)}\norder by ${hk}`, ranges }];
  if (updated === undefined) return [began, ...ended];
  const both = `${select(rows.before, false, updated)}\nunion all\n${select(rows.now, true, updated)}`;
  return [began, { sql: `${insert}\n${both}\norder by ${hk}`, ranges: [...ranges, ...ranges] }, ...ended];
}

function target(link: LinkDefinition): { table: string; hk: string; into: string } {
  const columns = [
    `${link.name}_hk`,
    ...link.hubs.map(({ hub }) => `${hub}_hk`),
    ...(link.dependent ?? []),
    'load_datetime',
    'record_source',
  ];
  const table = qualifiedName(linkName(link.name));
  return { table, hk: identifier(`${link.name}_hk`), into: `insert into ${table}\n  (${columnList(columns)})` };
}

/** Keys of the link's hubs and its dependent columns, from the SQL of the entity's columns. */
function parts(link: LinkDefinition, image: (column: string) => string): string {
  const hubs = link.hubs.map(({ hub, column }) => `${hashKey([image(column)])} as ${identifier(`${hub}_hk`)}`);
  const dependent = (link.dependent ?? []).map((column) => `${image(column)} as ${identifier(column)}`);
  return [...hubs, ...dependent].join(',\n  ');
}

function newLinks(link: LinkDefinition, rows: RowSource): ChangeStatement {
  const { hk, into } = target(link);
  // A link of the key alone is as old as the row; one that holds values is as old as they are.
  const since = link.driving ? 'ofValues' : 'ofKey';
  return {
    sql: `${into}
select ${hashKey(linkColumns(link).map(rows.now))} as ${hk},
  ${parts(link, rows.now)},
  ${rows.loadDatetime[since]}, ${rows.recordSource[since]}
from ${rows.from}
where ${rows.inserted}
order by ${hk}`,
    ranges: rows.ranged ? [rows.group] : [],
  };
}

function unknownLinks(link: LinkDefinition, rows: RowSource, where: string): ChangeStatement {
  const { table, hk, into } = target(link);
  const columns = linkColumns(link);
  const { isLiteral } = rows.recordSource;
  const first = isLiteral
    ? { column: 'load_datetime', sql: `min(${rows.loadDatetime.ofKey})` }
    : { column: 'first_seen', sql: firstSeen(rows, 'ofKey') };
  return {
    sql: `${into}
with delivered as (
  select ${columns.map((column) => `${rows.now(column)} as ${identifier(column)}`).join(', ')}, ${first.sql} as ${first.column}
  from ${rows.from}
  where ${where}
  group by ${columns.map(rows.now).join(', ')}
), hashed as (
  select ${hashKey(columns.map((column) => identifier(column)))} as ${hk}, ${columnList(columns)}, ${first.column}
  from delivered
)
select h.${hk},
  ${parts(link, (column) => `h.${identifier(column)}`)},
  ${isLiteral ? `h.load_datetime, ${rows.recordSource.ofKey}` : seenParts('h.first_seen')}
from hashed h
left join ${table} known on known.${hk} = h.${hk}
where known.${hk} is null
order by h.${hk}`,
    ranges: rows.ranged ? [rows.group] : [],
  };
}
