import type { ColumnType } from '../types/column-type.js';
import { sqlType } from '../sql/column-types.js';

/** Whether a surrogate's ids are of the days that the column's values are of. */
export function isOfDays({ kind }: Pick<ColumnType, 'kind'>): boolean {
  return kind === 'date' || kind === 'timestamp';
}

/** The SQL type of what has an id. */
export function surrogateValueType(type: ColumnType): string {
  return isOfDays(type) ? 'date' : sqlType(type);
}

/** SQL of what has an id, of a column's value. */
export function surrogateValue(type: ColumnType, column: string): string {
  return type.kind === 'timestamp' ? `cast(${column} as date)` : column;
}
