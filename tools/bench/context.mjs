import { mkdir } from 'node:fs/promises';
import { usersFor, writeGames, writeUsers } from './games.mjs';

/**
 * @typedef {object} BenchOptions
 * @property {boolean} quick
 * @property {readonly string[]} scenarios
 * @property {readonly string[] | undefined} databases
 * @property {readonly string[]} peers
 * @property {number} rounds
 * @property {number} longRounds of scenarios that take long, in which a quick run is content with one
 * @property {number} rows
 * @property {number} history
 * @property {readonly number[]} sizes
 * @property {number} files
 * @property {number} puts
 * @property {readonly number[]} memory bytes
 * @property {readonly number[]} workers
 * @property {Record<string, string>} workerEnv
 * @property {string | undefined} output
 * @property {boolean} write
 * @property {string} command
 */

/** What scenarios run with. */
export class Bench {
  #files = new Map();
  #open = [];
  problems = [];

  /**
   * @param {import('../servers/run-folder.mjs').RunFolder} run
   * @param {BenchOptions} options
   * @param {Awaited<ReturnType<typeof import('./servers.mjs').benchServers>>} servers
   * @param {import('./servers.mjs').Database} database of scenarios that take one
   * @param {AbortSignal} signal
   * @param {(line: string) => void} say a line of progress
   */
  constructor(run, options, servers, database, signal, say) {
    this.run = run;
    this.options = options;
    this.servers = servers;
    this.database = database;
    this.signal = signal;
    this.say = (line) => {
      run.throwIfClosing();
      say(line);
    };
  }

  /** Notes what the bench could not do; it goes on, and says so at its end. */
  problem(text) {
    this.problems.push(text);
  }

  /** What is closed when its scenario ends, or the bench, Ctrl-C too; it may be closed before. */
  onEnd(closable) {
    this.#open.push(closable);
    this.run.onClose(() => closable.close());
  }

  async closeAll() {
    for (const closable of this.#open.splice(0)) await closable.close();
  }

  /** A file of games, made when it is first asked for. */
  gamesFile({ first = 1, count, users = usersFor(count) }) {
    return this.#file(`games-${first}-${count}-${users}.csv`, (path) => writeGames(path, { first, count, users }));
  }

  /** Users who signed up in the days of the games `played`. */
  usersFile({ first = 1, count, played }) {
    return this.#file(`users-${first}-${count}-${played.first}-${played.last}.csv`, (path) => writeUsers(path, { first, count, played }));
  }

  async #file(name, write) {
    if (!this.#files.has(name)) {
      this.say(`writing ${name}`);
      await mkdir(this.run.path('data'), { recursive: true });
      this.#files.set(name, await write(this.run.path('data', name)));
    }
    return this.#files.get(name);
  }
}
