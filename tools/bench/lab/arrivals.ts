import { setTimeout as sleep } from 'node:timers/promises';
import { fileText, games, gamesHeader } from './games.js';
import type { Lab } from './lab.js';

/** Between two looks at bus, milliseconds. */
const lookEvery = 10;
/** Between two puts of files that come one after the other, milliseconds, so that they don't fall into step with anything. */
const pause = { least: 100, most: 700 };
const patience = 900_000;

/** How the pipeline learns of a put. */
export interface Way {
  /** Of a gateway that announces it. */
  readonly endpoint?: string;
  /** Called after the put, with what says whether bus shows it. */
  readonly after?: (seen: () => boolean) => Promise<void>;
}

interface Files {
  readonly files: number;
  /** Of each. */
  readonly rows: number;
}

/** A file of so many rows, at least so many seconds after the one before. */
interface LoadPlan {
  readonly every: number;
  readonly rows: number;
}

interface Load {
  /** Never resolves. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** New games that are put into a lab's bucket, and how long it takes until bus shows them. */
export class Arrivals {
  readonly #lab: Lab;
  readonly #users: number;
  #next: number;

  /** Ids of games up to `taken` are there; new games are played by `users` users. */
  constructor(lab: Lab, { taken, users }: { readonly taken: number; readonly users: number }) {
    this.#lab = lab;
    this.#users = users;
    this.#next = taken + 1;
  }

  /** Seconds of each of so many files of `rows` games, one after the other; beside them a load, where `load` says of what. */
  async inTurn(way: Way, { files, rows, load: wanted }: Files & { readonly load: LoadPlan | undefined }): Promise<number[]> {
    const load = wanted && this.#startLoad(way, wanted);
    try {
      // The load is on before the first one counts.
      if (load) await Promise.race([sleep(2_000), load.failed]);
      const seconds: number[] = [];
      for (let file = 0; file < files; file++) {
        await sleep(pause.least + Math.random() * (pause.most - pause.least));
        const delay = this.#delay(way, 'small', rows);
        seconds.push(await (load ? Promise.race([delay, load.failed]) : delay));
      }
      return seconds;
    } finally {
      await load?.stop();
    }
  }

  /** Seconds of each of so many files of `rows` games whose puts are spread evenly over so many seconds; nothing announces them. */
  async spreadOver(span: number, { files, rows }: Files): Promise<number[]> {
    return Promise.all(
      Array.from({ length: files }, async (_, file) => {
        await sleep((1_000 * span * (file + Math.random())) / files);
        // They wait for minutes, so it does not matter to a tenth of a second, and the looks don't weigh.
        return this.#delay({}, 'spread', rows, 100);
      }),
    );
  }

  /** Seconds from the end of the put until the file's last game is in bus. */
  async #delay({ endpoint, after }: Way, kind: string, rows: number, every = lookEvery): Promise<number> {
    const first = this.#next;
    this.#next += rows;
    const key = `games-${kind}-${first}.csv`;
    await this.#lab.put(key, fileText(gamesHeader, games({ first, count: rows, users: this.#users })), endpoint);
    const started = performance.now();
    let visible = false;
    const announced = after?.(() => visible);
    const looking = (async () => {
      while (performance.now() - started < patience) {
        const found = await this.#lab.query('select 1 from {bus}.total_games where game_id = ?', [first + rows - 1]);
        if (found.length > 0) {
          visible = true;
          return (performance.now() - started) / 1000;
        }
        await sleep(every);
      }
      throw new Error(`${key} was not in bus after ${patience / 1000} s`);
    })();
    const [seconds] = await Promise.all([looking, announced]);
    return seconds;
  }

  /** A file of `rows` games every so many seconds, or, if it takes longer, when the last one is in bus. */
  #startLoad(way: Way, { every, rows }: LoadPlan): Load {
    let stopped = false;
    const work = (async () => {
      while (!stopped) {
        const next = performance.now() + every * 1_000;
        await this.#delay(way, 'load', rows);
        while (!stopped && performance.now() < next) await sleep(lookEvery);
      }
    })();
    const failed = work.then(() => new Promise<never>(() => undefined));
    failed.catch(() => undefined);
    return {
      failed,
      async stop() {
        stopped = true;
        await work.catch(() => undefined);
      },
    };
  }
}
