import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client';
import { progressTopic, type ProgressEvent } from '../../contracts/progress.js';

/** Milliseconds from one try to the next; each time twice as long. */
const pause = { first: 1_000, longest: 30_000 } as const;

/**
 * What a workflow publishes, from the beginning, until the signal aborts or the workflow ends. Without a worker nobody answers, and a
 * subscription breaks off after a while: a new one goes on behind what was heard. Work without a stream says nothing.
 */
export async function* progressEvents(client: Client, workflowId: string, signal: AbortSignal): AsyncGenerator<ProgressEvent> {
  let next = 0;
  for (let wait: number = pause.first; !signal.aborted; wait = Math.min(pause.longest, wait * 2)) {
    try {
      const topic = WorkflowStreamClient.create(client, workflowId).topic<ProgressEvent>(progressTopic);
      for await (const { data, offset } of topic.subscribe(next)) {
        if (signal.aborted) return;
        next = offset + 1;
        wait = pause.first;
        yield data;
      }
      return;
    } catch {
      // Whether it can be had again shows at the next try.
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}
