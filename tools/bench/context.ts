import { mkdir } from 'node:fs/promises';
import type { Say } from '../programs/run-program.js';
import type { RunFolder } from '../run/run-folder.js';
import { type DataFile, type GamesOptions, usersFor, type UsersOptions, writeGames, writeUsers } from './lab/games.js';
import type { BenchOptions } from './options.js';
import type { BenchServers, Database } from './servers.js';

interface Closable {
  close(): Promise<void>;
}

interface BenchContext {
  readonly run: RunFolder;
  readonly options: BenchOptions;
  readonly servers: BenchServers;
  /** Of scenarios that take one. */
  readonly database: Database;
  readonly signal: AbortSignal;
  readonly say: Say;
}

/** What scenarios run with. */
export class Bench implements BenchContext {
  readonly run: RunFolder;
  readonly options: BenchOptions;
  readonly servers: BenchServers;
  readonly database: Database;
  readonly signal: AbortSignal;
  /** Shows a line of progress. */
  readonly say: Say;
  readonly problems: string[] = [];
  readonly #files = new Map<string, DataFile>();
  readonly #open: Closable[] = [];

  constructor({ run, options, servers, database, signal, say }: BenchContext) {
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
  problem(text: string): void {
    this.problems.push(text);
  }

  /** What is closed when its scenario ends, or the bench, Ctrl-C too; it may be closed before. */
  onEnd(closable: Closable): void {
    this.#open.push(closable);
    this.run.onClose(() => closable.close());
  }

  async closeAll(): Promise<void> {
    for (const closable of this.#open.splice(0)) await closable.close();
  }

  /** A file of games, made when it is first asked for. */
  gamesFile({ first = 1, count, users = usersFor(count) }: Partial<GamesOptions> & { readonly count: number }): Promise<DataFile> {
    return this.#file(`games-${first}-${count}-${users}.csv`, (path) => writeGames(path, { first, count, users }));
  }

  /** Users who signed up in the days of the games `played`. */
  usersFile({ first = 1, count, played }: UsersOptions): Promise<DataFile> {
    return this.#file(`users-${first}-${count}-${played.first}-${played.last}.csv`, (path) => writeUsers(path, { first, count, played }));
  }

  async #file(name: string, write: (path: string) => Promise<DataFile>): Promise<DataFile> {
    const made = this.#files.get(name);
    if (made) return made;
    this.say(`writing ${name}`);
    await mkdir(this.run.path('data'), { recursive: true });
    const file = await write(this.run.path('data', name));
    this.#files.set(name, file);
    return file;
  }
}
