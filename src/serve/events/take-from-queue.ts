import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { MessageQueue, QueueMessage } from '../../connectors/sqs/message-queue.js';
import type { ArrivalSignals } from './arrival-signals.js';
import type { FeedRouter } from './feed-router.js';
import { createdObjects } from './s3-events.js';
import { snsMessage } from './sns-message.js';

const firstPause = 1_000;
const longestPause = 30_000;

export interface QueueDeps {
  readonly router: FeedRouter;
  readonly signals: Pick<ArrivalSignals, 'publish'>;
  readonly logger: Logger;
}

/**
 * Takes S3 event notifications from a queue until the signal aborts; never fails. A message is removed only when Temporal has taken what
 * it says. One that can't be understood is left to the queue's redrive policy.
 */
export async function takeFromQueue(queue: MessageQueue, deps: QueueDeps, signal: AbortSignal): Promise<void> {
  for (let pause = firstPause; !signal.aborted;) {
    try {
      await takeOnce(queue, deps, signal);
      pause = firstPause;
    } catch (error) {
      if (signal.aborted) return;
      deps.logger.warn({ error }, `events of the queue were not taken. The next try is in ${pause / 1_000} s`);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(2 * pause, longestPause);
    }
  }
}

async function takeOnce(queue: MessageQueue, { router, signals, logger }: QueueDeps, signal: AbortSignal): Promise<void> {
  const messages = await queue.receive(signal);
  const understood: QueueMessage[] = [];
  const arrivals = messages.flatMap((message) => {
    const objects = objectsOf(message.body, (records) =>
      logger.warn({ message: message.id, records }, 'records of a message of the queue are no S3 events. The other records were taken'),
    );
    if (objects) understood.push(message);
    else
      logger.warn(
        { message: message.id },
        'a message of the queue is no S3 event notification. The redrive policy of the queue deals with it',
      );
    return (objects ?? []).flatMap((object) => router.ofObject(object));
  });
  await signals.publish(arrivals);
  await queue.remove(understood);
}

/** Who may write to the queue is the queue's policy: envelopes of SNS are taken as they are. */
function objectsOf(body: string, noteStrange: (count: number) => void) {
  try {
    const message = JSON.parse(body) as unknown;
    const sns = snsMessage(message);
    return createdObjects(sns ? JSON.parse(sns.Message) : message, noteStrange);
  } catch {
    return undefined;
  }
}
