import { qualifiedName } from '../sql/create-table.js';
import type { Table, TableColumn } from '../bulk/tables.js';
import { countTableName, indexName, keyTableName } from '../names.js';
import type { Mart, View } from './mart.js';

/** All tables that a mart needs: its target, its work table of affected keys and its count tables. */
export function martTables(mart: Mart): Table[] {
  return [
    {
      name: mart.target,
      columns: mart.columns,
      primaryKey: mart.key,
      indexes: mart.indexes.map((columns) => ({ name: indexName(columns), columns })),
      comment: mart.description,
    },
    ...(mart.affected.length === 0
      ? []
      : [
          {
            name: keyTableName(mart),
            columns: columnsOf(mart, mart.refreshBy),
            primaryKey: mart.refreshBy,
            indexes: [],
            comment: `keys of ${mart.target} that a refresh recomputes; empty outside of its transaction`,
            work: true,
          },
        ]),
    ...mart.countBy.map((grouping) => ({
      name: countTableName(mart, grouping),
      columns: [...columnsOf(mart, grouping.columns), { name: 'n', type: 'bigint not null' }, ...columnsOf(mart, grouping.sums)],
      primaryKey: grouping.columns,
      indexes: [],
      comment: `number of rows ${grouping.sums.length > 0 ? 'and sums ' : ''}of ${mart.target} by ${grouping.columns.join(', ')}`,
    })),
  ];
}

function columnsOf(mart: Mart, names: readonly string[]): TableColumn[] {
  return names.map((name) => {
    const column = mart.columns.find((candidate) => candidate.name === name);
    if (!column) throw new Error(`${mart.target} has no column ${name}`);
    return column;
  });
}

/** The statement that makes a view or replaces it; analysts read it without rights on what it reads. */
export function createView(view: View): string {
  return `create or replace sql security definer view ${qualifiedName(view.target)} as\n${view.select}`;
}
