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
