import type { Bench } from '../context.js';
import { type DataFile, usersFor } from './games.js';
import type { Lab } from './lab.js';
import { count } from '../report/statistics.js';

export const million = 1_000_000;

/** Fills a lab with so many games and their users, a million games a file, all in one run. */
export async function buildHistory(bench: Bench, lab: Lab, size: number): Promise<void> {
  bench.say(`building a history of ${count(size)}`);
  await lab.put('users.csv', await bench.usersFile({ count: usersFor(size), played: { first: 1, last: size } }));
  for (let first = 1; first <= size; first += million) {
    const games = { first, count: Math.min(million, size - first + 1), users: usersFor(size) };
    await lab.put(`games-${String(first).padStart(12, '0')}.csv`, await bench.gamesFile(games));
  }
  await lab.run();
}

interface NewFiles {
  /** Games. */
  readonly rows: number;
  readonly history?: number;
  readonly round?: number;
}

/** New games, which follow those of the history and of the rounds before, and their share of new users. */
export async function newFiles(
  bench: Bench,
  { rows, history = 0, round = 0 }: NewFiles,
): Promise<{ readonly users: DataFile; readonly games: DataFile }> {
  const first = history + round * rows + 1;
  const known = (history > 0 ? usersFor(history) : 0) + round * usersFor(rows);
  return {
    users: await bench.usersFile({ first: known + 1, count: usersFor(rows), played: { first, last: first + rows - 1 } }),
    games: await bench.gamesFile({ first, count: rows, users: known + usersFor(rows) }),
  };
}
