import type { FeedRef } from '../../contracts/activities/refs.js';
import type { Statements } from '../../engine/warehouse.js';

/** Records that no rows of the loads are in staging any more. */
export async function markPruned(statements: Statements, loadIds: readonly number[]): Promise<void> {
  await statements.execute(
    `update gear.loads set pruned_at = utc_timestamp(6) where load_id in (${loadIds.map(() => '?').join(', ')}) and pruned_at is null`,
    loadIds,
  );
}

/** The same for all processed loads of a feed that never has rows in staging. */
export async function markAllPruned(statements: Statements, { pipeline, feed }: FeedRef): Promise<void> {
  await statements.execute(
    `update gear.loads set pruned_at = utc_timestamp(6) where pipeline = ? and feed = ? and pruned_at is null and state = 'processed'`,
    [pipeline, feed],
  );
}
