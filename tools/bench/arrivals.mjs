import { setTimeout as sleep } from 'node:timers/promises';
import { fileText, games, gamesHeader } from './games.mjs';

/** Between two looks at bus, milliseconds. */
const lookEvery = 10;
/** Between two puts of files that come one after the other, milliseconds, so that they don't fall into step with anything. */
const pauses = [100, 700];
const patience = 900_000;

/**
 * New games that are put into a lab's bucket, and how long it takes until bus shows them.
 *
 * A way is how the pipeline learns of a put: `endpoint` is a gateway that announces it, `after(seen)` is called after the put, with
 * what says whether bus shows it.
 *
 * @typedef {{ endpoint?: string, after?: (seen: () => boolean) => unknown }} Way
 */
export class Arrivals {
  #lab;
  #users;
  #next;

  /** @param {{ taken: number, users: number }} data ids of games up to `taken` are there; new games are played by `users` users */
  constructor(lab, { taken, users }) {
    this.#lab = lab;
    this.#users = users;
    this.#next = taken + 1;
  }

  /** Seconds of each of so many files of `rows` games, one after the other; beside them a load, where `load` says of what. */
  async inTurn(way, { files, rows, load: wanted }) {
    const load = wanted && this.#startLoad(way, wanted);
    try {
      // The load is on before the first one counts.
      await Promise.race([sleep(load ? 2_000 : 0), load?.failed].filter(Boolean));
      const seconds = [];
      for (let file = 0; file < files; file++) {
        await sleep(pauses[0] + Math.random() * (pauses[1] - pauses[0]));
        seconds.push(await Promise.race([this.#delay(way, 'small', rows), load?.failed].filter(Boolean)));
      }
      return seconds;
    } finally {
      await load?.stop();
    }
  }

  /** Seconds of each of so many files of `rows` games whose puts are spread evenly over so many seconds; nothing announces them. */
  async spreadOver(span, { files, rows }) {
    return Promise.all(
      Array.from({ length: files }, async (_, file) => {
        await sleep((1_000 * span * (file + Math.random())) / files);
        // They wait for minutes, so it does not matter to a tenth of a second, and the looks don't weigh.
        return this.#delay({}, 'spread', rows, 100);
      }),
    );
  }

  /** Seconds from the end of the put until the file's last game is in bus. */
  async #delay({ endpoint, after }, kind, rows, every = lookEvery) {
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
  #startLoad(way, { every, rows }) {
    let stopped = false;
    const work = (async () => {
      while (!stopped) {
        const next = performance.now() + every * 1_000;
        await this.#delay(way, 'load', rows);
        while (!stopped && performance.now() < next) await sleep(lookEvery);
      }
    })();
    const failed = work.then(() => new Promise(() => undefined));
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
