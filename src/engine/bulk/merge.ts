import type { SurrogateDefinition } from '../definition/types.js';
import { deletesKeys, hasTombstones } from '../entities/deletes.js';
import { entityColumns, type Entity, type EntitySource } from '../entities/entity.js';
import { surrogateName } from '../names.js';
import { columnOf, sqlType } from '../sql/column-types.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier } from '../sql/identifier.js';
import { isTombstone, renderDeletes, tombstoneColumn, type EntityDeletes } from './deletes.js';
import { inRun, keyJoin, ofRun, position, workTable } from './positions.js';
import { sameValue } from './same-value.js';
import { surrogateValue } from './surrogate-values.js';
import { firstOffset, typedRows } from './typed-rows.js';

/**
 * The statements that merge a batch of staged loads into an entity, whichever feed they are of, in one transaction that holds the row of
 * the feed's group. The work table is filled from all loads at once (`renderFill`); changes and bulk follow load by load in delivery order, so that several
 * loads in a batch give what each alone would have given. No sort and no window: the work table's key does both.
 * Of small loads, those that follow one another without a key in common are taken together, which comes to the same.
 */
export interface EntityMerge {
  readonly entity: string;
  /** A temporary table: no redo log, gone with its connection, and its DDL does not commit. */
  readonly createWork: string;
  readonly dropWork: string;
  /** Marks rows that bulk holds from a later delivery; needed when later ones were processed before, and for a replay. */
  readonly markOutdated: string;
  /** Binds batch, load. */
  readonly recordChanges: string;
  /** Binds load_datetime, load. Affects one row for each inserted key and two for each key that was there. */
  readonly mergeBulk: string;
  /** For each load that has a key in common with an earlier one of its batch, `follows`: the load_datetime of the latest such one. */
  readonly findFollowers: string;
  /** `recordChanges` of consecutive loads without a common key. Binds batch, pipeline, feed, batch, first and last load_datetime. */
  readonly recordChangesOfRun: string;
  /** `mergeBulk` of such loads. Binds pipeline, feed, batch, first and last load_datetime. */
  readonly mergeBulkOfRun: string;
  /**
   * Counts how many rows of a load were inserted, updated and so on. Rows are counted in bulk, where they have this load, or in the work
   * table. Must run right after the load was merged, before a later load replaces its rows. Binds load.
   */
  readonly recordCounts: string;
  /** `recordCounts` of such loads, after they were merged together. Binds pipeline, feed, batch, first and last load_datetime. */
  readonly recordCountsOfRun: string;
  /** Gives ids to the keys that these loads brought first; undefined for an entity without ids. Binds pipeline, feed, batch, first and last load_datetime. */
  readonly giveIds: string | undefined;
  /** One for each surrogate that takes names from this entity; the caller holds the surrogate's row in gear.surrogates. Binds batch. */
  readonly assignIds: readonly { readonly surrogate: string; readonly sql: string }[];
  /** Undefined for an entity of which no feed deletes keys. */
  readonly deletes: EntityDeletes | undefined;
}

export function renderMerge(entity: Entity, surrogates: readonly SurrogateDefinition[]): EntityMerge {
  const work = workTable(entity);
  return {
    entity: entity.name,
    createWork: createWork(entity, work),
    dropWork: `drop temporary table if exists ${work}`,
    markOutdated: markOutdated(entity, work),
    recordChanges: recordChanges(entity, `from ${work} w`, 'w.load_id = ?', entity.key),
    mergeBulk: mergeBulk(entity, `from ${work} w\ncross join (select cast(? as datetime(6)) as load_datetime) l`, 'w.load_id = ?'),
    findFollowers: findFollowers(entity, work),
    recordChangesOfRun: recordChanges(entity, ofRun(work), inRun, ['load_id', ...entity.key]),
    mergeBulkOfRun: mergeBulk(entity, ofRun(work), inRun),
    recordCounts: recordCounts(entity, work, 'l.load_id = ?'),
    recordCountsOfRun: recordCounts(entity, work, inRun),
    giveIds: entity.ids === undefined ? undefined : giveIds(entity, entity.ids),
    assignIds: surrogates.flatMap((surrogate) =>
      surrogate.from
        .filter((from) => from.entity === entity.name)
        .map((from) => ({
          surrogate: surrogate.name,
          sql: assignIds(surrogate, entity, from.column),
        })),
    ),
    deletes: renderDeletes(entity),
  };
}

function createWork(entity: Entity, work: string): string {
  const column = (name: string, nullability: string) => `${identifier(name)} ${sqlType(columnOf(entity, name).type)} ${nullability}`;
  const lines = [
    'load_id bigint unsigned not null',
    ...entity.key.map((name) => column(name, 'not null')),
    ...entity.values.map((name) => column(name, 'null')),
    'row_offset bigint unsigned not null',
    'copies int unsigned not null',
    'is_outdated boolean not null',
    ...(hasTombstones(entity) ? [`${tombstoneColumn} boolean not null`] : []),
    `primary key (load_id, ${columnList(entity.key)})`,
  ];
  return `create temporary table ${work} (\n  ${lines.join(',\n  ')}\n) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`;
}

/** Fills the work table with the last row of each key in each load of a feed. Binds pipeline, feed, batch, first load_datetime. */
export function renderFill(entity: Entity, source: EntitySource): string {
  const work = workTable(entity);
  const columns = entityColumns(entity);
  // Equal where a row in quarantine was made two with the same key: staging is read in the order of its rows.
  const later = `typed.row_offset >= ${work}.row_offset`;
  const newest = entity.values.map((name) => `${identifier(name)} = if(${later}, typed.${identifier(name)}, ${work}.${identifier(name)})`);
  const marks = hasTombstones(entity);
  const flags = marks ? [`${tombstoneColumn} = if(${later}, typed.${tombstoneColumn}, ${work}.${tombstoneColumn})`] : [];
  return `insert into ${work} (load_id, ${columnList(columns)}, row_offset, copies, is_outdated${marks ? `, ${tombstoneColumn}` : ''})
select load_id, ${columnList(columns)}, row_offset, 1, false${marks ? `, ${tombstoneColumn}` : ''}
from ${typedRows({
    entity,
    source,
    from: `from gear.loads l
  join ${qualifiedName(source.staging)} s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?`,
    offset: firstOffset,
    flag: marks ? `${isTombstone(source) ?? 'false'} as ${tombstoneColumn}` : undefined,
  })}
on duplicate key update ${[...newest, ...flags, `copies = ${work}.copies + 1`, `row_offset = if(${later}, typed.row_offset, ${work}.row_offset)`].join(',\n  ')}`;
}

function markOutdated(entity: Entity, work: string): string {
  const [held, mine] = [position('held', 'b'), position('l', 'w')];
  return `update ${work} w
straight_join ${qualifiedName(entity.tables.bulk)} b on ${keyJoin(entity, 'b', 'w')}
${held.joins}
${mine.joins}
set w.is_outdated = true
where ${held.sql} > ${mine.sql}`;
}

/** Condition for rows of the work table that bulk is to hold. */
function isRow(entity: Entity): string {
  return hasTombstones(entity) ? `not w.is_outdated and not w.${tombstoneColumn}` : 'not w.is_outdated';
}

function findFollowers(entity: Entity, work: string): string {
  return `select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by ${columnList(entity.key, 'w')} order by l.load_datetime) as earlier
  from ${work} w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id`;
}

function recordChanges(entity: Entity, from: string, which: string, order: readonly string[]): string {
  const images = entity.values.flatMap((name) => [`old_${name}`, `new_${name}`]);
  const source = entity.values.flatMap((name) => [`b.${identifier(name)}`, `w.${identifier(name)}`]);
  const differ = entity.values
    .map((name) => ` or not (${sameValue(entity, name, `b.${identifier(name)}`, `w.${identifier(name)}`)})`)
    .join('');
  return `insert into ${qualifiedName(entity.tables.changes)}
  (${columnList(['batch_number', 'load_id', ...entity.key, 'change_kind', ...images])})
select ?, w.load_id, ${columnList(entity.key, 'w')}, if(b.load_id is null, 'inserted', 'updated')${source.map((column) => `, ${column}`).join('')}
${from}
left join ${qualifiedName(entity.tables.bulk)} b on ${keyJoin(entity, 'b', 'w')}
where ${which} and ${isRow(entity)} and (b.load_id is null${differ})
order by ${columnList(order, 'w')}`;
}

function mergeBulk(entity: Entity, from: string, which: string): string {
  const table = qualifiedName(entity.tables.bulk);
  const same =
    entity.values.map((name) => sameValue(entity, name, `${table}.${identifier(name)}`, `w.${identifier(name)}`)).join(' and ') || 'true';
  const columns = [...entityColumns(entity), 'load_id', 'row_offset'];
  // Assignments run from left to right: the comparison must see the values that were there.
  const updates = [
    `updated_at = if(${same}, ${table}.updated_at, l.load_datetime)`,
    ...[...entity.values, 'load_id', 'row_offset'].map((name) => `${identifier(name)} = w.${identifier(name)}`),
  ];
  return `insert into ${table}
  (${columnList(columns)}, created_at, updated_at)
select ${columnList(columns, 'w')}, l.load_datetime, l.load_datetime
${from}
where ${which} and ${isRow(entity)}
order by ${columnList(entity.key, 'w')}
on duplicate key update ${updates.join(',\n  ')}`;
}

/** Merging leaves `created_at` of a row that was there, and `updated_at` of one that says the same; load_datetimes of a group of feeds differ. */
function recordCounts(entity: Entity, work: string, which: string): string {
  return `insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, '${entity.name}',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join ${work} w on w.load_id = l.load_id
left join ${qualifiedName(entity.tables.bulk)} b on ${keyJoin(entity, 'b', 'w')} and b.load_id = w.load_id and not w.is_outdated
where ${which}
group by l.load_id`;
}

/** To be run right after the loads were merged, while bulk says where each of their new keys stood. Keys of a rebuilt bulk have their ids. */
function giveIds(entity: Entity, id: string): string {
  const ids = qualifiedName(entity.tables.ids);
  return `insert into ${ids} (${columnList([id, ...entity.key])})
select (select coalesce(max(${identifier(id)}), 0) from ${ids}) + row_number() over (order by n.load_datetime, n.row_offset), ${columnList(entity.key, 'n')}
from (
  select l.load_datetime, b.row_offset, ${columnList(entity.key, 'b')}
  from gear.loads l
  straight_join ${qualifiedName(entity.tables.changes)} c on c.batch_number = l.batch_number and c.load_id = l.load_id
  straight_join ${qualifiedName(entity.tables.bulk)} b on ${keyJoin(entity, 'b', 'c')}
  left join ${ids} known on ${keyJoin(entity, 'known', 'c')}
  where ${inRun} and c.change_kind = 'inserted' and known.${identifier(id)} is null
) n`;
}

function assignIds(surrogate: SurrogateDefinition, entity: Entity, column: string): string {
  const [table, id, value] = [qualifiedName(surrogateName(surrogate.name)), identifier(surrogate.id), identifier(surrogate.value)];
  const { type, nullable } = columnOf(entity, column);
  const source = surrogateValue(type, `c.${identifier(entity.values.includes(column) ? `new_${column}` : column)}`);
  return `insert into ${table} (${id}, ${value})
with names as (
  select distinct ${source} as name
  from ${qualifiedName(entity.tables.changes)} c
  left join ${table} known on known.${value} = ${source}
  where c.batch_number = ? and known.${id} is null${nullable || (deletesKeys(entity) && entity.values.includes(column)) ? ` and ${source} is not null` : ''}
)
select (select coalesce(max(${id}), 0) from ${table}) + row_number() over (order by name), name
from names`;
}
