import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { warehouse, warehouses } from '../support/servers/servers.js';
import { isRequest, processingCommit, sourceDelete, stagingCommit, targetCommit } from './lab/boundaries.js';
import { countriesHeld, gamesFile, gamesHeld, loadsOf, paymentsFile, paymentsHeld, usersFile } from './lab/files.js';
import { Lab } from './lab/lab.js';
import { startOwnTemporal, type OwnTemporal } from './lab/own-temporal.js';
import { Door, scenario } from './lab/scenario.js';
import { leftovers } from './lab/snapshot.js';

const { url } = warehouse;

for (const server of warehouses) {
  scenario(
    `connections dropped in the middle of LOAD DATA cost no row and double none (${server.name})`,
    { url: server.url, chunkBytes: 20_000 },
    async (lab) => {
      await lab.bucket.put('games.csv', gamesFile(1, 5_000));
      lab.startWorker();
      const isGames = (sql: string) => sql.includes('games');
      // In the first chunk, then in the second and, its retry, in the second again.
      let seen = 0;
      const cuts = [
        lab.mysql.cutLoadData((sql) => isGames(sql) && ++seen === 1, 5_000),
        lab.mysql.cutLoadData((sql) => isGames(sql) && seen >= 1 && ++seen === 3, 100),
        lab.mysql.cutLoadData((sql) => isGames(sql) && seen >= 3 && ++seen === 4, 15_000),
      ];
      await Promise.all([lab.run(), ...cuts]);
      expect(await gamesHeld(lab)).toEqual({ first: 1, last: 5_000, held: 5_000, minutes: '5000' });
      expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
    },
  );
}

scenario('rows that land while processing runs stay in staging and are processed next', { url }, async (lab) => {
  await lab.bucket.put('users.csv', usersFile('ES', [1, 2, 3]));
  lab.startWorker();
  processingCommit('before', 'users').arm(lab, async () => {
    await lab.bucket.put('users_late.csv', usersFile('DE', [3, 4]));
    await lab.pickup('users');
    return 'go on';
  });
  await lab.run();
  expect(await countriesHeld(lab)).toEqual({ ES: 3 });
  expect(await loadsOf(lab, 'users')).toEqual([
    { state: 'processed', source_state: 'deleted', rows_staged: 3 },
    { state: 'staged', source_state: 'deleted', rows_staged: 2 },
  ]);
  expect(await lab.warehouse.query('select user_id from staging.users order by user_id')).toEqual([{ user_id: '3' }, { user_id: '4' }]);
  await lab.run();
  expect(await countriesHeld(lab)).toEqual({ DE: 2, ES: 2 });
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
});

scenario('a worker that stood still for longer than a heartbeat may take does no harm when it goes on', { url }, async (lab) => {
  await Promise.all([
    lab.bucket.put(
      'users.csv',
      usersFile(
        'ES',
        Array.from({ length: 60 }, (_, index) => index + 1),
      ),
    ),
    lab.bucket.put('games.csv', gamesFile(1, 300)),
    lab.bucket.put('payments.csv', paymentsFile(1, 30)),
  ]);
  const sleeper = lab.startWorker();
  const stands = [new Door(), new Door(), new Door()] as const;
  const wake = new Door();
  const standAt = (door: Door) => async () => {
    door.open();
    await wake.opened;
    return 'go on' as const;
  };
  // Only games has a third chunk. One holds the lock of its chunk, one has committed a chunk and is about to take the next, one is about to delete.
  stagingCommit('before', 'users', 'middle').arm(lab, standAt(stands[0]));
  lab.mysql.at(
    'before',
    ({ sql, transaction }) => /chunk_number = 2 for update/.test(sql) && !transaction.some((earlier) => earlier.includes('load_chunks')),
    standAt(stands[1]),
  );
  sourceDelete('before', 'payments.csv').arm(lab, standAt(stands[2]));
  const run = lab.run();
  run.catch(() => undefined);
  await Promise.all(stands.map(({ opened }) => opened));
  sleeper.pause();
  lab.startWorker();
  const twinIsDone = async () => {
    const rows = await lab.warehouse.query(`select 1 from gear.loads where feed in ('games', 'payments') and source_state = 'deleted'`);
    return rows.length === 2;
  };
  while (!(await twinIsDone())) await sleep(200);
  await lab.bucket.put('payments.csv', paymentsFile(1_001, 50));
  sleeper.resume();
  wake.open();
  await run;
  await lab.run();
  expect(await countriesHeld(lab)).toEqual({ ES: 60 });
  expect(await gamesHeld(lab)).toEqual({ first: 1, last: 300, held: 300, minutes: '300' });
  expect(await paymentsHeld(lab)).toEqual({ first: '1', last: '1050', held: 80, transactions: '80' });
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
});

scenario('a worker that stands still in the middle of a transaction holds its locks for a minute at most', { url }, async (lab) => {
  await lab.bucket.put('games.csv', gamesFile(1, 300));
  const sleeper = lab.startWorker();
  const stands = new Door();
  const wake = new Door();
  processingCommit('before', 'games').arm(lab, async () => {
    stands.open();
    await wake.opened;
    return 'go on';
  });
  const run = lab.run();
  run.catch(() => undefined);
  await stands.opened;
  sleeper.pause();
  lab.startWorker();
  await run;
  expect(await gamesHeld(lab)).toEqual({ first: 1, last: 300, held: 300, minutes: '300' });
  wake.open();
  sleeper.resume();
  await lab.run();
  expect(await gamesHeld(lab)).toEqual({ first: 1, last: 300, held: 300, minutes: '300' });
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
});

scenario('an answer of the store that is lost after the delete is no second delete', { url }, async (lab) => {
  await lab.bucket.put('users.csv', usersFile('ES', [1, 2]));
  lab.startWorker();
  lab.s3.at('after', isRequest('DELETE', 'users.csv'), async () => {
    await lab.bucket.put('users.csv', usersFile('DE', [1]));
    return 'cut';
  });
  await lab.run();
  await lab.run();
  expect(await countriesHeld(lab)).toEqual({ DE: 1, ES: 1 });
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
});

describe('a Temporal server that dies and comes back', () => {
  let temporal: OwnTemporal;
  let lab: Lab;
  beforeAll(async () => {
    temporal = await startOwnTemporal();
    lab = await Lab.open({ url, temporalAddress: temporal.address });
  });
  afterAll(async () => {
    await lab.close();
    await temporal.drop();
  });

  it('while files land and again while marts are refreshed loses and doubles nothing', async () => {
    await Promise.all([lab.bucket.put('games.csv', gamesFile(1, 300)), lab.bucket.put('payments.csv', paymentsFile(1, 300))]);
    lab.startWorker();
    let deaths = 0;
    const die = async () => {
      deaths += 1;
      await temporal.kill();
      await sleep(1_000);
      await temporal.start();
      return 'go on' as const;
    };
    stagingCommit('before', 'games', 'middle').arm(lab, die);
    targetCommit('after', 'bus.daily_games').arm(lab, die);
    await lab.run();
    expect(deaths).toBe(2);
    expect(await gamesHeld(lab)).toEqual({ first: 1, last: 300, held: 300, minutes: '300' });
    expect(await paymentsHeld(lab)).toEqual({ first: '1', last: '300', held: 300, transactions: '300' });
    expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
  }, 480_000);
});
