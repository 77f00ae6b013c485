import { columnList, identifier, plainLiteral } from './identifier.js';
import type { Table } from '../bulk/tables.js';

/** `schema.table` of a definition with both parts checked and the table quoted; the schema stays plain for `qualify`. */
export function qualifiedName(name: string): string {
  const [schema, table, ...rest] = name.split('.');
  if (!schema || !table || rest.length > 0) throw new Error(`not a qualified name: ${name}`);
  return `${schema}.${identifier(table)}`;
}

/** The table's `create table`, readable and the same on MySQL and MariaDB. */
export function createTable(table: Table): string {
  const lines = [
    ...table.columns.map(
      (column) =>
        `${identifier(column.name)} ${column.type}${column.comment === undefined ? '' : ` comment ${plainLiteral(column.comment)}`}`,
    ),
    `primary key (${columnList(table.primaryKey)})`,
    ...table.indexes.map((index) => `${index.unique ? 'unique ' : ''}key ${identifier(index.name)} (${columnList(index.columns)})`),
  ];
  const options = ['engine = InnoDB', 'default character set utf8mb4 collate utf8mb4_bin', `comment = ${plainLiteral(table.comment)}`];
  if (table.work) options.push('stats_persistent = 1 stats_auto_recalc = 0');
  return `create table ${qualifiedName(table.name)} (\n  ${lines.join(',\n  ')}\n) ${options.join(' ')}`;
}
