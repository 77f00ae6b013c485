import type { RangeRef, RangeResult } from '../../contracts/activities/landing.js';
import { plannedChunks, type PlannedChunk } from '../../gear/loads/chunks.js';
import { readProgress, type Load } from '../../gear/loads/load-row.js';
import { appendEntity } from '../../engine/entities/entity.js';
import { appendStream } from '../append/append-stream.js';
import { landedRows } from '../append/appended-rows.js';
import { contractOf, fileColumns } from './file-columns.js';
import type { LandDeps } from './land-deps.js';
import { landStream } from './land-stream.js';
import { rollBackLoad } from './roll-back-load.js';
import { feedOf } from '../pipeline-set.js';
import type { ActivityScope } from '../run-activity.js';

/**
 * Lands one range of a load: object -> scanner -> staging and quarantine, chunk by chunk, each committed with its state. Ranges run side by
 * side. An attempt goes on after what is committed of the range. It does nothing if the range is complete, or the load is no longer
 * `claimed`. If it finds that the object was replaced, or that the feed's contract has changed, it rolls back what all ranges landed.
 */
export async function landRange(deps: LandDeps, load: Load, range: RangeRef, scope: ActivityScope): Promise<RangeResult> {
  if (load.state === 'claimed') {
    const { feed, staging, definition } = await feedOf(deps.pipelines, load.pipeline, load.feed, deps.warehouse);
    const entity = appendEntity(definition, feed.name);
    const rows = landedRows({ definition, feed, staging });
    try {
      // Also where there is nothing left to land: what was landed by another contract has to go.
      fileColumns(load, contractOf(load, feed));
      // A chunk of the other kind belongs to a load that was restarted or divided meanwhile.
      const chunk = (await plannedChunks(deps.warehouse, load.loadId)).find((planned) => rangeOf(planned) === range);
      if (chunk && entity) await appendStream(deps, { load, feed, entity, rows }, chunk, scope);
      else if (chunk) await landStream(deps, { load, feed, staging }, chunk, scope);
    } catch (error) {
      await rollBackLoad(deps.warehouse, { load, rows }, error, scope);
    }
  }
  return readProgress(deps.warehouse, load.loadId);
}

function rangeOf({ number, endOffset }: PlannedChunk): RangeRef {
  return endOffset === undefined ? 'open' : number;
}
