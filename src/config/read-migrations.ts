import { readdir, readFile } from 'node:fs/promises';
import type { WarehouseSchema } from '../engine/schema/warehouse-schema.js';

const folder = new URL('../../sql/migrations/', import.meta.url);

/** The gear's migrations: sql/migrations/NNNN_name.sql, in order of their numbers. */
export async function readMigrations(): Promise<WarehouseSchema['migrations']> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({ name: name.replace(/\.sql$/, ''), text: await readFile(new URL(name, folder), 'utf8') })),
  );
}
