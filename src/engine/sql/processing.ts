import type { EntityDefinition, FeedDefinition, SurrogateDefinition } from '../definition/types.js';
import { columnOf, entityColumns, sqlType } from './column-types.js';
import { columnList, identifier } from './identifier.js';
import { stagedValue } from './staged-value.js';

/**
 * The statements that merge one batch of staged loads into one entity, in this order, in one transaction that holds the
 * feed's row. `gear.loads` already carries the batch number and a load_datetime that grows in delivery order.
 * Values bound: pipeline, feed, batch number, as often as each statement's `bind` says.
 */
export interface EntityMerge {
  readonly entity: string;
  /** A temporary table: no redo log, gone with its connection, and its DDL does not commit. */
  readonly createWork: string;
  readonly dropWork: string;
  /** Decides what becomes of each key's last row in each load. Binds pipeline, feed, batch. */
  readonly classify: string;
  /** Binds batch. */
  readonly recordChanges: string;
  readonly mergeBulk: string;
  /** Binds pipeline, feed, batch. */
  readonly recordCounts: string;
  /** One for each surrogate that takes names from this entity. */
  readonly assignIds: readonly string[];
}

export interface MergeOptions {
  /** False when the batch is a single load: then no key has several versions, and a sort is saved. */
  readonly manyLoads: boolean;
  readonly surrogates: readonly SurrogateDefinition[];
}

export function renderMerge(feed: FeedDefinition, entity: EntityDefinition, options: MergeOptions): EntityMerge {
  const work = `gear.${identifier(`work_${entity.name}`)}`;
  return {
    entity: entity.name,
    createWork: createWork(feed, entity, work),
    dropWork: `drop temporary table if exists ${work}`,
    classify: classify(feed, entity, work, options.manyLoads),
    recordChanges: recordChanges(entity, work),
    mergeBulk: mergeBulk(entity, work),
    recordCounts: recordCounts(entity, work),
    assignIds: options.surrogates.flatMap((surrogate) =>
      surrogate.from.filter((from) => from.entity === entity.name).map((from) => assignIds(surrogate, from.column, work)),
    ),
  };
}

function createWork(feed: FeedDefinition, entity: EntityDefinition, work: string): string {
  const type = (name: string) => sqlType(columnOf(feed, name).type);
  const lines = [
    'load_id bigint unsigned not null',
    'row_offset bigint unsigned not null',
    'load_datetime datetime(6) not null',
    ...entityColumns(entity).map((name) => `${identifier(name)} ${type(name)} null`),
    ...entity.values.map((name) => `${identifier(`old_${name}`)} ${type(name)} null`),
    'superseded bigint unsigned not null',
    'outcome varchar(9) not null',
    'is_current boolean not null',
    'changed_at datetime(6) null',
  ];
  return `create temporary table ${work} (\n  ${lines.join(',\n  ')}\n) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`;
}

function classify(feed: FeedDefinition, entity: EntityDefinition, work: string, manyLoads: boolean): string {
  const { key, values } = entity;
  const columns = entityColumns(entity);
  const same = (left: (name: string) => string, right: (name: string) => string) =>
    values.length === 0 ? 'true' : values.map((name) => `${left(name)} <=> ${right(name)}`).join(' and ');
  const held = (name: string) => identifier(`held_${name}`);
  const previous = (name: string) => (manyLoads ? identifier(`previous_${name}`) : held(name));
  const isNew = manyLoads ? '(is_first and not is_held)' : 'not is_held';
  const outcome = `case
      when is_outdated then 'outdated'
      when ${isNew} then 'inserted'
      when ${same(identifier, previous)} then 'unchanged'
      else 'updated'
    end`;
  const sequenced = `, sequenced as (
  -- each version beside the one before it: of an earlier load of the batch, or else of bulk
  select placed.*,
    lag(load_id) over versions is null as is_first,
    lead(load_id) over versions is null and not is_outdated as is_current${values
      .map((name) => `,\n    if(lag(load_id) over versions is null, ${held(name)}, lag(${identifier(name)}) over versions) as ${previous(name)}`)
      .join('')}
  from placed
  window versions as (partition by ${columnList(key)}, is_outdated order by load_datetime)
)`;
  return `insert into ${work}
with typed as (
  select s.load_id, s.row_offset, l.load_datetime, l.delivery_order,
    ${columns.map((name) => `${stagedValue(columnOf(feed, name), 's')} as ${identifier(name)}`).join(',\n    ')}
  from gear.loads l
  join staging.${identifier(feed.name)} s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ?
), ranked as (
  select typed.*,
    row_number() over file_rows as row_of_key,
    lead(row_offset) over file_rows is null as is_last
  from typed
  window file_rows as (partition by ${columnList(key)}, load_id order by row_offset)
), placed as (
  -- the last row of each key in each file, beside what bulk holds
  select ranked.load_id, ranked.row_offset, ranked.load_datetime, ${columnList(columns, 'ranked')},
    ranked.row_of_key - 1 as superseded,
    held.load_id is not null as is_held,
    coalesce((held_load.delivery_order, held.load_id, held.row_offset) > (ranked.delivery_order, ranked.load_id, ranked.row_offset), false) as is_outdated${values
      .map((name) => `,\n    held.${identifier(name)} as ${held(name)}`)
      .join('')}
  from ranked
  left join bulk.${identifier(entity.name)} held on ${key.map((name) => `held.${identifier(name)} = ranked.${identifier(name)}`).join(' and ')}
  left join gear.loads held_load on held_load.load_id = held.load_id
  where ranked.is_last
)${manyLoads ? sequenced : ''}, decided as (
  select ${manyLoads ? 'sequenced' : 'placed'}.*, ${outcome} as outcome
  from ${manyLoads ? 'sequenced' : 'placed'}
)
select load_id, row_offset, load_datetime, ${columnList(columns)},
  ${values.map((name) => `if(outcome = 'updated', ${previous(name)}, null), `).join('')}superseded, outcome,
  ${manyLoads ? 'is_current' : 'not is_outdated'},
  ${manyLoads ? `max(if(outcome in ('inserted', 'updated'), load_datetime, null)) over (partition by ${columnList(key)})` : `if(outcome = 'updated', load_datetime, null)`}
from decided`;
}

function recordChanges(entity: EntityDefinition, work: string): string {
  const images = entity.values.flatMap((name) => [`old_${name}`, `new_${name}`]);
  const source = entity.values.flatMap((name) => [identifier(`old_${name}`), identifier(name)]);
  return `insert into gear.${identifier(`changes_${entity.name}`)}
  (${columnList(['batch_number', 'load_id', ...entity.key, 'change_kind', ...images])})
select ?, load_id, ${columnList(entity.key)}, outcome${source.map((column) => `, ${column}`).join('')}
from ${work}
where outcome in ('inserted', 'updated')
order by load_id, ${columnList(entity.key)}`;
}

function mergeBulk(entity: EntityDefinition, work: string): string {
  const columns = entityColumns(entity);
  const updates = [...entity.values, 'load_id', 'row_offset'].map((name) => `${identifier(name)} = d.${identifier(name)}`);
  return `insert into bulk.${identifier(entity.name)}
  (${columnList(columns)}, load_id, row_offset, created_at, updated_at)
select ${columnList(columns, 'd')}, d.load_id, d.row_offset, coalesce(d.changed_at, d.load_datetime), coalesce(d.changed_at, d.load_datetime)
from ${work} d
where d.is_current
order by ${columnList(entity.key, 'd')}
on duplicate key update ${updates.join(', ')}, updated_at = coalesce(d.changed_at, updated_at)`;
}

function recordCounts(entity: EntityDefinition, work: string): string {
  const count = (outcome: string) => `coalesce(sum(w.outcome = '${outcome}'), 0)`;
  return `insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, '${entity.name}', ${count('inserted')}, ${count('updated')}, ${count('unchanged')}, coalesce(sum(w.superseded), 0), ${count('outdated')}
from gear.loads l
left join ${work} w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ?
group by l.load_id`;
}

/** The caller holds the surrogate's lock, so that ids are gapless and nobody gives the same one. */
function assignIds(surrogate: SurrogateDefinition, column: string, work: string): string {
  const [table, id, value] = [`gear.${identifier(surrogate.name)}`, identifier(surrogate.id), identifier(surrogate.value)];
  return `insert into ${table} (${id}, ${value})
with names as (
  select distinct w.${identifier(column)} as name
  from ${work} w
  left join ${table} known on known.${value} = w.${identifier(column)}
  where w.outcome in ('inserted', 'updated') and known.${id} is null
)
select (select coalesce(max(${id}), 0) from ${table}) + row_number() over (order by name), name
from names`;
}
