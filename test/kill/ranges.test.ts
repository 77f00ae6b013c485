import { expect } from '@jest/globals';
import { warehouse, warehouses } from '../support/servers/servers.js';
import { dieAt, isRequest, planCommit, rangeCommit, stagingCommit, type Boundary } from './lab/boundaries.js';
import { gamesFile, gamesHeld, loadsOf } from './lab/files.js';
import type { Lab, LabOptions } from './lab/lab.js';
import { Door, scenario } from './lab/scenario.js';
import { leftovers, snapshot } from './lab/snapshot.js';

/** Four ranges of a few commits each; line breaks in quotes and bad rows all over, which must keep their lines. */
const rows = Array.from({ length: 300 }, (_, i) => {
  const id = i + 1;
  if (id % 37 === 0) return `${id},1,"never closed,1/1/2024,1`;
  if (id % 31 === 0) return `${id},1,Slots,31/2/2024,1`;
  return `${id},1,${id % 3 === 0 ? '"Slots"' : id % 5 === 0 ? '"Sl\n\nots"' : 'Slots'},1/1/2024,1`;
});
const file = `GameID,UserID,GameType,PlayDate,Duration\n${rows.join('\n')}\n`;
const rangeBytes = Math.floor(file.length / 4);
const ranged: LabOptions = { url: warehouse.url, rangeBytes, chunkBytes: 1_000 };

async function tables(lab: Lab) {
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
  return snapshot(lab.warehouse, lab.pipeline);
}

// What one stream leaves, without any death.
let resolveExpected: (tables: Awaited<ReturnType<typeof snapshot>>) => void = () => undefined;
const expected = new Promise<Awaited<ReturnType<typeof snapshot>>>((resolve) => (resolveExpected = resolve));
scenario('a file that one stream lands is what those below are compared with', { url: warehouse.url, chunkBytes: 1_000 }, async (lab) => {
  await lab.bucket.put('games.csv', file);
  lab.startWorker();
  await lab.run();
  expect(await lab.warehouse.query('select * from gear.load_chunks where chunk_number > 5')).not.toEqual([]);
  const held = await tables(lab);
  expect(held['gear.quarantine']!.length).toBeGreaterThan(15);
  resolveExpected(held);
});

const locksRange = (range: number, transaction: readonly string[]) =>
  transaction.some((sql) => new RegExp(`load_chunks where load_id = \\d+ and chunk_number = ${range} for update`).test(sql));

scenario('ranges that two workers land side by side leave what one stream leaves', ranged, async (lab) => {
  await lab.bucket.put('games.csv', file);
  for (let worker = 0; worker < 2; worker += 1) lab.startWorker({ STRATA_ACTIVITY_SLOTS: '2' });
  // No range sends rows before all four are about to, and one worker can't be at more than two.
  let ready = 0;
  const all = new Door();
  for (const range of [0, 1, 2, 3]) {
    lab.mysql.at(
      'before',
      ({ sql, transaction }) => /^load data/.test(sql) && locksRange(range, transaction),
      async () => {
        ready += 1;
        if (ready === 4) all.open();
        await all.opened;
        return 'go on';
      },
    );
  }
  await lab.run();
  expect(ready).toBe(4);
  expect(await tables(lab)).toEqual(await expected);
});

/** The worker dies at each of these, one after the other; the next one takes over. */
const deaths: readonly (readonly Boundary[])[] = [
  [planCommit('before'), planCommit('after')],
  [rangeCommit('before', 'games', 0), rangeCommit('after', 'games', 1)],
  [rangeCommit('after', 'games', 0), rangeCommit('before', 'games', 3)],
  [rangeCommit('after', 'games', 2), rangeCommit('after', 'games', 3)],
  [stagingCommit('before', 'games', 'last')],
  [stagingCommit('after', 'games', 'last')],
];
for (const boundaries of deaths) {
  for (const { name, url } of boundaries === deaths[1] ? warehouses : [warehouse]) {
    scenario(
      `a worker that dies ${boundaries.map((boundary) => boundary.name).join(', then ')} leaves what one stream leaves (${name})`,
      { ...ranged, url },
      async (lab) => {
        await lab.bucket.put('games.csv', file);
        lab.startWorker();
        const deaths = dieAt(lab, boundaries);
        await lab.run();
        expect(deaths()).toBe(boundaries.length);
        expect(await lab.warehouse.query('select chunk_number from gear.load_chunks order by chunk_number')).toEqual(
          [0, 1, 2, 3].map((number) => ({ chunk_number: number })),
        );
        expect(await tables(lab)).toEqual(await expected);
      },
    );
  }
}

for (const server of warehouses) {
  scenario(
    `a file replaced while its ranges are read leaves no row, and all of the new one arrives (${server.name})`,
    { url: server.url, rangeBytes: 30_000, chunkBytes: 10_000 },
    async (lab) => {
      await lab.bucket.put('games.csv', gamesFile(1, 6_000).replace('\n', '\nx,1,Slots,1/1/2024,1\n'));
      lab.startWorker();
      // The first request reads the whole for the plan.
      let requests = 0;
      const isRange = (asked: Parameters<ReturnType<typeof isRequest>>[0]) => isRequest('GET', 'games.csv')(asked) && ++requests === 4;
      lab.s3.midBody(isRange, 15_000, async () => {
        await lab.bucket.put('games.csv', gamesFile(100_001, 900));
        return 'go on';
      });
      await lab.run();
      expect(await loadsOf(lab, 'games')).toEqual([{ state: 'replaced', source_state: 'replaced', rows_staged: 0 }]);
      for (const table of ['staging.games', 'gear.quarantine', 'gear.load_chunks'])
        expect(await lab.warehouse.query(`select * from ${table}`)).toEqual([]);
      await lab.run();
      expect(await gamesHeld(lab)).toEqual({ first: 100_001, last: 100_900, held: 900, minutes: '900' });
      expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
    },
  );
}
