import type { EntityDefinition, FeedDefinition } from '../definition/types.js';
import { columnOf, entityColumns } from './column-types.js';
import { columnList, identifier } from './identifier.js';
import { typedRows } from './typed-rows.js';

/**
 * The statements that take a load from staging to bulk without a work table, where every key of it lies above all that bulk holds:
 * a first load, or ids that grow. What they leave in bulk and changes is what the merge would have left.
 */
export interface EntityAppend {
  /** Whether the load's first row lies above bulk (`above`): most loads need no further look. Binds load. */
  readonly peek: string;
  /** The lowest leading key of the load stays in the session, and its rows are counted. Binds load. */
  readonly measure: string;
  /** Whether all rows lie above bulk (`above`), and how many there are (`row_count`). */
  readonly compare: string;
  /** The last row of each key. Binds load_datetime, load. */
  readonly appendBulk: string;
  /** One row for each key of the load, from bulk; binds batch, load. */
  readonly recordChanges: string;
}

/** Undefined where the key does not begin with a number: only those grow. */
export function renderAppend(feed: FeedDefinition, entity: EntityDefinition): EntityAppend | undefined {
  const [leading] = entity.key;
  if (leading === undefined || columnOf(feed, leading).type.kind !== 'integer') return undefined;
  const bulk = `bulk.${identifier(entity.name)}`;
  const first = identifier(leading);
  const highest = `(select max(${first}) from ${bulk})`;
  const ofLoad = typedRows(feed, [leading], `from staging.${identifier(feed.name)} s\n  where s.load_id = ?`);
  return {
    peek: `select coalesce((select ${first} from ${ofLoad} order by row_offset limit 1) > ${highest}, true) as above`,
    measure: `select min(${first}), count(*) into @strata_first_key, @strata_rows\nfrom ${ofLoad}`,
    compare: `select coalesce(@strata_first_key > ${highest}, true) as above, @strata_rows as row_count`,
    appendBulk: appendBulk(feed, entity, bulk),
    recordChanges: recordChanges(entity, bulk, first),
  };
}

function appendBulk(feed: FeedDefinition, entity: EntityDefinition, bulk: string): string {
  const columns = entityColumns(entity);
  const later = `typed.row_offset > ${bulk}.row_offset`;
  const newest = [...entity.values, 'row_offset'].map((name) => `${identifier(name)} = if(${later}, typed.${identifier(name)}, ${bulk}.${identifier(name)})`);
  // Without the WHERE, ON would be taken for a condition of the join.
  return `insert into ${bulk}
  (${columnList([...columns, 'load_id', 'row_offset'])}, created_at, updated_at)
select ${columnList(columns, 'typed')}, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join ${typedRows(feed, columns, `from staging.${identifier(feed.name)} s\n  where s.load_id = ?`)}
where true
on duplicate key update ${newest.join(',\n  ')}`;
}

function recordChanges(entity: EntityDefinition, bulk: string, first: string): string {
  const images = entity.values.flatMap((name) => [`old_${name}`, `new_${name}`]);
  return `insert into gear.${identifier(`changes_${entity.name}`)}
  (${columnList(['batch_number', 'load_id', ...entity.key, 'change_kind', ...images])})
select ?, b.load_id, ${columnList(entity.key, 'b')}, 'inserted'${entity.values.map((name) => `, null, b.${identifier(name)}`).join('')}
from ${bulk} b
where b.${first} >= @strata_first_key and b.load_id = ?
order by ${columnList(entity.key, 'b')}`;
}
