import { columnList, identifier } from '../sql/identifier.js';
import { createTable, qualifiedName } from '../sql/create-table.js';
import type { Table, TableColumn } from '../bulk/tables.js';

/** A table as the server describes it. */
export interface ExistingTable {
  readonly columns: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[];
  readonly primaryKey: readonly string[];
  readonly indexes: readonly { readonly name: string; readonly columns: readonly string[] }[];
}

export interface Difference {
  readonly table: string;
  /** What a person reads, e.g. `bulk.games has no column duration`. */
  readonly text: string;
  /** The additive statement that fixes it; absent where that could destroy data and a person must decide. */
  readonly statement?: string;
}

/** `int(10) unsigned` on MariaDB and `int unsigned` on MySQL are the same type. */
function comparable(type: string): string {
  const plain = type
    .toLowerCase()
    .replace(/\s+(not )?null.*$/, '')
    .trim();
  if (plain === 'boolean' || plain === 'tinyint(1)') return 'boolean';
  return plain.replace(/\b(tinyint|smallint|mediumint|int|bigint)\(\d+\)/, '$1').replace(/\s*,\s*/g, ',');
}

/** Compares a table with the server's; `existing` is undefined where the server has none. */
export function tableDifferences(table: Table, existing: ExistingTable | undefined): readonly Difference[] {
  if (!existing) return [{ table: table.name, text: `${table.name} does not exist`, statement: createTable(table) }];
  const differences: Difference[] = [];
  const report = (text: string, statement?: string) =>
    differences.push({ table: table.name, text: `${table.name} ${text}`, ...(statement ? { statement } : {}) });
  const here = new Map(existing.columns.map((column) => [column.name, column]));
  for (const [index, column] of table.columns.entries()) {
    const found = here.get(column.name);
    if (!found) report(`has no column ${column.name}`, addColumn(table, column, table.columns[index - 1]));
    else if (comparable(found.type) !== comparable(column.type))
      report(`has column ${column.name} as ${comparable(found.type)}, the definition says ${comparable(column.type)}`);
    else if (!found.nullable && /\bnull\b/i.test(column.type) && !/\bnot null\b/i.test(column.type)) {
      const modify = `modify column ${identifier(column.name)} ${column.type}`;
      report(`has column ${column.name} as not null, the definition says null`, `alter table ${qualifiedName(table.name)} ${modify}`);
    }
    here.delete(column.name);
  }
  for (const name of here.keys()) report(`has a column ${name} that the definition does not know`);
  if (existing.primaryKey.join() !== table.primaryKey.join())
    report(`has the primary key (${existing.primaryKey.join(', ')}), the definition says (${table.primaryKey.join(', ')})`);
  for (const index of table.indexes) {
    const found = existing.indexes.find((candidate) => candidate.name === index.name);
    const kind = index.unique ? 'unique key' : 'key';
    const add = `add ${kind} ${identifier(index.name)} (${columnList(index.columns)})`;
    if (!found) report(`has no index ${index.name}`, `alter table ${qualifiedName(table.name)} ${add}`);
    else if (found.columns.join() !== index.columns.join())
      report(
        `has index ${index.name} on (${found.columns.join(', ')})`,
        `alter table ${qualifiedName(table.name)} drop key ${identifier(index.name)}, ${add}`,
      );
  }
  return differences;
}

/** The rows that are there already have no value for it, which null says and a made-up default would hide. */
function addColumn(table: Table, column: TableColumn, after: TableColumn | undefined): string | undefined {
  if (table.primaryKey.includes(column.name)) return undefined;
  const type = column.type.replace(/\bnot null\b/i, 'null');
  return `alter table ${qualifiedName(table.name)} add column ${identifier(column.name)} ${type} ${after ? `after ${identifier(after.name)}` : 'first'}`;
}
