import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedRef } from '../../contracts/activities/refs.js';

/** Milliseconds between two signals to one pipeline: many events become one signal, a single one goes at once. */
const shortestInterval = 250;

interface Batch {
  readonly feeds: Set<string>;
  readonly sent: Promise<void>;
}

/** Signals arrivals to pipelines, a few times a second at most. When `publish` ends, Temporal has taken them. */
export class ArrivalSignals {
  private readonly next = new Map<string, Batch>();
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(private readonly send: (pipeline: string, feeds: readonly string[]) => Promise<void>) {}

  /** Rejects when Temporal did not take a signal. Publishing it again is harmless. */
  async publish(arrivals: readonly FeedRef[]): Promise<void> {
    await Promise.all(arrivals.map(({ pipeline, feed }) => this.add(pipeline, feed)));
  }

  private add(pipeline: string, feed: string): Promise<void> {
    let batch = this.next.get(pipeline);
    if (!batch) {
      const feeds = new Set<string>();
      const before = this.last.get(pipeline) ?? Promise.resolve();
      const sent = before.then(() => {
        this.next.delete(pipeline);
        return this.send(pipeline, [...feeds]);
      });
      batch = { feeds, sent };
      this.next.set(pipeline, batch);
      const over = Promise.allSettled([sent, before.then(() => sleep(shortestInterval))]);
      this.last.set(pipeline, over);
    }
    batch.feeds.add(feed);
    return batch.sent;
  }
}
