import type { FeedRef } from '../../contracts/activities/refs.js';
import type { PruneResult } from '../../contracts/activities/processing.js';
import { appendEntity } from '../../engine/entities/entity.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import { pruneAppended } from '../append/prune-appended.js';
import { isSuperseded } from '../../gear/deletions/refuse-staged.js';
import { markPruned } from '../../gear/loads/pruned-loads.js';
import type { ProcessDeps } from './process-batch.js';
import { feedOf } from '../pipeline-set.js';
import type { ActivityScope } from '../run-activity.js';

const rowsAtOnce = 20_000;

/** Deletes staging rows of processed loads, and of refused snapshots behind which a later one was processed, in batches that commit one by one; a load is marked when none is left. */
export async function pruneStaging(
  deps: ProcessDeps,
  input: FeedRef,
  scope: Pick<ActivityScope, 'signal' | 'report'>,
): Promise<PruneResult> {
  const { staging, definition } = await feedOf(deps.pipelines, input.pipeline, input.feed, deps.warehouse);
  const appended = appendEntity(definition, input.feed);
  if (appended) return pruneAppended(deps.warehouse, input, appended, scope);
  let total = 0;
  for (;;) {
    const loads = await deps.warehouse.query<{ load_id: number; rows_staged: number }>(
      `select load_id, rows_staged from gear.loads
       where pipeline = ? and feed = ? and state = 'processed' and pruned_at is null
       union all
       ${supersededSnapshots}
       order by load_id limit 500`,
      [input.pipeline, input.feed, input.pipeline, input.feed],
    );
    if (loads.length === 0) return { rows: total };
    for (const loadIds of smallTogether(loads)) {
      const marks = loadIds.map(() => '?').join(', ');
      for (let deleted = rowsAtOnce; deleted === rowsAtOnce; total += deleted) {
        scope.signal.throwIfAborted();
        ({ affectedRows: deleted } = await deps.warehouse.execute(
          `delete from ${qualifiedName(staging)} where load_id in (${marks}) order by load_id, row_offset limit ${rowsAtOnce}`,
          loadIds,
        ));
        scope.report({ phase: 'pruning', feed: input.feed, message: `${input.feed}: processed rows leave staging`, rows: total });
      }
      await markPruned(deps.warehouse, loadIds);
    }
  }
}

/** Refused snapshots that nobody can want any more: a later one says which keys there are. */
const supersededSnapshots = `select l.load_id, l.rows_staged from gear.loads l
       where l.pipeline = ? and l.feed = ? and l.state = 'refused' and l.rows_staged > 0 and l.pruned_at is null and ${isSuperseded}`;

/** Ids of loads whose rows one statement deletes, and of each larger load alone: a commit costs more than the rows of a small one. */
function smallTogether(loads: readonly { readonly load_id: number; readonly rows_staged: number }[]): number[][] {
  const groups: number[][] = [];
  let rows = rowsAtOnce;
  for (const load of loads) {
    rows += Number(load.rows_staged);
    if (rows < rowsAtOnce) groups.at(-1)!.push(load.load_id);
    else {
      groups.push([load.load_id]);
      rows = Number(load.rows_staged);
    }
  }
  return groups;
}
