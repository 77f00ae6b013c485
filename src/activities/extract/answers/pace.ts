import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError } from '../../../connectors/http/http-error.js';
import { workWatch } from '../../../connectors/work-watch.js';

/** How patient one attempt of an activity is with a server; milliseconds. */
export interface Patience {
  /** Requests for one day, the first among them. */
  readonly tries: number;
  /** Before the second one; it doubles. */
  readonly pause: number;
  /** A longer wait is left to a later attempt. */
  readonly longest: number;
}

export const patience: Patience = { tries: 4, pause: 1_000, longest: 60_000 };

/** Asks a server again after a while, all requests of a run alike: while one of them waits by its wish, none is sent. */
export class Pace {
  #until = 0;
  /** Seconds that the server wants to be left alone, where that is too long to wait for here. */
  #away: HttpError | undefined;

  constructor(private readonly bounds: Patience) {}

  /** Throws what `request` throws the last time. */
  async ask<Result>(request: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#ready(signal);
      if (this.#away) throw this.#away;
      try {
        return await request();
      } catch (error) {
        if (!(error instanceof HttpError) || error.reach !== 'for now') throw error;
        const wished = (error.waitSeconds ?? 0) * 1_000;
        if (wished > this.bounds.longest) {
          this.#away = error;
          throw error;
        }
        if (attempt >= this.bounds.tries) throw error;
        this.#until = Math.max(this.#until, Date.now() + Math.max(wished, this.bounds.pause * 2 ** (attempt - 1)));
      }
    }
  }

  async #ready(signal: AbortSignal): Promise<void> {
    for (let left = this.#until - Date.now(); left > 0; left = this.#until - Date.now()) {
      workWatch()?.sign('waiting until the server may be asked again');
      await sleep(Math.min(left, 10_000), undefined, { signal });
    }
  }
}
