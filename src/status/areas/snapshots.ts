import type { Statements, Warehouse } from '../../engine/warehouse.js';

/** Loads that end while two connections begin make them see different ones; then they begin again. */
const attempts = 5;

/**
 * Runs `work` with connections that all see one state of the warehouse for as long as it takes: `state` gives what must be the same for
 * each of them, and `work` gets it. With one connection alone where loads keep ending meanwhile.
 */
export async function withSnapshots<Result, State>(
  warehouse: Warehouse,
  connections: number,
  state: (statements: Statements) => Promise<State>,
  work: (snapshots: readonly [Statements, ...Statements[]], state: State) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; attempt < attempts && connections > 1; attempt++) {
    const done = await inSnapshots(warehouse, connections, [], async (snapshots) => {
      const [own, ...others] = (await Promise.all(snapshots.map(state))) as [State, ...State[]];
      const isSame = others.every((other) => JSON.stringify(other) === JSON.stringify(own));
      return isSame ? { result: await work(snapshots, own) } : undefined;
    });
    if (done) return done.result;
  }
  return inSnapshots(warehouse, 1, [], async (snapshots) => work(snapshots, await state(snapshots[0])));
}

function inSnapshots<Result>(
  warehouse: Warehouse,
  more: number,
  begun: readonly Statements[],
  work: (snapshots: readonly [Statements, ...Statements[]]) => Promise<Result>,
): Promise<Result> {
  const [first, ...others] = begun;
  if (more === 0 && first) return work([first, ...others]);
  return warehouse.session(async (statements) => {
    await statements.execute('set transaction isolation level repeatable read');
    await statements.execute('start transaction with consistent snapshot, read only');
    const result = await inSnapshots(warehouse, more - 1, [...begun, statements], work);
    await statements.execute('commit');
    return result;
  });
}
