import { warehouseIdentity } from '../../gear/warehouse-identity.js';
import type { Project } from '../../config/load-project.js';
import { memoOf, type WarehouseMemo } from '../../contracts/warehouse-memo.js';
import type { Cli } from '../cli.js';

/** Milliseconds. */
const patience = 5_000;

/**
 * What says in Temporal Web whose a run is. It is a label: where the settings name no warehouse, or it does not answer, a run goes without
 * one, and its worker says what is wrong with the warehouse.
 */
export async function warehouseMemo(cli: Cli, project: Project): Promise<WarehouseMemo | undefined> {
  if (project.settings.mysqlUrl === undefined) return undefined;
  try {
    return memoOf(await cli.withWarehouse(project, (warehouse) => warehouseIdentity(warehouse, AbortSignal.timeout(patience))));
  } catch {
    return undefined;
  }
}
