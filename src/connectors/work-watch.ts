import { AsyncLocalStorage } from 'node:async_hooks';

/** What an activity's work shows of itself: connectors note each sign of life here, heartbeats carry it, and silence ends the activity. */
export class WorkWatch {
  private lastSign = performance.now();
  private lastStep: string | undefined;
  private moved = 0;
  /** Calls that have not come back, the oldest first. */
  private readonly calls = new Set<{ readonly step: string; readonly begun: number }>();

  /** `limit`: milliseconds of silence after which the work counts as stalled. */
  constructor(readonly limit: number) {}

  /** Something went on; `step` says what, without values of rows. */
  sign(step?: string, bytes = 0): void {
    this.lastSign = performance.now();
    this.lastStep = step ?? this.lastStep;
    this.moved += bytes;
  }

  /**
   * Waits for a call that shows nothing while it lasts, such as one to a network file system. One that takes longer than the limit counts
   * as stalled, however much goes on beside it.
   */
  async during<Result>(step: string, call: () => Promise<Result>): Promise<Result> {
    const own = { step, begun: performance.now() };
    this.sign(step);
    this.calls.add(own);
    try {
      return await call();
    } finally {
      this.calls.delete(own);
      this.sign();
    }
  }

  get step(): string | undefined {
    return this.lastStep;
  }

  /** Bytes that streams of this work have moved. */
  get bytes(): number {
    return this.moved;
  }

  /** What the oldest call does that has lasted for longer than the limit. */
  get stuckCall(): string | undefined {
    const [oldest] = this.calls;
    return oldest && performance.now() - oldest.begun > this.limit ? oldest.step : undefined;
  }

  get isSilent(): boolean {
    return this.stuckCall !== undefined || performance.now() - this.lastSign > this.limit;
  }
}

const current = new AsyncLocalStorage<WorkWatch>();

/** Runs the work under a watch of its own. */
export function watchWork<Result>(limit: number, work: () => Promise<Result>): Promise<Result> {
  return current.run(new WorkWatch(limit), work);
}

/** The watch of the work that calls; undefined outside of activities. Streams take it when they are opened: their events have no caller. */
export function workWatch(): WorkWatch | undefined {
  return current.getStore();
}

/** See WorkWatch.during; outside of activities nobody watches. */
export function watchCall<Result>(step: string, call: () => Promise<Result>): Promise<Result> {
  const work = workWatch();
  return work ? work.during(step, call) : call();
}
