import { fileURLToPath } from 'node:url';
import { migrate } from '../../src/gear/migrate/migrate.js';
import { openWarehouse } from '../../src/connectors/mysql/warehouse.js';
import { readMigrations } from '../../src/config/read-migrations.js';
import { compilePipeline, type CompiledPipeline } from '../../src/engine/compiled-pipeline.js';
import { warehouseSchema } from '../../src/engine/schema/warehouse-schema.js';
import type { SqlRow, Warehouse } from '../../src/engine/warehouse.js';
import { loadPipelines } from '../../src/config/load-pipelines.js';
import { computeBus, type BulkRows, type OracleRow, type OracleTables } from './oracle.js';
import { freshPrefix } from './servers/servers.js';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export async function compileEastrock(): Promise<CompiledPipeline> {
  return compileFile('eastrock');
}

/** The pipeline of a definition's file. */
export async function compileFile(file: string): Promise<CompiledPipeline> {
  const [pipeline] = await loadPipelines(file);
  if (!pipeline) throw new Error(`${file} was not loaded`);
  return compilePipeline(pipeline.definition, pipeline.sqlFiles);
}

/** A migrated warehouse of the pipeline, under a fresh prefix where none is given. */
export async function migratedWarehouse(url: string, pipeline: CompiledPipeline, prefix = freshPrefix()): Promise<Warehouse> {
  const warehouse = openWarehouse({ url, prefix });
  await migrate(warehouse, prefix, warehouseSchema([pipeline], await readMigrations()));
  return warehouse;
}

const text = (row: SqlRow): OracleRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]));

/** Rows as text in a fixed order, for comparisons of whole tables. */
export function sorted(rows: readonly OracleRow[]): OracleRow[] {
  const key = (row: OracleRow) => JSON.stringify(Object.values(row));
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

export async function readTable(warehouse: Warehouse, table: string): Promise<OracleRow[]> {
  return sorted((await warehouse.query(`select * from ${table}`)).map(text));
}

export async function readBulk(warehouse: Warehouse): Promise<BulkRows> {
  const ids = async (table: string, id: string, value: string) =>
    new Map((await warehouse.query(`select * from gear.${table}`)).map((row) => [String(row[value]), Number(row[id])]));
  return {
    users: await warehouse.query('select user_id, user_name, signup_date, country from bulk.users'),
    games: await warehouse.query('select game_id, user_id, play_date, duration from bulk.games'),
    catalog: await warehouse.query('select game_id, game_type from bulk.game_catalog'),
    payments: await warehouse.query(
      'select cast(transaction_id as char) as transaction_id, user_id, cast(amount as char) as amount, transaction_date, type from bulk.payments',
    ),
    countryIds: await ids('country_ids', 'country_id', 'country'),
    gameTypeIds: await ids('game_type_ids', 'game_type_id', 'game_type'),
  };
}

/** What bus must hold for what bulk holds now. */
export async function expectedBus(warehouse: Warehouse): Promise<OracleTables> {
  const tables = computeBus(await readBulk(warehouse));
  return Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, sorted(rows)]));
}

export async function actualBus(warehouse: Warehouse, names: readonly string[]): Promise<OracleTables> {
  const entries: [string, OracleRow[]][] = [];
  for (const name of names) entries.push([name, await readTable(warehouse, `bus.${name}`)]);
  return Object.fromEntries(entries);
}
