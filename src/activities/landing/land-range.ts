import type { RangeResult } from '../../contracts/activities.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { columnOrder, contractOf } from './file-columns.js';
import { plannedChunks } from './land-chunk.js';
import type { LandDeps } from './land-deps.js';
import { landStream } from './land-stream.js';
import { readLoad } from '../../gear/loads/load-row.js';
import { takeBack } from './refuse-load.js';
import { feedOf } from '../pipeline-set.js';
import type { ActivityScope } from '../run-activity.js';

/**
 * Lands one range of a load that `landLoad` divided, beside the others, and whatever died or runs twice: an attempt goes on after what is
 * committed of the range, and does nothing when that is all or the load is no longer `claimed`. A range that finds the object
 * replaced takes back what all of them landed, and so does one whose feed has other columns by now: `landLoad` then divides it anew.
 */
export async function landRange(deps: LandDeps, loadId: number, range: number, scope: ActivityScope): Promise<RangeResult> {
  const load = await readLoad(deps.warehouse, loadId);
  if (load.state === 'claimed') {
    const { feed } = await feedOf(deps.pipelines, load.pipeline, load.feed, deps.warehouse);
    try {
      // Also where there is nothing left to land: what was landed with other columns has to go.
      columnOrder(load, contractOf(load, feed));
      // A chunk without an end belongs to a load that has been taken back, and is divided anew.
      const chunk = (await plannedChunks(deps.warehouse, loadId)).find(
        ({ number, endOffset }) => number === range && endOffset !== undefined,
      );
      if (chunk) await landStream(deps, load, feed, chunk, scope);
    } catch (error) {
      await takeBack(deps.warehouse, load, error, scope);
    }
  }
  return resultOf(deps.warehouse, loadId, range);
}

async function resultOf(warehouse: Warehouse, loadId: number, range: number): Promise<RangeResult> {
  const [row] = await warehouse.query<{ rows_staged: number; rows_quarantined: number }>(
    'select rows_staged, rows_quarantined from gear.load_chunks where load_id = ? and chunk_number = ?',
    [loadId, range],
  );
  return { rowsStaged: Number(row?.rows_staged ?? 0), rowsQuarantined: Number(row?.rows_quarantined ?? 0) };
}
