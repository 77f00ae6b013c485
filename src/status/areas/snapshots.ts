import type { Statements, Warehouse } from '../../engine/warehouse.js';

/** Loads that end while two connections begin make them see different ones; then they begin again. */
const attempts = 5;

/**
 * Runs `work` with connections that all see one state of the warehouse for as long as it takes: `state` gives what must be the same for
 * each of them. With one connection alone where loads keep ending meanwhile.
 */
export async function withSnapshots<Result>(
  warehouse: Warehouse,
  connections: number,
  state: (statements: Statements) => Promise<string>,
  work: (snapshots: readonly Statements[]) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; attempt < attempts && connections > 1; attempt++) {
    const done = await inSnapshots(warehouse, connections, [], async (snapshots) => {
      const states = await Promise.all(snapshots.map(state));
      return new Set(states).size === 1 ? { result: await work(snapshots) } : undefined;
    });
    if (done) return done.result;
  }
  return inSnapshots(warehouse, 1, [], work);
}

function inSnapshots<Result>(
  warehouse: Warehouse,
  more: number,
  begun: readonly Statements[],
  work: (snapshots: readonly Statements[]) => Promise<Result>,
): Promise<Result> {
  if (more === 0) return work(begun);
  return warehouse.session(async (statements) => {
    await statements.execute('set transaction isolation level repeatable read');
    await statements.execute('start transaction with consistent snapshot, read only');
    const result = await inSnapshots(warehouse, more - 1, [...begun, statements], work);
    await statements.execute('commit');
    return result;
  });
}
