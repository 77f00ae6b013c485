import { deletesKeys, hasTombstones, keyScope, snapshotOf, tombstonesOf } from '../entities/deletes.js';
import type { Entity, EntitySource } from '../entities/entity.js';
import { columnOf } from '../sql/column-types.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier, stringLiteral } from '../sql/identifier.js';
import { traitsOf } from '../types/column-traits.js';
import { constantField } from '../types/staged-field.js';
import { keepsBlanks } from './same-value.js';
import { inRun, keyJoin, ofRun, position, workTable } from './positions.js';
import { constantValue, stagedColumn } from './typed-rows.js';

/** Of the work table: the row says that its key is deleted. No column of a definition has such a name. */
export const tombstoneColumn = '`_deleted`';

/** The statements by which keys of an entity go, after the rows of a run of loads were merged. All of a run bind pipeline, feed, batch, first and last load_datetime. */
export interface EntityDeletes {
  /** Mark rows that a later snapshot has not, or a later tombstone deletes; each binds pipeline. */
  readonly markOutdated: readonly SqlOfPipeline[];
  /** Record what tombstones delete; undefined where no feed has them. */
  readonly recordTombstones: string | undefined;
  /** Counts the tombstones of loads that deleted a key, and those whose key was not there. */
  readonly countTombstones: readonly string[];
  /** Remember which keys are deleted, and forget those that came back. */
  readonly remember: readonly string[];
  /** Deletes from bulk what the run's changes say is deleted. */
  readonly deleteRows: string;
}

interface SqlOfPipeline {
  readonly sql: string;
  readonly bindsPipeline: boolean;
}

/** The statements by which a snapshot deletes the keys that it lacks: all that bulk holds from deliveries before it. */
export interface SnapshotDeletes {
  /** The greatest share of keys that may go. */
  readonly refuseAbove: number;
  /** The keys that would go (`missing`) of those that were there before the load (`held`), once its rows are in the work table. Binds load. */
  readonly countBefore: string;
  /** The same of a load whose rows are in bulk. Binds load, twice. */
  readonly countAppended: string;
  /** Records the changes. Binds batch, load. */
  readonly record: string;
  /** The partitions whose rows go, `partition_date`. Binds batch, load. */
  readonly findPartitions: string;
}

/** Undefined where no feed deletes keys. */
export function renderDeletes(entity: Entity): EntityDeletes | undefined {
  if (!deletesKeys(entity)) return undefined;
  const remembers = hasTombstones(entity);
  return {
    markOutdated: [
      ...entity.sources.flatMap((source) => (snapshotOf(source) ? [{ sql: markBeforeSnapshot(entity, source), bindsPipeline: true }] : [])),
      ...(remembers ? [{ sql: markDeleted(entity), bindsPipeline: false }] : []),
    ],
    recordTombstones: remembers ? recordTombstones(entity) : undefined,
    countTombstones: remembers ? countTombstones(entity) : [],
    remember: remembers ? [rememberDeleted(entity), forgetReturned(entity)] : [],
    deleteRows: deleteRows(entity),
  };
}

/** Undefined for a source whose files say nothing of keys that they lack. */
export function renderSnapshot(entity: Entity, source: EntitySource): SnapshotDeletes | undefined {
  const snapshot = snapshotOf(source);
  if (!snapshot) return undefined;
  const scope = inScope(entity, source, 'b');
  const held = position('held', 'b');
  const bulk = qualifiedName(entity.tables.bulk);
  const before = `(held_first.delivery_order, held_first.load_id) < (s.delivery_order, s.load_id)`;
  const from = `from gear.loads s
straight_join ${bulk} b
${held.joins}
where s.load_id = ?${scope} and b.load_id <> s.load_id and ${before}`;
  return {
    refuseAbove: snapshot.refuseAbove,
    // Keys that the work table has are left out before anything is looked up for the others.
    countBefore: `select (select count(*) from gear.loads s
straight_join ${bulk} b
left join ${workTable(entity)} w on w.load_id = s.load_id and ${keyJoin(entity, 'w', 'b')} and not w.is_outdated
${held.joins}
where s.load_id = ?${scope} and w.load_id is null and ${before}) as missing,
  (select count(*) from ${bulk} b where true${scope}) as held`,
    countAppended: `select (select count(*) ${from}) as missing,
  (select count(*) from gear.loads s straight_join ${bulk} b where s.load_id = ?${scope} and b.created_at <> s.load_datetime) as held`,
    record: `${insertDeleted(entity)}
select ?, s.load_id, ${columnList(entity.key, 'b')}, 'deleted'${images(entity)}
${from}
order by ${columnList(entity.key, 'b')}`,
    findPartitions: `select distinct l.partition_date
from ${qualifiedName(entity.tables.changes)} c
straight_join ${bulk} b on ${keyJoin(entity, 'b', 'c')}
straight_join gear.loads l on l.load_id = b.load_id
where c.batch_number = ? and c.load_id = ? and c.change_kind = 'deleted' and l.partition_date is not null`,
  };
}

/** SQL that is true of a staged row `s` that says that its key is deleted; undefined for a source without such rows. */
export function isTombstone(source: EntitySource): string | undefined {
  const tombstones = tombstonesOf(source);
  if (!tombstones) return undefined;
  const { type } = columnOf(source.feed, tombstones.column);
  const exact = (value: string) => (keepsBlanks(type) ? `cast(${value} as binary)` : value);
  const values = tombstones.values.map((value) => exact(traitsOf(type).convert(constantField(value))));
  return `(${exact(stagedColumn(source.feed, tombstones.column))} in (${values.join(', ')})) is true`;
}

/** Condition for the keys that the source's snapshots are the whole of; empty where that is all of them. */
function inScope(entity: Entity, { set }: EntitySource, alias: string): string {
  const key = entity.key.map((name) => columnOf(entity, name).keyOf ?? name);
  return keyScope(key, set)
    .map(({ column, value }) => ` and ${alias}.${identifier(column)} <=> ${constantValue(columnOf(entity, column), value)}`)
    .join('');
}

/** Whatever the latest snapshot has of a key stands at its place in the order, so that rows before it say nothing any more. */
function markBeforeSnapshot(entity: Entity, source: EntitySource): string {
  const mine = position('l', 'w');
  return `update gear.snapshots latest
straight_join gear.loads s on s.load_id = latest.load_id
straight_join ${workTable(entity)} w
${mine.joins}
set w.is_outdated = true
where latest.pipeline = ? and latest.entity = ${stringLiteral(entity.name)} and latest.feed = ${stringLiteral(source.feed.name)}${inScope(entity, source, 'w')}
  and (l_first.delivery_order, l_first.load_id) < (s.delivery_order, s.load_id)`;
}

function markDeleted(entity: Entity): string {
  const [held, mine] = [position('held', 'd'), position('l', 'w')];
  return `update ${workTable(entity)} w
straight_join ${deletedTable(entity)} d on ${keyJoin(entity, 'd', 'w')}
${held.joins}
${mine.joins}
set w.is_outdated = true
where ${held.sql} > ${mine.sql}`;
}

function recordTombstones(entity: Entity): string {
  return `${insertDeleted(entity)}
select l.batch_number, w.load_id, ${columnList(entity.key, 'w')}, 'deleted'${images(entity)}
${ofRun(workTable(entity))}
straight_join ${qualifiedName(entity.tables.bulk)} b on ${keyJoin(entity, 'b', 'w')}
where ${inRun} and w.${tombstoneColumn} and not w.is_outdated
order by ${columnList(['load_id', ...entity.key], 'w')}`;
}

function countTombstones(entity: Entity): readonly string[] {
  const counted = (what: string, from: string, which: string) => `(
  select w.load_id, ${what}
  ${from}
  where ${inRun} and w.${tombstoneColumn} and not w.is_outdated${which}
  group by w.load_id
)`;
  const changes = `left join ${qualifiedName(entity.tables.changes)} c
    on c.batch_number = l.batch_number and c.load_id = w.load_id and c.change_kind = 'deleted' and ${keyJoin(entity, 'c', 'w')}`;
  const from = `${ofRun(workTable(entity))}\n  ${changes}`;
  return [
    `insert into gear.load_deletions (load_id, entity, deleted)
select t.load_id, ${stringLiteral(entity.name)}, t.deleted
from ${counted('count(*) as deleted', from, ' and c.load_id is not null')} t`,
    `update gear.load_counts n
join ${counted('count(*) as unchanged', from, ' and c.load_id is null')} t on t.load_id = n.load_id
set n.unchanged = n.unchanged + t.unchanged
where n.entity = ${stringLiteral(entity.name)}`,
  ];
}

function rememberDeleted(entity: Entity): string {
  const table = deletedTable(entity);
  return `insert into ${table} (${columnList([...entity.key, 'load_id', 'row_offset'])})
select ${columnList([...entity.key, 'load_id', 'row_offset'], 'w')}
${ofRun(workTable(entity))}
where ${inRun} and w.${tombstoneColumn} and not w.is_outdated
order by ${columnList(entity.key, 'w')}
on duplicate key update row_offset = w.row_offset, load_id = w.load_id`;
}

function forgetReturned(entity: Entity): string {
  const table = deletedTable(entity);
  return `delete ${table}
${ofRun(workTable(entity))}
straight_join ${table} on ${keyJoin(entity, table, 'w')}
where ${inRun} and not w.${tombstoneColumn} and not w.is_outdated`;
}

function deleteRows(entity: Entity): string {
  const bulk = qualifiedName(entity.tables.bulk);
  return `delete ${bulk}
from gear.loads l
straight_join ${qualifiedName(entity.tables.changes)} c on c.batch_number = l.batch_number and c.load_id = l.load_id
straight_join ${bulk} on ${keyJoin(entity, bulk, 'c')}
where ${inRun} and c.change_kind = 'deleted'`;
}

function insertDeleted(entity: Entity): string {
  const columns = entity.values.flatMap((name) => [`old_${name}`, `new_${name}`]);
  return `insert into ${qualifiedName(entity.tables.changes)}
  (${columnList(['batch_number', 'load_id', ...entity.key, 'change_kind', ...columns])})`;
}

function images(entity: Entity): string {
  return entity.values.map((name) => `, b.${identifier(name)}, null`).join('');
}

function deletedTable({ tables }: Entity): string {
  return qualifiedName(tables.deleted);
}
