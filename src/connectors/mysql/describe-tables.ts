import { schemas } from '../../engine/sql/qualify.js';
import type { ExistingTable } from '../../engine/schema-difference.js';
import type { Statements } from '../../engine/warehouse.js';

interface Description {
  columns: { name: string; type: string }[];
  primaryKey: string[];
  indexes: { name: string; columns: string[] }[];
}

/** Every base table of the warehouse's schemas by its name without the prefix. */
export async function describeTables(statements: Statements, prefix: string): Promise<ReadonlyMap<string, ExistingTable>> {
  const names = schemas.map((schema) => `${prefix}${schema}`);
  const marks = names.map(() => '?').join(', ');
  const tables = new Map<string, Description>();
  const columns = await statements.query<{ s: string; t: string; c: string; d: string }>(
    `select c.table_schema as s, c.table_name as t, c.column_name as c, c.column_type as d
     from information_schema.columns c
     join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
     where c.table_schema in (${marks}) order by c.table_schema, c.table_name, c.ordinal_position`,
    names,
  );
  for (const { s, t, c, d } of columns) describe(tables, `${s.slice(prefix.length)}.${t}`).columns.push({ name: c, type: d });
  const keys = await statements.query<{ s: string; t: string; i: string; c: string }>(
    `select table_schema as s, table_name as t, index_name as i, column_name as c
     from information_schema.statistics where table_schema in (${marks}) order by table_schema, table_name, index_name, seq_in_index`,
    names,
  );
  for (const { s, t, i, c } of keys) addKey(describe(tables, `${s.slice(prefix.length)}.${t}`), i, c);
  return tables;
}

function describe(tables: Map<string, Description>, name: string): Description {
  const known = tables.get(name) ?? { columns: [], primaryKey: [], indexes: [] };
  tables.set(name, known);
  return known;
}

function addKey(table: Description, name: string, column: string): void {
  if (name === 'PRIMARY') return void table.primaryKey.push(column);
  const index = table.indexes.find((candidate) => candidate.name === name);
  if (index) index.columns.push(column);
  else table.indexes.push({ name, columns: [column] });
}
