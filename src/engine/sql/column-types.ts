import type { ColumnDefinition, ColumnType, EntityDefinition, FeedDefinition } from '../definition/types.js';
import { traitsOf } from '../types/column-traits.js';

/** The SQL type of a column in bulk, vault and changes; all text is compared exactly. */
export function sqlType(type: ColumnType): string {
  return traitsOf(type).sqlType;
}

/** The SQL type of a column that is NULL where the file has nothing, if the definition says so. */
export function storedType({ type, nullable }: ColumnDefinition): string {
  return `${sqlType(type)} ${nullable ? 'null' : 'not null'}`;
}

/** The definition of one of the feed's columns; definitions were validated, so it is there. */
export function columnOf(feed: FeedDefinition, name: string): ColumnDefinition {
  const column = feed.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Error(`feed ${feed.name} has no column ${name}`);
  return column;
}

/** The entity's columns in the order of its tables: key, then values. */
export function entityColumns(entity: EntityDefinition): readonly string[] {
  return [...entity.key, ...entity.values];
}
