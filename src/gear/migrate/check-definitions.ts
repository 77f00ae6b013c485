import { createTable } from '../../engine/sql/create-table.js';
import { qualify, schemas } from '../../engine/sql/qualify.js';
import { tableDifferences, type Difference } from '../../engine/schema/schema-difference.js';
import type { WarehouseSchema } from '../../engine/schema/warehouse-schema.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Statements, Warehouse } from '../../engine/warehouse.js';
import { checkStatements } from './check-statements.js';
import { describeTables } from './describe-tables.js';
import { splitStatements } from './migrate.js';

/** The result of checking definitions on the server. */
export interface CheckedDefinitions {
  /** A line for each statement that the server can't run, with file and line. */
  readonly problems: readonly string[];
  /** How the tables differ from the definitions. Migrate would run those that have a statement. */
  readonly differences: readonly Difference[];
}

/** Milliseconds after which schemas of a check that was killed are dropped by the next one. */
const abandonedAfter = 600_000;

/**
 * Lets the server prepare the statements of marts and exports, and changes nothing in the warehouse. If its tables are not those of the
 * definitions, makes empty tables in temporary schemas, and drops them again.
 */
export async function checkDefinitions(warehouse: Warehouse, prefix: string, schema: WarehouseSchema): Promise<CheckedDefinitions> {
  return warehouse.session(async (statements) => {
    const tables = await describeTables(statements, prefix);
    const differences = schema.tables.flatMap((table) => tableDifferences(table, tables.get(table.name)));
    const { checked = [] } = schema;
    const problems =
      differences.length === 0 && tables.has('gear.applied')
        ? await checkStatements(statements, prefix, checked)
        : await inEmptySchemas(statements, prefix, schema, (scratch) => checkStatements(statements, scratch, checked));
    return { problems, differences };
  });
}

async function inEmptySchemas<Result>(
  statements: Statements,
  prefix: string,
  schema: WarehouseSchema,
  work: (scratch: string) => Promise<Result>,
): Promise<Result> {
  const own = `${prefix}strata_check_`;
  await dropAbandoned(statements, own);
  const scratch = `${own}${Date.now().toString(36)}_`;
  const run = (sql: string) => statements.execute(qualify(sql, scratch));
  // Who may not make a schema may not drop it either, and that error would take the place of the one that says why.
  let made = false;
  try {
    for (const name of schemas) {
      await statements.execute(`create database \`${scratch}${name}\` character set utf8mb4 collate utf8mb4_bin`);
      made = true;
    }
    for (const { text } of schema.migrations) for (const statement of splitStatements(text)) await run(statement);
    // No file reads staging or the vault.
    for (const table of schema.tables) if (!/^(staging|vault)\./.test(table.name)) await run(createTable(table));
    for (const { statements: texts } of schema.texts) for (const statement of texts) await ifItCan(() => run(statement));
    return await work(scratch);
  } catch (error) {
    if (error instanceof StrataError && error.type === 'denied')
      throw new StrataError(
        'denied',
        `${error.message}. The tables of the warehouse are not yet those of the definitions, so strata check makes empty ones in schemas named ${own}...: ` +
          `allow the account of STRATA_MYSQL_ADMIN_URL to (grant all privileges on \`${own.replaceAll('_', '\\_')}%\`.* to it), or run first: strata migrate`,
      );
    throw error;
  } finally {
    if (made) await drop(statements, scratch);
  }
}

/** Tries to make a view that exports may read. Its mistakes show when the view itself is checked. */
async function ifItCan(make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof StrataError) || error.type !== 'statement') throw error;
  }
}

async function drop(statements: Statements, scratch: string): Promise<void> {
  for (const name of schemas) await statements.execute(`drop database if exists \`${scratch}${name}\``);
}

async function dropAbandoned(statements: Statements, own: string): Promise<void> {
  const found = await statements.query<{ name: string }>(
    'select schema_name as name from information_schema.schemata where left(schema_name, ?) = ?',
    [own.length, own],
  );
  const prefixes = new Set(found.map(({ name }) => name.slice(0, name.lastIndexOf('_') + 1)));
  for (const scratch of prefixes) {
    const since = Number.parseInt(scratch.slice(own.length, -1), 36);
    if (Date.now() - since > abandonedAfter) await drop(statements, scratch);
  }
}
