import { StrataError } from '../engine/strata-error.js';
import type { WarehouseIdentity } from '../engine/source-owner.js';
import type { Statements, Warehouse } from '../engine/warehouse.js';

/**
 * The warehouse's UUID, its highest load and its last batches. Read in a transaction, because proxies send transactions to the primary,
 * never to a replica that lags.
 */
export function warehouseIdentity(warehouse: Warehouse, signal?: AbortSignal): Promise<WarehouseIdentity> {
  return warehouse.transaction(readIdentity, { signal });
}

export async function readIdentity(statements: Statements): Promise<WarehouseIdentity> {
  const [row] = await statements.query<{ uuid: string; schema_prefix: string; highest: number }>(
    'select w.uuid, w.schema_prefix, (select coalesce(max(load_id), 0) from gear.loads) as highest from gear.warehouse w',
  );
  if (!row) throw new StrataError('misconfigured', 'gear.warehouse is empty, so the warehouse has no UUID. Run: strata migrate');
  const feeds = await statements.query<{ name: string; batch_number: number }>(
    `select concat(pipeline, '/', feed) as name, batch_number from gear.feeds where batch_number > 0 order by name`,
  );
  const batches = Object.fromEntries(feeds.map(({ name, batch_number: number }) => [name, Number(number)]));
  return { uuid: row.uuid, schemaPrefix: row.schema_prefix, highestLoad: Number(row.highest), batches };
}
