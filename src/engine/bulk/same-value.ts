import type { Entity } from '../entities/entity.js';
import { columnOf } from '../sql/column-types.js';
import type { ColumnType } from '../types/column-type.js';

/** Whether blanks at the end are part of the values. Servers ignore them when they compare texts. */
export function keepsBlanks(type: ColumnType): boolean {
  return type.kind === 'text' && type.trim === 'none';
}

/** SQL of whether two values of a column are the same, byte for byte, or both NULL. */
export function sameValue(entity: Pick<Entity, 'name' | 'columns'>, name: string, one: string, other: string): string {
  const bytes = (value: string) => (keepsBlanks(columnOf(entity, name).type) ? `cast(${value} as binary)` : value);
  return `${bytes(one)} <=> ${bytes(other)}`;
}
