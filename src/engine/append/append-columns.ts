import type { EntityColumn } from '../entities/entity.js';
import { storedType } from '../sql/column-types.js';
import type { TableColumn } from '../bulk/tables.js';

/** The columns that every append entity has: `cell` only where its rows are stored by one. A run is what one commit brought. */
export const runColumns: readonly string[] = ['run', 'cell', 'part', 'n'];

/** How a value of a column is held between the file and the table. */
export type AppendKind = 'point' | 'dictionary' | 'timestamp' | 'text';

export function appendKind({ type, nullable }: Pick<EntityColumn, 'type' | 'nullable'>): AppendKind {
  if (type.kind === 'point') return 'point';
  if (type.kind === 'text' && type.dictionary) return 'dictionary';
  const isLocal = type.kind === 'timestamp' && type.zone === 'none' && type.precision === 0 && type.extraDigits !== 'cut' && !nullable;
  return isLocal ? 'timestamp' : 'text';
}

/** The columns of the table that hold a column. */
export function columnsOfAppend(column: EntityColumn): readonly TableColumn[] {
  const { name } = column;
  switch (appendKind(column)) {
    case 'point':
      return ['lon', 'lat'].map((axis) => ({ name: `${name}_${axis}`, type: 'int not null' }));
    case 'dictionary':
      return [{ name, type: 'smallint unsigned not null' }];
    case 'timestamp':
    case 'text':
      return [{ name, type: storedType(column) }];
  }
}
