import type { Transaction } from '../../engine/warehouse.js';

/** Milliseconds. The server ends a session that is idle for 60 s (session-variables.ts), and frees its locks. */
const defaultInterval = 15_000;

/**
 * Does work while a transaction holds a lock and has nothing else to do. It is kept from being idle for so long that the server ends it.
 * When it is lost all the same, the work is stopped, because somebody else may have the lock by now.
 */
export async function whileHeld<Result>(
  transaction: Transaction,
  work: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
  interval = defaultInterval,
): Promise<Result> {
  const lost = new AbortController();
  let asked: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    asked = requireHeld(transaction).catch((error: unknown) => lost.abort(error));
  }, interval);
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    clearInterval(timer);
    await asked;
  }
}

/** Throws if the connection is lost, and the lock with it: then another writer may be writing the same output. */
export function requireHeld(transaction: Transaction): Promise<unknown> {
  return transaction.query('select 1');
}
