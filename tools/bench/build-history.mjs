import { usersFor } from './games.mjs';
import { count } from './statistics.mjs';

export const million = 1_000_000;

/**
 * Fills a lab with so many games and their users, a million games a file, all in one run.
 * @param {import('./context.mjs').Bench} bench
 * @param {import('./lab.mjs').Lab} lab
 */
export async function buildHistory(bench, lab, size) {
  bench.say(`building a history of ${count(size)}`);
  await lab.put('users.csv', await bench.usersFile({ count: usersFor(size), played: { first: 1, last: size } }));
  for (let first = 1; first <= size; first += million) {
    const games = { first, count: Math.min(million, size - first + 1), users: usersFor(size) };
    await lab.put(`games-${String(first).padStart(12, '0')}.csv`, await bench.gamesFile(games));
  }
  await lab.run();
}

/**
 * New games, which follow those of the history and of the rounds before, and their share of new users.
 * @param {import('./context.mjs').Bench} bench
 * @param {{ rows: number, history?: number, round?: number }} options
 */
export async function newFiles(bench, { rows, history = 0, round = 0 }) {
  const first = history + round * rows + 1;
  const known = (history > 0 ? usersFor(history) : 0) + round * usersFor(rows);
  return {
    users: await bench.usersFile({ first: known + 1, count: usersFor(rows), played: { first, last: first + rows - 1 } }),
    games: await bench.gamesFile({ first, count: rows, users: known + usersFor(rows) }),
  };
}
