import type { ColumnDefinition, ColumnType, EntityDefinition, FeedDefinition } from '../definition/types.js';

/** The SQL type of a column in bulk, vault and changes; all text is compared exactly. */
export function sqlType(type: ColumnType): string {
  switch (type.kind) {
    case 'integer':
      return integerType(BigInt(type.min), BigInt(type.max));
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'date':
      return 'date';
    case 'choice':
      return `varchar(${Math.max(...type.values.map((value) => value.length))})`;
    case 'text':
      return `varchar(${type.maxLength})`;
  }
}

function integerType(min: bigint, max: bigint): string {
  if (min < 0n) throw new Error('integers of files are not negative');
  return max <= 4294967295n ? 'int unsigned' : 'bigint unsigned';
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
