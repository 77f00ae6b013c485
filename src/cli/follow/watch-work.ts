import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { activitiesOf, type PendingActivity } from '../../connectors/temporal/pending-work.js';
import { runningWorkflows } from '../../connectors/temporal/running.js';
import { retriesOf, retryLine, underWay } from '../../status/retries.js';

/** What comes through at the second or third try is not worth a word; in milliseconds. */
const patience = 10_000;
const interval = 5_000;
/** The same reason is said again so often. */
const repetition = 60_000;

export interface WorkWatcher {
  /** A reason why nothing moves, or that it has gone. */
  note(text: string): void;
  /** Nothing was heard of the run for a while. */
  isQuiet(): boolean;
  /** What is done meanwhile. */
  doing(text: string): void;
}

/** Says what of the pipeline is tried again and why, and what is under way while nothing is heard of it. Never fails. */
export async function watchWork(client: Client, pipeline: string, watcher: WorkWatcher, signal: AbortSignal): Promise<void> {
  let said: Said | undefined;
  for (let wait = patience; !signal.aborted; wait = interval) {
    try {
      await sleep(wait, undefined, { signal });
      const retries = (await retriesOf(client, pipeline)).filter(({ since }) => since && Date.now() - since.getTime() >= patience);
      if (signal.aborted) return;
      said = say(retries, said, watcher);
      if (retries.length > 0 || !watcher.isQuiet()) continue;
      const running = await activitiesOf(
        client,
        (await runningWorkflows(client, pipeline)).map(({ workflowId }) => workflowId),
      );
      const [oldest] = running.filter(({ worker, state }) => worker !== undefined || state === 'waiting');
      if (oldest && !signal.aborted) watcher.doing(`${oldest.activity} ${underWay(oldest)}`);
    } catch {
      // Watching ended, or Temporal does not answer: both show elsewhere.
    }
  }
}

/** What was said last. */
interface Said extends Pick<PendingActivity, 'isLost'> {
  readonly reason: string;
  readonly at: number;
}

function say([oldest, ...others]: readonly PendingActivity[], said: Said | undefined, watcher: WorkWatcher): Said | undefined {
  if (!oldest) {
    if (said) watcher.note(said.isLost ? 'the work that was begun again is now done' : 'the work that failed has now succeeded');
    return undefined;
  }
  const reason = `${oldest.workflowId} ${oldest.activity} ${oldest.failure ?? ''}`;
  if (said?.reason === reason && Date.now() - said.at < repetition) return said;
  watcher.note(
    `${retryLine(oldest)}${others.length > 0 ? ` (and ${others.length} more: strata why ${oldest.workflowId.split('/')[0] ?? ''})` : ''}`,
  );
  return { reason, at: Date.now(), isLost: oldest.isLost };
}
