import type { Statements } from '../../engine/warehouse.js';

/** Which of these loads still wait to be landed. */
export async function stillClaimed(statements: Statements, loadIds: readonly number[]): Promise<ReadonlySet<number>> {
  if (loadIds.length === 0) return new Set();
  const rows = await statements.query<{ load_id: number }>(
    `select load_id from gear.loads where state = 'claimed' and load_id in (${loadIds.map(() => '?').join(', ')})`,
    loadIds,
  );
  return new Set(rows.map(({ load_id: id }) => Number(id)));
}
