import type { Statements } from '../../engine/warehouse.js';

/** Notes that no rows of the loads are in staging any more. */
export async function markPruned(statements: Statements, loadIds: readonly number[]): Promise<void> {
  await statements.execute(
    `update gear.loads set pruned_at = utc_timestamp(6) where load_id in (${loadIds.map(() => '?').join(', ')}) and pruned_at is null`,
    loadIds,
  );
}
