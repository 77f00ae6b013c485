import { replayedRow } from '../definition/replayed-row.js';
import type { FeedDefinition, PipelineDefinition, SurrogateDefinition } from '../definition/types.js';
import { deletesKeys, hasTombstones } from '../entities/deletes.js';
import { entityOf, type Entity, type EntityColumn } from '../entities/entity.js';
import { indexName, stagingName, surrogateName, type TableOwner } from '../names.js';
import { columnOf, sqlType, storedType } from '../sql/column-types.js';
import { surrogateValueType } from './surrogate-values.js';

export interface TableColumn {
  readonly name: string;
  /** Type, nullability and the rest of the column's definition. */
  readonly type: string;
  /** What people read of it in the warehouse's own tools. */
  readonly comment?: string | undefined;
}

/** Columns without their comments: what decides rows. */
export function undescribed(columns: readonly TableColumn[]): TableColumn[] {
  return columns.map(({ name, type }) => ({ name, type }));
}

/** A table as data, so that migrate can compare it with what the server has. */
export interface Table {
  /** Schema and name without the prefix, e.g. `bulk.games`. */
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly primaryKey: readonly string[];
  readonly indexes: readonly { readonly name: string; readonly columns: readonly string[]; readonly unique?: boolean }[];
  /** A reason to exist, for those who read the rendered SQL or look at the table in the warehouse's own tools. */
  readonly comment: string;
  /** Work tables keep the statistics of an empty table, so that plans always start from them. */
  readonly work?: boolean;
}

/**
 * Staging holds a feed's fields as delivered, and where rows that are loaded again stood in their file; rows are clustered by load, so
 * that a load is read and deleted as a range.
 */
export function stagingTable(owner: TableOwner, feed: FeedDefinition): Table {
  return {
    name: stagingName(owner, feed.name),
    columns: [
      { name: 'load_id', type: 'bigint unsigned not null' },
      { name: 'row_offset', type: 'bigint unsigned not null' },
      { name: 'line_number', type: 'bigint unsigned not null' },
      { name: 'padded', type: 'boolean not null' },
      { name: replayedRow.column, type: 'mediumtext null' },
      ...feed.columns.map(({ name, nullable }) => ({ name, type: `mediumtext ${nullable ? 'null' : 'not null'}` })),
    ],
    primaryKey: ['load_id', 'row_offset'],
    indexes: [],
    comment: `rows of ${feed.name} as delivered`,
  };
}

/** Bulk holds the latest row of each business key, with the load that last gave or confirmed it and the row's place in its first file. */
export function bulkTable(entity: Entity): Table {
  if (entity.partition !== undefined) return replacedTable(entity, entity.partition);
  return {
    name: entity.tables.bulk,
    columns: [
      ...entity.columns.map(describedColumn),
      { name: 'load_id', type: 'bigint unsigned not null' },
      { name: 'row_offset', type: 'bigint unsigned not null' },
      { name: 'created_at', type: 'datetime(6) not null' },
      { name: 'updated_at', type: 'datetime(6) not null' },
    ],
    primaryKey: entity.key,
    indexes: indexesOf(entity),
    comment: entity.description ?? `latest ${entity.name} by ${entity.key.join(', ')}`,
  };
}

/** A table of rows without a key, from the last file of each partition. A row is identified by its position in its first file. */
function replacedTable(entity: Entity, partition: string): Table {
  const [date, ...values] = entity.columns.map(describedColumn);
  return {
    name: entity.tables.bulk,
    columns: [
      date!,
      { name: 'load_id', type: 'bigint unsigned not null' },
      { name: 'row_offset', type: 'bigint unsigned not null' },
      { name: 'line_number', type: 'bigint unsigned not null' },
      ...values,
    ],
    primaryKey: [partition, 'row_offset', 'load_id', 'line_number'],
    indexes: indexesOf(entity),
    comment: entity.description ?? `rows of ${entity.name} by ${partition}`,
  };
}

function describedColumn(column: EntityColumn): TableColumn {
  const { name, description: comment } = column;
  return { name, type: storedType(column), ...(comment === undefined ? {} : { comment }) };
}

function indexesOf({ indexes }: Entity): Table['indexes'] {
  return indexes.map((columns) => ({ name: indexName(columns), columns }));
}

/** Every change of an entity with its images before (`old_`, null for a new row) and after (`new_`, null for a deleted one). */
export function changesTable(entity: Entity): Table {
  const type = (name: string) => sqlType(columnOf(entity, name).type);
  const deletes = deletesKeys(entity);
  return {
    name: entity.tables.changes,
    columns: [
      { name: 'batch_number', type: 'bigint unsigned not null' },
      { name: 'load_id', type: 'bigint unsigned not null' },
      ...entity.key.map((name) => ({ name, type: `${type(name)} not null` })),
      { name: 'change_kind', type: 'varchar(8) not null' },
      ...entity.values.flatMap((name) => [
        { name: `old_${name}`, type: `${type(name)} null` },
        { name: `new_${name}`, type: deletes ? `${type(name)} null` : storedType(columnOf(entity, name)) },
      ]),
    ],
    primaryKey: ['batch_number', 'load_id', ...entity.key],
    indexes: [],
    comment: `changes of ${entity.name}: change_kind ${deletes ? 'inserted, updated or deleted' : 'inserted or updated'}`,
  };
}

/** The keys that tombstones deleted, each with the place of the last one. Undefined for an entity without tombstones. */
export function deletedTable(entity: Entity): Table | undefined {
  if (!hasTombstones(entity)) return undefined;
  return {
    name: entity.tables.deleted,
    columns: [
      ...entity.key.map((name) => ({ name, type: `${sqlType(columnOf(entity, name).type)} not null` })),
      { name: 'load_id', type: 'bigint unsigned not null' },
      { name: 'row_offset', type: 'bigint unsigned not null' },
    ],
    primaryKey: entity.key,
    indexes: [],
    comment: `deleted keys of ${entity.name}, and the row that deleted each`,
  };
}

/** The ids of an entity's keys: given once, never reused. Undefined for an entity without ids. */
export function idsTable(entity: Entity): Table | undefined {
  if (entity.ids === undefined) return undefined;
  return {
    name: entity.tables.ids,
    columns: [
      { name: entity.ids, type: 'int unsigned not null' },
      ...entity.key.map((name) => ({ name, type: `${sqlType(columnOf(entity, name).type)} not null` })),
    ],
    primaryKey: [entity.ids],
    indexes: [{ name: 'by_key', columns: entity.key, unique: true }],
    comment: `ids of ${entity.name}, in the order in which its keys were first delivered`,
  };
}

/** The ids of names: given once, never reused. */
export function surrogateTable(pipeline: PipelineDefinition, surrogate: SurrogateDefinition): Table {
  const from = surrogate.from[0];
  if (!from) throw new Error(`surrogate ${surrogate.name} has no source`);
  return {
    name: surrogateName(surrogate.name),
    columns: [
      { name: surrogate.id, type: 'int unsigned not null' },
      { name: surrogate.value, type: `${surrogateValueType(columnOf(entityOf(pipeline, from.entity), from.column).type)} not null` },
    ],
    primaryKey: [surrogate.id],
    indexes: [{ name: 'by_value', columns: [surrogate.value], unique: true }],
    comment: `ids of ${surrogate.value}`,
  };
}
