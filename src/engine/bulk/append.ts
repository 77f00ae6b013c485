import { entityColumns, type Entity, type EntitySource } from '../entities/entity.js';
import { columnOf, sqlType } from '../sql/column-types.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier } from '../sql/identifier.js';
import { isFilled, rowsOfLoad, typedRows } from './typed-rows.js';

/**
 * The statements that take a load from staging to bulk without a work table, where every key of it lies above all that bulk holds:
 * a first load, new days, ids that grow. What they leave in bulk and changes is what the merge would have left.
 */
export interface EntityAppend {
  /** Whether the load's first row lies above bulk (`above`): most loads need no further look. Binds load. */
  readonly peek: string;
  /** The number of the load's rows that the entity takes (`row_count`). Binds load. */
  readonly count: string;
  /** The load's lowest key stays in the session. Binds load. */
  readonly findLowest: string;
  /** Whether that key lies above bulk (`above`). */
  readonly compare: string;
  /** The last row of each key. Binds load_datetime, load. */
  readonly appendBulk: string;
  /** One row for each key of the load, from bulk; binds batch, load. */
  readonly recordChanges: string;
}

const ordered = new Set(['integer', 'date', 'timestamp']);

/** Undefined where the key holds a text: those don't grow. */
export function renderAppend(entity: Entity, source: EntitySource): EntityAppend | undefined {
  if (!entity.key.every((name) => ordered.has(columnOf(entity, name).type.kind))) return undefined;
  const bulk = qualifiedName(entity.tables.bulk);
  const keys = columnList(entity.key);
  const lowest = entity.key.map((name, index) => {
    const variable = `@strata_lowest_${index + 1}`;
    const { type } = columnOf(entity, name);
    return type.kind === 'integer' ? variable : `cast(${variable} as ${sqlType(type)})`;
  });
  const staging = qualifiedName(source.staging);
  const from = rowsOfLoad(entity, source);
  const ofLoad = typedRows({ entity, source, columns: entity.key, from });
  const highest = `(select ${keys} from ${bulk} order by ${entity.key.map((name) => `${identifier(name)} desc`).join(', ')} limit 1) highest`;
  const above = (key: string) => `not exists (select 1 from ${highest} where (${columnList(entity.key, 'highest')}) >= (${key}))`;
  return {
    peek: `select ${above(columnList(entity.key, 'typed'))} as above\nfrom ${ofLoad}\norder by typed.row_offset limit 1`,
    count: `select count(*) as row_count from ${staging}${source.filled === undefined ? ' where load_id = ?' : ` s where load_id = ? and ${isFilled(source.filled)}`}`,
    findLowest: `select ${keys}\nfrom ${ofLoad}\norder by ${keys} limit 1\ninto ${entity.key.map((_name, index) => `@strata_lowest_${index + 1}`).join(', ')}`,
    compare: `select ${above(lowest.join(', '))} as above`,
    appendBulk: appendBulk(entity, bulk, typedRows({ entity, source, from })),
    recordChanges: recordChanges(entity, bulk, lowest[0]!),
  };
}

function appendBulk(entity: Entity, bulk: string, rows: string): string {
  const columns = entityColumns(entity);
  const later = `typed.row_offset > ${bulk}.row_offset`;
  const newest = [...entity.values, 'row_offset'].map(
    (name) => `${identifier(name)} = if(${later}, typed.${identifier(name)}, ${bulk}.${identifier(name)})`,
  );
  // Without the WHERE, ON would be taken for a condition of the join.
  return `insert into ${bulk}
  (${columnList([...columns, 'load_id', 'row_offset'])}, created_at, updated_at)
select ${columnList(columns, 'typed')}, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join ${rows}
where true
on duplicate key update ${newest.join(',\n  ')}`;
}

function recordChanges(entity: Entity, bulk: string, lowest: string): string {
  const images = entity.values.flatMap((name) => [`old_${name}`, `new_${name}`]);
  return `insert into ${qualifiedName(entity.tables.changes)}
  (${columnList(['batch_number', 'load_id', ...entity.key, 'change_kind', ...images])})
select ?, b.load_id, ${columnList(entity.key, 'b')}, 'inserted'${entity.values.map((name) => `, null, b.${identifier(name)}`).join('')}
from ${bulk} b
where b.${identifier(entity.key[0]!)} >= ${lowest} and b.load_id = ?
order by ${columnList(entity.key, 'b')}`;
}
