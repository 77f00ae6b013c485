import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until something is so, four minutes at most: a busy machine takes its time. What the server lists of workflows follows what they
 * did by a moment.
 */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const since = performance.now();
  while (!(await isSo())) {
    if (performance.now() - since > 240_000) throw new Error('it did not come to that within four minutes');
    await sleep(100);
  }
}
