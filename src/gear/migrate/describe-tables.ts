import { schemas } from '../../engine/sql/qualify.js';
import type { ExistingTable } from '../../engine/schema/schema-difference.js';
import type { Statements } from '../../engine/warehouse.js';

interface Description {
  columns: { name: string; type: string; nullable: boolean }[];
  primaryKey: string[];
  indexes: { name: string; columns: string[] }[];
}

/**
 * Every base table of the warehouse's schemas by its name without the prefix. Asked for schema by schema with constants: for any other
 * condition MariaDB opens the tables of every schema of the server, and waits for whoever is changing one of them.
 */
export async function describeTables(statements: Statements, prefix: string): Promise<ReadonlyMap<string, ExistingTable>> {
  const tables = new Map<string, Description>();
  for (const schema of schemas) await describeSchema(statements, schema, `${prefix}${schema}`, tables);
  return tables;
}

async function describeSchema(statements: Statements, schema: string, database: string, tables: Map<string, Description>): Promise<void> {
  const base = await statements.query<{ t: string }>(
    `select table_name as t from information_schema.tables where table_schema = ? and table_type = 'BASE TABLE'`,
    [database],
  );
  const names = new Set(base.map(({ t }) => t));
  const columns = await statements.query<{ t: string; c: string; d: string; n: string }>(
    `select table_name as t, column_name as c, column_type as d, is_nullable as n
     from information_schema.columns where table_schema = ? order by table_name, ordinal_position`,
    [database],
  );
  for (const { t, c, d, n } of columns)
    if (names.has(t)) describe(tables, `${schema}.${t}`).columns.push({ name: c, type: d, nullable: n === 'YES' });
  const keys = await statements.query<{ t: string; i: string; c: string }>(
    `select table_name as t, index_name as i, column_name as c
     from information_schema.statistics where table_schema = ? order by table_name, index_name, seq_in_index`,
    [database],
  );
  for (const { t, i, c } of keys) if (names.has(t)) addKey(describe(tables, `${schema}.${t}`), i, c);
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
