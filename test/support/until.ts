import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so, a minute at most. What the server lists of workflows follows what they did by a moment. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries === 600) throw new Error('it did not come to that within a minute');
    await sleep(100);
  }
}
