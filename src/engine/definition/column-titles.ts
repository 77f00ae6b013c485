import type { ColumnDefinition } from './types.js';

/** The names that a column may have in files. Without a `header` that is the name in the definition. */
export function columnTitles({ name, header }: Pick<ColumnDefinition, 'name' | 'header'>): readonly string[] {
  return header === undefined ? [name] : typeof header === 'string' ? [header] : header;
}

/** The name that a column has in files, the first where it may have several. */
export function columnTitle(column: Pick<ColumnDefinition, 'name' | 'header'>): string {
  return columnTitles(column)[0] ?? column.name;
}
