import type { EntityRead } from '../change-consumer.js';
import type { ColumnDefinition, ColumnType, EntityDefinition, FeedDefinition, PipelineDefinition } from '../definition/types.js';
import type { FormatDefinition } from '../read/format.js';
import { bulkName, changesName, copyName, deletedName, idsName, stagingName, workName } from '../names.js';
import { feedGroups } from './feed-groups.js';
import { uniteTypes } from './unite-types.js';

/** A column of an entity, as wide as each feed that fills it needs. */
export interface EntityColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** What a value is, for people. */
  readonly description?: string | undefined;
  /**
   * For a column of the key: the nullable column of values for which it stands. It has a value that no file can have instead of NULL, so
   * that all NULLs are one key.
   */
  readonly keyOf?: string;
}

/** A feed that fills an entity. */
export interface EntitySource {
  readonly feed: FeedDefinition;
  /** The feed's table, `staging.games`. */
  readonly staging: string;
  /** Of the feed's: rows in which it is empty are left out. */
  readonly filled: string | undefined;
  /** Values that are the same in every row, as a file would have them, by column. */
  readonly set: Readonly<Record<string, string | undefined>>;
}

/** Names of an entity's tables. */
export interface EntityTables {
  /** `bulk.games` */
  readonly bulk: string;
  /** Of its changes; there is none where rows are replaced by partition or appended. */
  readonly changes: string;
  /** Of the keys that tombstones deleted; there is none where no feed has any. */
  readonly deleted: string;
  /** In which a batch is merged. */
  readonly work: string;
  /** Of the ids of its keys; there is none where its definition names no column for them. */
  readonly ids: string;
}

/** How the rows of a chunk are stored in an append entity. */
export interface AppendOrder {
  /** The point by whose cell they are, if by any. */
  readonly cell: string | undefined;
  /** Timestamps by which they are within a cell. */
  readonly order: readonly string[];
  /** Tables that hold them once more. */
  readonly copies: readonly AppendCopy[];
}

/** The rows of an append entity once more, in another order. */
export interface AppendCopy {
  /** `bulk.trips_by_destination` */
  readonly table: string;
  /** The point by whose cell they are stored. */
  readonly cell: string;
  /** The columns that it has. */
  readonly values: readonly string[];
}

/** An entity with what its feeds make of it. */
export interface Entity {
  readonly name: string;
  /** What a row is, for people. */
  readonly description: string | undefined;
  readonly tables: EntityTables;
  /**
   * Empty where rows are replaced by partition or appended. A nullable column of the definition's key stands among the values, with
   * `<column>_key` here.
   */
  readonly key: readonly string[];
  /** The column of the ids that rows have in gear.ids_<name>; undefined where they have none. */
  readonly ids: string | undefined;
  /** The column by whose date rows are replaced; undefined where they are not. */
  readonly partition: string | undefined;
  /** How rows are stored that are appended; undefined where they are not. */
  readonly append: AppendOrder | undefined;
  readonly values: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  /** In the order of its tables: key or partition, then values. */
  readonly columns: readonly EntityColumn[];
  /** Of its feeds: its changes are numbered by the group's batches. */
  readonly group: string;
  readonly sources: readonly EntitySource[];
}

/** What decides a pipeline's entities. */
export type EntityOwner = Pick<PipelineDefinition, 'feeds' | 'entities' | 'tablePrefix'>;

/** The entities of a pipeline in the order of its definition, which was validated. */
export function entitiesOf(pipeline: EntityOwner): readonly Entity[] {
  const groups = feedGroups(pipeline);
  return pipeline.entities.map((entity) => {
    const sources = entity.from.map(({ feed: name, where, set = {} }): EntitySource => {
      const feed = pipeline.feeds.find((candidate) => candidate.name === name);
      if (!feed) throw new Error(`entity ${entity.name} is filled by ${name}, and there is no such feed`);
      return { feed, staging: stagingName(pipeline, name), filled: where?.filled, set };
    });
    const partition = entity.replaces && sources[0]?.feed.partition?.column;
    const columns = columnNames(entity, partition).map((name): EntityColumn => {
      const column = uniteColumn(name, sources);
      if (typeof column === 'string') throw new Error(`entity ${entity.name}: ${column}`);
      return column;
    });
    const isKey = ({ name }: EntityColumn) => entity.key?.includes(name) ?? false;
    const keys = columns.filter(isKey).map((column) => (column.nullable ? keyColumn(column) : column));
    const nullable = columns.filter((column) => isKey(column) && column.nullable);
    return {
      name: entity.name,
      description: entity.description,
      tables: {
        bulk: bulkName(pipeline, entity.name),
        changes: changesName(pipeline, entity.name),
        deleted: deletedName(pipeline, entity.name),
        work: workName(pipeline, entity.name),
        ids: idsName(pipeline, entity.name),
      },
      key: keys.map(({ name }) => name),
      ids: entity.ids,
      partition,
      append: entity.append && {
        cell: entity.cell,
        order: entity.order ?? [],
        copies: (entity.copies ?? []).map((copy) => ({ table: copyName(bulkName(pipeline, entity.name), copy.cell), ...copy })),
      },
      values: [...nullable.map(({ name }) => name), ...entity.values],
      indexes: entity.indexes ?? [],
      columns: [...keys, ...nullable, ...columns.filter((column) => !isKey(column))],
      group: groups.get(sources[0]!.feed.name)!,
      sources,
    };
  });
}

/** The column that stands in the key for one that may be NULL. */
function keyColumn({ name, type }: EntityColumn): EntityColumn {
  return { name: `${name}${keySuffix}`, type, nullable: false, keyOf: name };
}

/** Behind the name of a nullable column of a key. */
export const keySuffix = '_key';

/** The entity of that name; definitions were validated, so it is there. */
export function entityOf(pipeline: EntityOwner & Pick<PipelineDefinition, 'name'>, name: string): Entity {
  const entity = entitiesOf(pipeline).find((candidate) => candidate.name === name);
  if (!entity) throw new Error(`pipeline ${pipeline.name} has no entity ${name}`);
  return entity;
}

/** What reads an entity's changes must know of it. */
export function readOf({ name, tables, group, sources }: Entity): EntityRead {
  return { entity: name, changes: tables.changes, group, feeds: sources.map(({ feed }) => feed.name) };
}

/** An entity's columns in the order of its tables: key or the partition's column, then values. */
export function columnNames({ key = [], values }: Pick<EntityDefinition, 'key' | 'values'>, partition?: string): readonly string[] {
  return [...(partition === undefined ? key : [partition]), ...values];
}

export function entityColumns({ columns }: Entity): readonly string[] {
  return columns.map(({ name }) => name);
}

/** The entities whose rows are merged by key, and which therefore have changes. */
export function keyedEntities(pipeline: EntityOwner): readonly Entity[] {
  return entitiesOf(pipeline).filter(({ partition, append }) => partition === undefined && append === undefined);
}

/** The entity to which the rows of a feed are appended: the only one that the feed fills. Undefined for other feeds. */
export function appendEntity(pipeline: EntityOwner, feed: string): Entity | undefined {
  return entitiesOf(pipeline).find(({ append, sources }) => append !== undefined && sources[0]?.feed.name === feed);
}

/** The column that holds the date of a feed's partition: no file and no row in staging has it. */
export function partitionColumn({ partition }: Pick<FeedDefinition, 'partition'>): EntityColumn | undefined {
  return partition && { name: partition.column, type: { kind: 'date', format: 'yyyy-mm-dd' }, nullable: false };
}

/** Where the rows of an entity come from, as far as its columns are concerned. */
export interface ColumnSource {
  readonly feed: Pick<FeedDefinition, 'name' | 'partition'> & {
    readonly columns: readonly ColumnDefinition[];
    readonly format?: FormatDefinition | null | undefined;
  };
  readonly set: Readonly<Record<string, string | undefined>>;
  /** Rows in which it is empty are left out. */
  readonly filled?: string | undefined;
}

/**
 * The column that holds what each source has of it: those that set it need only hold their value, and say nothing of its type unless all
 * do. A text says why there is no such column.
 */
export function uniteColumn(name: string, sources: readonly ColumnSource[]): EntityColumn | string {
  const known = sources.flatMap(({ feed, set, filled }) => {
    const column = [partitionColumn(feed), ...feed.columns].find((candidate) => candidate?.name === name);
    const nullable = column?.nullable === true && filled !== name;
    return column
      ? [{ feed: feed.name, type: asDelivered(column.type, feed.format), column, nullable, isSet: set[name] !== undefined }]
      : [];
  });
  const read = known.filter(({ isSet }) => !isSet);
  const [first, ...others] = read.length > 0 ? read : known;
  if (!first) return `no feed that fills it has a column ${name}, so its type is not known`;
  let { type } = first;
  for (const other of others) {
    const united = uniteTypes(type, other.type);
    if (!united)
      return `${name} of ${first.feed} and of ${other.feed} are of types that no column can hold together. Give both columns the same type`;
    type = united;
  }
  const description = known
    .map(({ column }) => ('description' in column ? column.description : undefined))
    .find((text) => text !== undefined);
  return { name, type, nullable: [first, ...others].some(({ nullable }) => nullable), ...(description !== undefined && { description }) };
}

/** Of a log nothing is trimmed, unless the type says so. */
function asDelivered(type: ColumnType, format: FormatDefinition | null | undefined): ColumnType {
  return type.kind === 'text' && type.trim === undefined && format?.kind === 'combined-log' ? { ...type, trim: 'none' } : type;
}
