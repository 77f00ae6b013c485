import { workWatch } from '../../connectors/work-watch.js';

/** Milliseconds between signs of life of work that waits. */
const signInterval = 10_000;
/** Milliseconds after which work that was to stop loses its slot. Work that hangs for good must not keep others out. */
const timeToStop = 15_000;

/** Lets so many pieces of work go on at once in this process, in the order in which they came. */
export class RunSlots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Waits for a slot, and holds it until the work has ended. Throws the signal's reason if that is aborted meanwhile. */
  async use<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    await this.#take(signal);
    let isHeld = true;
    const release = () => {
      if (isHeld) this.#release();
      isHeld = false;
    };
    const stop = () => setTimeout(release, timeToStop).unref();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await work();
    } finally {
      signal.removeEventListener('abort', stop);
      release();
    }
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }

  async #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const watch = workWatch();
    const step = 'waits for another run that this worker reads';
    watch?.sign(step);
    const timer = setInterval(() => watch?.sign(step), signInterval);
    let leave = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        leave = () => {
          const place = this.#waiting.indexOf(resolve);
          // Without a place it has the slot already.
          if (place < 0) return;
          this.#waiting.splice(place, 1);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', leave, { once: true });
      });
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', leave);
    }
  }
}
