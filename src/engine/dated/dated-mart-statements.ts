import type { Table } from '../bulk/tables.js';
import { indexName } from '../names.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList } from '../sql/identifier.js';
import { sqlOfDate, type DatedMart } from './dated-output.js';

/** The table of a mart by date: the date comes first, in its rows and in its key. */
export function datedMartTable(mart: DatedMart): Table {
  return {
    name: mart.target,
    columns: [{ name: mart.by, type: 'date not null' }, ...mart.columns],
    primaryKey: [mart.by, ...mart.key],
    indexes: mart.indexes.map((columns) => ({ name: indexName(columns), columns })),
    comment: mart.description,
  };
}

/** Replace the rows of one date. */
export function replaceDate(mart: DatedMart, date: string): { readonly remove: string; readonly insert: string } {
  const target = qualifiedName(mart.target);
  const by = columnList([mart.by]);
  const columns = columnList(mart.columns.map(({ name }) => name));
  const rows = sqlOfDate(`with computed (${columns}) as (\n${mart.rows}\n)\nselect {date}, ${columns} from computed`, date);
  return {
    remove: sqlOfDate(`delete from ${target} where ${by} = {date}`, date),
    insert: `insert into ${target} (${by}, ${columns})\n${rows}`,
  };
}
