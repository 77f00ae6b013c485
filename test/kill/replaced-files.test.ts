import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { warehouse, warehouses } from '../support/servers/servers.js';
import { isRequest, sourceDelete, stagingCommit } from './lab/boundaries.js';
import { countriesHeld, gamesFile, gamesHeld, loadsOf, usersFile } from './lab/files.js';
import type { Lab } from './lab/lab.js';
import { scenario } from './lab/scenario.js';
import { leftovers } from './lab/snapshot.js';

const { url } = warehouse;
const v1 = `${gamesFile(1, 2_000)}x,1,Slots,1/1/2024,1\n`;
const v2 = gamesFile(100_001, 900);

/** The objects that are left in the bucket. */
async function keys(lab: Lab): Promise<string[]> {
  const found: string[] = [];
  for await (const page of lab.bucket.store().list({ recursive: true })) found.push(...page.map(({ key }) => key));
  return found;
}

for (const server of warehouses) {
  scenario(
    `a file replaced while it is being read leaves no row, and all of the new one arrives (${server.name})`,
    { url: server.url, chunkBytes: 10_000 },
    async (lab) => {
      // At once a bad row, so that quarantine holds something of the half-read version.
      await lab.bucket.put('games.csv', gamesFile(1, 6_000).replace('\n', '\nx,1,Slots,1/1/2024,1\n'));
      lab.startWorker();
      lab.s3.midBody(isRequest('GET', 'games.csv'), 100_000, async () => {
        // Most of what has come is staged by then.
        await sleep(2_000);
        await lab.bucket.put('games.csv', v2);
        return 'go on';
      });
      await lab.run();
      expect(await loadsOf(lab, 'games')).toEqual([{ state: 'replaced', source_state: 'replaced', rows_staged: 0 }]);
      expect(await lab.warehouse.query('select * from staging.games')).toEqual([]);
      expect(await lab.warehouse.query('select * from gear.quarantine')).toEqual([]);
      await lab.run();
      expect(await gamesHeld(lab)).toEqual({ first: 100_001, last: 100_900, held: 900, minutes: '900' });
      expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
      expect(await keys(lab)).toEqual([]);
    },
  );
}

scenario('a file replaced after its worker died half way leaves no row, and all of the new one arrives', { url }, async (lab) => {
  await lab.bucket.put('games.csv', v1);
  lab.startWorker();
  stagingCommit('after', 'games', 'middle').arm(lab, async () => {
    await lab.bucket.put('games.csv', v2);
    await lab.replaceWorkers();
    return 'cut';
  });
  await lab.run();
  expect((await loadsOf(lab, 'games'))[0]).toEqual({ state: 'replaced', source_state: 'replaced', rows_staged: 0 });
  await lab.run();
  expect(await gamesHeld(lab)).toEqual({ first: 100_001, last: 100_900, held: 900, minutes: '900' });
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
});

scenario('a file replaced after its last chunk was staged arrives beside the version that was read', { url }, async (lab) => {
  await lab.bucket.put('games.csv', v1);
  lab.startWorker();
  stagingCommit('after', 'games', 'last').arm(lab, async () => {
    await lab.bucket.put('games.csv', v2);
    return 'go on';
  });
  await lab.run();
  expect(await loadsOf(lab, 'games')).toEqual([{ state: 'processed', source_state: 'replaced', rows_staged: 2_000 }]);
  expect(await keys(lab)).toEqual(['games.csv']);
  await lab.run();
  expect(await gamesHeld(lab)).toEqual({ first: 1, last: 100_900, held: 2_900, minutes: '2900' });
  expect(await keys(lab)).toEqual([]);
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
});

scenario('a file replaced in the moment before the delete is not deleted unread', { url }, async (lab) => {
  await lab.bucket.put('games.csv', v1);
  lab.startWorker();
  sourceDelete('before', 'games.csv').arm(lab, async () => {
    await lab.bucket.put('games.csv', v2);
    return 'go on';
  });
  await lab.run();
  expect(await loadsOf(lab, 'games')).toEqual([{ state: 'processed', source_state: 'replaced', rows_staged: 2_000 }]);
  expect(await keys(lab)).toEqual(['games.csv']);
  await lab.run();
  expect(await gamesHeld(lab)).toEqual({ first: 1, last: 100_900, held: 2_900, minutes: '2900' });
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
});

scenario('A, B and A again, put one after the other, are three deliveries and the last one wins', { url }, async (lab) => {
  const [a, b] = [usersFile('ES', [1, 2, 3]), usersFile('DE', [1, 2])];
  lab.startWorker();
  for (const [content, held] of [
    [a, { ES: 3 }],
    [b, { DE: 2, ES: 1 }],
    [a, { ES: 3 }],
    [a, { ES: 3 }],
  ] as const) {
    await lab.bucket.put('users.csv', content);
    await lab.run();
    expect(await countriesHeld(lab)).toEqual(held);
  }
  expect(await loadsOf(lab, 'users')).toEqual(
    [3, 2, 3, 3].map((rows) => ({ state: 'processed', source_state: 'deleted', rows_staged: rows })),
  );
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
});

scenario('B put while A waits for its delete, then A again before anyone looks, ends as A', { url }, async (lab) => {
  const [a, b] = [usersFile('ES', [1, 2, 3]), usersFile('DE', [1, 2])];
  await lab.bucket.put('users.csv', a);
  lab.startWorker();
  stagingCommit('after', 'users', 'last').arm(lab, async () => {
    await lab.bucket.put('users.csv', b);
    await sleep(1_100);
    await lab.bucket.put('users.csv', a);
    return 'go on';
  });
  await lab.run();
  expect(await keys(lab)).toEqual(['users.csv']);
  await lab.run();
  expect(await countriesHeld(lab)).toEqual({ ES: 3 });
  expect(await loadsOf(lab, 'users')).toEqual([
    { state: 'processed', source_state: 'replaced', rows_staged: 3 },
    { state: 'processed', source_state: 'deleted', rows_staged: 3 },
  ]);
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
});
