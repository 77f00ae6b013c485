import { createHash } from 'node:crypto';
import { StrataError } from '../../engine/strata-error.js';
import { tableDifferences, type Difference } from '../../engine/schema/schema-difference.js';
import { schemas } from '../../engine/sql/qualify.js';
import type { AppliedText, WarehouseSchema } from '../../engine/schema/warehouse-schema.js';
import type { Statements, Warehouse } from '../../engine/warehouse.js';
import { applyDefinitions, otherDefinitions, refuseOtherContracts } from './applied-definitions.js';
import { applyComments } from './apply-comments.js';
import { checkStatements } from './check-statements.js';
import { describeTables } from './describe-tables.js';
import { applyGroups } from './feed-groups.js';
import { nameWarehouse } from './name-warehouse.js';
import { refuseKeptKeys } from './refuse-kept-keys.js';

export interface MigrateReport {
  /** A line for each change. Empty if everything was current. */
  readonly changes: readonly string[];
}

export interface MigrateOptions {
  /** Go on although staged loads of another contract wait, if not of another kind of delivery: processing checks them by the new one. */
  readonly recheck?: boolean | undefined;
}

const lockWaitSeconds = 60;

/** Texts that were applied (migrations, views, static tables). A text with another checksum is applied again. */
const createApplied = `create table if not exists gear.applied (
  name varchar(128) not null,
  checksum binary(32) not null,
  applied_at datetime(6) not null,
  primary key (name)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`;

/**
 * Creates and updates the warehouse to match the definitions, under a named lock: schemas, the gear's migrations, missing tables, columns
 * and indexes, views. Additions are applied. Differences that could destroy data are refused, all in one message, before anything but the
 * gear's migrations has run. Can be repeated at any time.
 */
export async function migrate(
  admin: Warehouse,
  prefix: string,
  schema: WarehouseSchema,
  options: MigrateOptions = {},
): Promise<MigrateReport> {
  return admin.session(async (statements) => {
    const changes: string[] = [];
    await withLock(statements, prefix, async () => {
      for (const name of schemas)
        await statements.execute(`create database if not exists \`${prefix}${name}\` character set utf8mb4 collate utf8mb4_bin`);
      await statements.execute(createApplied);
      changes.push(...(await applyMigrations(statements, schema)));
      await refuseOtherContracts(statements, schema, options.recheck);
      await refuseKeptKeys(statements, schema);
      await applyGroups(statements, schema);
      await nameWarehouse(statements, prefix);
      const differences = await differencesOf(statements, prefix, schema);
      refuseDestructive(differences);
      for (const { text, statement } of differences) {
        if (statement === undefined) continue;
        await run(statements, statement);
        changes.push(text.endsWith('does not exist') ? text.replace('does not exist', 'created') : `${text}: added`);
      }
      changes.push(...(await applyComments(statements, prefix, schema.tables)));
      for (const seed of schema.seeds) await statements.execute(seed.sql, seed.values);
      changes.push(...(await applyTexts(statements, { ...schema, texts: schema.texts.filter(({ isRead }) => isRead) })));
      await refuseUncomputable(statements, prefix, schema);
      changes.push(...(await applyTexts(statements, schema)));
      // Last: until then workers of the former definitions go on.
      changes.push(...(await applyDefinitions(statements, schema)));
    });
    return { changes };
  });
}

/** A line for each difference between the warehouse and the definitions. Empty if a worker may start. */
export async function checkSchema(warehouse: Warehouse, prefix: string, schema: WarehouseSchema): Promise<readonly string[]> {
  return warehouse.session(async (statements) => {
    const tables = await describeTables(statements, prefix);
    if (!tables.has('gear.applied')) return [`the schema ${prefix}gear is not there`];
    const differences = schema.tables.flatMap((table) => tableDifferences(table, tables.get(table.name)));
    const pending = await pendingMigrations(statements, schema);
    const stale = await staleTexts(statements, schema);
    return [
      ...pending.map(({ name }) => `migration ${name} has not been applied`),
      ...differences.map(({ text, statement }) =>
        statement === undefined ? `${text}: change it by hand (docs/how-to/pipelines/change-a-definition.md, "A table differs")` : text,
      ),
      ...stale.filter(({ optional }) => !optional).map(({ name }) => `${name} is not what the definition says`),
      ...(pending.length === 0 ? await otherDefinitions(statements, schema) : []),
    ];
  });
}

async function withLock(statements: Statements, prefix: string, work: () => Promise<void>): Promise<void> {
  const name = `strata migrate ${prefix}`;
  const [row] = await statements.query<{ held: number | null }>('select get_lock(?, ?) as held', [name, lockWaitSeconds]);
  if (row?.held !== 1)
    throw new StrataError(
      'contention',
      `another strata migrate has been running for ${lockWaitSeconds} s. Wait for it to end, then run: strata migrate`,
    );
  try {
    await work();
  } finally {
    await statements.query('select release_lock(?)', [name]);
  }
}

async function applyMigrations(statements: Statements, schema: WarehouseSchema): Promise<string[]> {
  const applied: string[] = [];
  for (const { name, text } of await pendingMigrations(statements, schema)) {
    for (const statement of splitStatements(text)) if (!(await isAdded(statements, statement))) await statements.execute(statement);
    await recordApplied(statements, `migration ${name}`, textChecksum(text));
    applied.push(`migration ${name} applied`);
  }
  return applied;
}

/** Of a statement that adds an index or a column, which MySQL can't do only where there is none: whether an attempt that died has added it. */
async function isAdded(statements: Statements, statement: string): Promise<boolean> {
  const [, table, kind, name] = /^alter table (gear\.\w+) add (key|column) (\w+) /.exec(statement) ?? [];
  if (name === undefined) return false;
  const there = kind === 'key' ? `show index from ${table} where key_name = '${name}'` : `show columns from ${table} like '${name}'`;
  return (await statements.query(there)).length > 0;
}

async function pendingMigrations(statements: Statements, schema: WarehouseSchema): Promise<WarehouseSchema['migrations']> {
  const applied = await appliedChecksums(statements);
  return schema.migrations.filter(({ name }) => !applied.has(`migration ${name}`));
}

async function staleTexts(statements: Statements, schema: WarehouseSchema): Promise<readonly AppliedText[]> {
  const applied = await appliedChecksums(statements);
  return schema.texts.filter((text) => !applied.get(text.name)?.equals(text.checksum));
}

async function appliedChecksums(statements: Statements): Promise<ReadonlyMap<string, Buffer>> {
  const rows = await statements.query<{ name: string; checksum: Buffer }>('select name, checksum from gear.applied');
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

async function differencesOf(statements: Statements, prefix: string, schema: WarehouseSchema): Promise<Difference[]> {
  const tables = await describeTables(statements, prefix);
  return schema.tables.flatMap((table) => tableDifferences(table, tables.get(table.name)));
}

function refuseDestructive(differences: readonly Difference[]): void {
  const refused = differences.filter(({ statement }) => statement === undefined);
  if (refused.length === 0) return;
  throw new StrataError(
    'misconfigured',
    `nothing was changed: ${refused.length === 1 ? '1 difference' : `${refused.length} differences`} could destroy data, so a person must decide:\n${refused.map(({ text }) => `  - ${text}`).join('\n')}
Either make the definition say what the table is, or change the table by hand (docs/how-to/pipelines/change-a-definition.md, "A table differs"), then run: strata migrate`,
  );
}

/** Called before views change and the definitions count as applied, so that workers go on with the old ones if this throws. */
async function refuseUncomputable(statements: Statements, prefix: string, { checked = [] }: WarehouseSchema): Promise<void> {
  const problems = await checkStatements(statements, prefix, checked);
  if (problems.length === 0) return;
  const list = problems.map((line) => `  - ${line}`).join('\n');
  throw new StrataError(
    'definition',
    `the server can't run what these files say:\n${list}\nThe definitions were not applied. Correct the files, then run: strata migrate`,
  );
}

async function applyTexts(statements: Statements, schema: WarehouseSchema): Promise<string[]> {
  const made: string[] = [];
  for (const text of await staleTexts(statements, schema)) {
    for (const statement of text.statements) await run(statements, statement);
    await recordApplied(statements, text.name, text.checksum);
    made.push(`${text.name} made`);
  }
  return made;
}

async function run(statements: Statements, statement: string): Promise<void> {
  await statements.execute(statement);
  await statements.execute('insert into gear.schema_history (statement, applied_at) values (?, utc_timestamp(6))', [statement]);
}

async function recordApplied(statements: Statements, name: string, checksum: Buffer): Promise<void> {
  await statements.execute(
    `insert into gear.applied (name, checksum, applied_at)
     select d.name, d.checksum, utc_timestamp(6) from (select ? as name, ? as checksum) d
     on duplicate key update checksum = d.checksum, applied_at = utc_timestamp(6)`,
    [name, checksum],
  );
}

/** Splits a migration file. In these files only the end of a statement has a semicolon at the end of a line. */
export function splitStatements(text: string): readonly string[] {
  return text
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function textChecksum(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
