import { AsyncLocalStorage } from 'node:async_hooks';

/** What an activity's work shows of itself: connectors note each sign of life here, heartbeats carry it, and silence ends the activity. */
export class WorkWatch {
  private lastSign = performance.now();
  private lastStep: string | undefined;
  private moved = 0;

  /** `limit`: milliseconds of silence after which the work counts as stalled. */
  constructor(readonly limit: number) {}

  /** Something went on; `step` says what, without values of rows. */
  sign(step?: string, bytes = 0): void {
    this.lastSign = performance.now();
    this.lastStep = step ?? this.lastStep;
    this.moved += bytes;
  }

  get step(): string | undefined {
    return this.lastStep;
  }

  /** Bytes that streams of this work have moved. */
  get bytes(): number {
    return this.moved;
  }

  get isSilent(): boolean {
    return performance.now() - this.lastSign > this.limit;
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
