import type { HubDefinition, PipelineDefinition } from '../definition/types.js';
import type { Entity } from '../entities/entity.js';
import { hubName } from '../names.js';
import { qualifiedName } from '../sql/create-table.js';
import { identifier } from '../sql/identifier.js';
import { hubSources } from './find-definition.js';
import { hashKey } from './hash.js';
import { firstSeen, seenParts, type RowSource } from './row-source.js';
import type { ChangeStatement } from '../change-consumer.js';

/** Fills a hub from changes. A key that is one entity's whole key comes once, unless it can be deleted; other keys are looked up in the hub first. */
export function hubFromChanges(pipeline: PipelineDefinition, hub: HubDefinition, rowsOf: (entity: Entity) => RowSource): ChangeStatement[] {
  const sources = hubSources(pipeline, hub);
  const [only] = sources;
  if (only && sources.length === 1 && only.entity.key.length === 1 && only.entity.key[0] === only.column) {
    const rows = rowsOf(only.entity);
    if (rows.deleted === undefined) return [newKeys(hub, rows, only.column)];
  }
  return hubOfUnknownKeys(pipeline, hub, rowsOf);
}

/** Fills a hub with those keys that it does not hold; can be repeated. */
export function hubOfUnknownKeys(
  pipeline: PipelineDefinition,
  hub: HubDefinition,
  rowsOf: (entity: Entity) => RowSource,
): ChangeStatement[] {
  const sources = hubSources(pipeline, hub).map(({ column, entity }) => {
    const rows = rowsOf(entity);
    const updated = rows.updated([column]);
    return {
      rows,
      column,
      conditions: updated === undefined ? [rows.inserted] : [rows.inserted, updated],
      isKey: entity.key.includes(column),
    };
  });
  const key = identifier(hub.key);
  const delivered = sources.map(({ rows, column, conditions, isKey }) => {
    const since = isKey ? 'ofKey' : 'ofValues';
    const where = conditions.length === 1 ? conditions[0] : conditions.map((condition) => `(${condition})`).join(' or ');
    return `  select ${rows.now(column)} as ${key}, ${firstSeen(rows, since)} as first_seen
  from ${rows.from}
  where ${where}
  group by ${rows.now(column)}`;
  });
  const hk = identifier(`${hub.name}_hk`);
  return [
    {
      sql: `insert into ${qualifiedName(hubName(hub.name))} (${hk}, ${key}, load_datetime, record_source)
with delivered as (
${delivered.join('\n  union all\n')}
), hashed as (
  select ${hashKey([key])} as ${hk}, ${key}, min(first_seen) as first_seen
  from delivered
  group by ${key}
)
select h.${hk}, h.${key}, ${seenParts('h.first_seen')}
from hashed h
left join ${qualifiedName(hubName(hub.name))} known on known.${hk} = h.${hk}
where known.${hk} is null
order by h.${hk}`,
      ranges: sources.flatMap(({ rows, conditions }) => (rows.ranged ? conditions.map(() => rows.group) : [])),
    },
  ];
}

function newKeys(hub: HubDefinition, rows: RowSource, column: string): ChangeStatement {
  const hk = identifier(`${hub.name}_hk`);
  return {
    sql: `insert into ${qualifiedName(hubName(hub.name))} (${hk}, ${identifier(hub.key)}, load_datetime, record_source)
select ${hashKey([rows.now(column)])} as ${hk}, ${rows.now(column)}, ${rows.loadDatetime.ofKey}, ${rows.recordSource.ofKey}
from ${rows.from}
where ${rows.inserted}
order by ${hk}`,
    ranges: rows.ranged ? [rows.group] : [],
  };
}
