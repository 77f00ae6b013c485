import type { ColumnType } from '../definition/types.js';
import { traitsOf } from '../types/column-traits.js';

/** The SQL type of a column in bulk, vault and changes; all text is compared exactly. */
export function sqlType(type: ColumnType): string {
  return traitsOf(type).sqlType;
}

/** The SQL type of a column that is NULL where the file has nothing, if the definition says so. */
export function storedType({ type, nullable }: { readonly type: ColumnType; readonly nullable?: boolean | undefined }): string {
  return `${sqlType(type)} ${nullable ? 'null' : 'not null'}`;
}

/** A column of a feed or an entity; definitions were validated, so it is there. */
export function columnOf<Column extends { readonly name: string }>(
  of: { readonly name: string; readonly columns: readonly Column[] },
  name: string,
): Column {
  const column = of.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Error(`${of.name} has no column ${name}`);
  return column;
}
