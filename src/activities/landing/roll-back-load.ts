import { ObjectChangedError } from '../../engine/object-store.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { dropLoad, restartLoad, type LandedLoad } from '../../gear/loads/load-states.js';
import { UnreadableFileError } from '../../engine/read/decode/unreadable-file-error.js';
import { refuseUnreadable } from './refuse-file.js';
import { ColumnsChangedError } from './file-columns.js';
import type { ActivityScope } from '../run-activity.js';

/**
 * Rolls back what was landed of a load that can't go on. If its object changed, the load ends. If its feed's contract changed, the load is
 * restarted. If its file can't be read, the load is refused. Throws any other error.
 */
export async function rollBackLoad(warehouse: Warehouse, landed: LandedLoad, error: unknown, scope: ActivityScope): Promise<void> {
  if (error instanceof ObjectChangedError) return dropLoad(warehouse, landed, error.change, scope);
  if (error instanceof UnreadableFileError) return refuseUnreadable(warehouse, landed, error, scope);
  if (!(error instanceof ColumnsChangedError)) throw error;
  await restartLoad(warehouse, landed, scope);
  const { load } = landed;
  scope.log.warn(`the contract of feed ${load.feed} changed while load ${load.loadId} was landed: it is landed from its start again`);
}
