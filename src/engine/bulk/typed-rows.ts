import { replayedRow } from '../definition/replayed-row.js';
import type { ColumnDefinition, FeedDefinition } from '../definition/types.js';
import { entityColumns, type Entity, type EntityColumn, type EntitySource } from '../entities/entity.js';
import { columnOf } from '../sql/column-types.js';
import { qualifiedName } from '../sql/create-table.js';
import { identifier } from '../sql/identifier.js';
import { traitsOf } from '../types/column-traits.js';
import { constantField, stagedField, stagedText } from '../types/staged-field.js';

/** Where a row stood in its first file, in bytes: where it stands, unless it says otherwise. */
export const firstOffset = `if(s.${identifier(replayedRow.column)} is null, s.row_offset, cast(substring_index(${stagedText(replayedRow.column, 's')}, '@', -1) as unsigned))`;

interface Rows {
  readonly entity: Entity;
  readonly source: EntitySource;
  /** All of the entity's when left out. */
  readonly columns?: readonly string[];
  /** `from` and `where`; names the staging table `s`, and where the entity has the partition's column the load `l`. */
  readonly from: string;
  readonly offset?: string;
  /** With their line_number. */
  readonly lines?: boolean;
  /** A further column, with its name. */
  readonly flag?: string | undefined;
}

/** Staged rows that the entity takes, as a derived table `typed` of load_id, row_offset and the columns. */
export function typedRows({ entity, source, columns = entityColumns(entity), from, offset, lines = false, flag }: Rows): string {
  const taken = source.filled === undefined ? from : `${from}\n    and ${isFilled(source.filled)}`;
  return `(
  select s.load_id, ${offset === undefined ? 's.row_offset' : `${offset} as row_offset`}${lines ? ', s.line_number' : ''},
    ${columns.map((name) => `${sourceValue(entity, source, name)} as ${identifier(name)}`).join(',\n    ')}${flag === undefined ? '' : `,\n    ${flag}`}
  ${taken}
) typed`;
}

/** Condition for staged rows that have something in the column. */
export function isFilled(column: string): string {
  return `(${stagedText(column, 's')} <> '') is true`;
}

/** `from` and `where` of the staged rows of one load, which is bound. */
export function rowsOfLoad(entity: Entity, { feed, staging, set }: EntitySource): string {
  const isDated = entity.columns.some(({ name }) => isPartition(feed, name) && set[name] === undefined);
  const load = isDated ? '\n  straight_join gear.loads l on l.load_id = s.load_id' : '';
  return `from ${qualifiedName(staging)} s${load}\n  where s.load_id = ?`;
}

function isPartition({ partition }: FeedDefinition, name: string): boolean {
  return partition?.column === name;
}

/** SQL of an entity's column in a staged row; that of the partition's date names the load `l`. */
function sourceValue(entity: Entity, source: EntitySource, name: string): string {
  const { keyOf, type } = columnOf(entity, name);
  if (keyOf !== undefined) return `coalesce(${sourceValue(entity, source, keyOf)}, ${traitsOf(type).nullKey})`;
  const { feed, set } = source;
  const constant = set[name];
  if (constant === undefined) return isPartition(feed, name) ? 'l.partition_date' : stagedValue(columnOf(feed, name), 's');
  return constantValue(columnOf(entity, name), constant);
}

/** SQL of a value that a definition writes as a file would have it. */
export function constantValue(column: EntityColumn, constant: string): string {
  return column.nullable && constant === '' && !hasEmptyValue(column) ? 'null' : traitsOf(column.type).convert(constantField(constant));
}

/** SQL of the value of a feed's column in a staged row `s`. */
export function stagedColumn(feed: FeedDefinition, name: string): string {
  return stagedValue(columnOf(feed, name), 's');
}

/** SQL that turns a staged field into its type; NULL stays NULL, and so is an empty one of a nullable column whose type gives it no value. */
function stagedValue(column: ColumnDefinition, alias: string): string {
  const field = stagedField(column.name, alias);
  const value = traitsOf(column.type).convert(field);
  if (!column.nullable) return value;
  const text = traitsOf(column.type).exact ? field.delivered : field.text;
  // NULL is neither true nor false for the functions that convert a choice.
  const isNull = hasEmptyValue(column) ? `${field.delivered} is null` : `coalesce(length(${text}), 0) = 0`;
  return `if(${isNull}, null, ${value})`;
}

/** The type says what an empty value is stored as, so that it is not NULL. */
function hasEmptyValue({ type }: Pick<ColumnDefinition, 'type'>): boolean {
  return type.kind === 'text' && type.empty !== undefined;
}
