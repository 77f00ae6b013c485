import type { HubDefinition, PipelineDefinition } from '../definition/types.js';
import { identifier } from '../sql/identifier.js';
import { hubSources, type EntityOfFeed } from './find-definition.js';
import { hashKey } from './hash.js';
import type { RowSource } from './row-source.js';
import type { ChangeStatement } from '../change-consumer.js';

/** Digits of a datetime(6) as text. */
const datetimeLength = 26;

/** Fills a hub from changes. A key that is one entity's whole key comes once; other keys are looked up in the hub first. */
export function hubFromChanges(
  pipeline: PipelineDefinition,
  hub: HubDefinition,
  rowsOf: (of: EntityOfFeed) => RowSource,
): ChangeStatement[] {
  const sources = hubSources(pipeline, hub);
  const [only] = sources;
  if (only && sources.length === 1 && only.entity.key.length === 1 && only.entity.key[0] === only.column) {
    return [newKeys(hub, rowsOf(only), only.column)];
  }
  return hubOfUnknownKeys(pipeline, hub, rowsOf);
}

/** Fills a hub with those keys that it does not hold; can be repeated. */
export function hubOfUnknownKeys(
  pipeline: PipelineDefinition,
  hub: HubDefinition,
  rowsOf: (of: EntityOfFeed) => RowSource,
): ChangeStatement[] {
  const sources = hubSources(pipeline, hub).map(({ column, ...of }) => {
    const rows = rowsOf(of);
    const updated = rows.updated([column]);
    return {
      rows,
      column,
      conditions: updated === undefined ? [rows.inserted] : [rows.inserted, updated],
      isKey: of.entity.key.includes(column),
    };
  });
  const key = identifier(hub.key);
  const delivered = sources.map(({ rows, column, conditions, isKey }) => {
    const since = isKey ? rows.loadDatetime.ofKey : rows.loadDatetime.ofValues;
    const where = conditions.length === 1 ? conditions[0] : conditions.map((condition) => `(${condition})`).join(' or ');
    return `  select ${rows.now(column)} as ${key}, concat(min(${since}), ${rows.recordSource}) as first_seen
  from ${rows.from}
  where ${where}
  group by ${rows.now(column)}`;
  });
  const hk = identifier(`${hub.name}_hk`);
  return [
    {
      sql: `insert into vault.${identifier(`hub_${hub.name}`)} (${hk}, ${key}, load_datetime, record_source)
with delivered as (
${delivered.join('\n  union all\n')}
), hashed as (
  select ${hashKey([key])} as ${hk}, ${key}, min(first_seen) as first_seen
  from delivered
  group by ${key}
)
select h.${hk}, h.${key}, left(h.first_seen, ${datetimeLength}), substring(h.first_seen, ${datetimeLength + 1})
from hashed h
left join vault.${identifier(`hub_${hub.name}`)} known on known.${hk} = h.${hk}
where known.${hk} is null
order by h.${hk}`,
      ranges: sources.flatMap(({ rows, conditions }) => (rows.ranged ? conditions.map(() => rows.feed) : [])),
    },
  ];
}

function newKeys(hub: HubDefinition, rows: RowSource, column: string): ChangeStatement {
  const hk = identifier(`${hub.name}_hk`);
  return {
    sql: `insert into vault.${identifier(`hub_${hub.name}`)} (${hk}, ${identifier(hub.key)}, load_datetime, record_source)
select ${hashKey([rows.now(column)])} as ${hk}, ${rows.now(column)}, ${rows.loadDatetime.ofKey}, ${rows.recordSource}
from ${rows.from}
where ${rows.inserted}
order by ${hk}`,
    ranges: rows.ranged ? [rows.feed] : [],
  };
}
