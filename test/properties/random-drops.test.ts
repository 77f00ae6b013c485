import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { actualBus, expectedBus } from '../support/mart-warehouse.js';
import { FolderChain } from '../support/folder-chain.js';
import { warehouses } from '../support/servers/servers.js';
import type { WarehouseChain } from '../support/warehouse-chain.js';
import { actualBulk, countedLoads, expectedBulk, type Delivery, type Feed } from './delivered-rows.js';

const headers: Record<Feed, string> = {
  users: 'UserID,UserName,SignUpDate,Country',
  games: 'GameID,UserID,GameType,PlayDate,Duration',
  payments: 'TransactionID,UserID,Amount,TransactionDate,Type',
};
const feeds: readonly Feed[] = ['users', 'games', 'payments'];

const user = fc.integer({ min: 1, max: 6 }).map(String);
const game = fc.integer({ min: 1, max: 8 }).map(String);
const date = fc.constantFrom('1/1/2024', '02/01/2024', '3/01/2024', '31/12/2023');
const country = fc.constantFrom('DE', 'ES', 'es', '', ' FR ', 'Unknown');
const type = fc.constantFrom('Poker', 'Slots', '', 'poker');
const amount = fc.constantFrom('10.00', '-3.35', '0.01', '99999999999.99');
const rowOf: Record<Feed, fc.Arbitrary<string[]>> = {
  users: fc.tuple(user, fc.constantFrom('Ann', '', 'Zoë'), date, country).map((cells) => [...cells]),
  games: fc.tuple(game, user, type, date, fc.constantFrom('0', '7', '2147483647')).map((cells) => [...cells]),
  payments: fc.tuple(game, user, amount, date, fc.constantFrom('Deposit', 'Withdrawal', 'Correction')).map((cells) => [...cells]),
};

const delivery: fc.Arbitrary<Delivery> = fc.constantFrom(...feeds).chain((feed) =>
  fc.record({
    feed: fc.constant(feed),
    key: fc.constantFrom(`${feed}.csv`, `${feed}_a.csv`, `${feed}-B.csv`),
    modified: fc.integer({ min: 1_700_000_000, max: 1_700_000_004 }),
    rows: fc.array(rowOf[feed], { maxLength: 12 }),
  }),
);
const step = fc.oneof(
  { weight: 6, arbitrary: delivery.map((value) => ({ kind: 'deliver', delivery: value }) as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('process' as const),
      feed: fc.constantFrom(...feeds),
      appendFrom: fc.constantFrom(1, 10_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refresh' as const), rebuildFrom: fc.constantFrom(1, 10_000) }) },
);
const dirty: Record<Feed, string> = { users: '0,x,31/02/2024,y', games: ',,,,', payments: '1,1' };

/** More of them for a long search: PROPERTY_RUNS=500 npm test -- test/properties */
const runs = Number(process.env.PROPERTY_RUNS ?? 6);
const martNames = ['daily_users', 'total_users', 'daily_countries', 'total_countries', 'daily_games', 'total_games'];
const busTables = [...martNames, 'daily_game_types', 'total_game_types', 'daily_payments', 'total_payments'];

describe.each(warehouses)('any sequence of deliveries, processings and refreshes on $name', ({ url }) => {
  let folder: string;
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { chunkBytes: 64 });
    folder = chain.folder;
  });
  afterAll(() => chain.close());

  it('leaves bulk, counts and marts as the deliveries alone say, whatever the order of work', async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      await chain.reset();
      const deliveries: Delivery[] = [];
      for (const action of steps) {
        if (action.kind === 'process') await chain.process(action.feed, action);
        else if (action.kind === 'refresh') await chain.refresh(false, action.rebuildFrom);
        else {
          await deliver(chain, folder, action.delivery);
          deliveries.push(action.delivery);
        }
      }
      for (const feed of feeds) expect(await chain.process(feed)).toMatchObject({ more: false });
      await chain.refresh();
      await check(chain, deliveries);
    });
    await fc.assert(property, { numRuns: runs });
  }, 1_200_000);
});

async function deliver(chain: WarehouseChain, folder: string, { feed, key, modified, rows }: Delivery): Promise<void> {
  const file = join(folder, key);
  await writeFile(file, `${headers[feed]}\r\n${rows.map((row) => row.join(',')).join('\r\n')}\r\n${dirty[feed]}\r\n`);
  await utimes(file, modified, modified);
  expect(await chain.pickup(feed)).toMatchObject([{ outcome: 'staged', rowsStaged: rows.length, rowsQuarantined: 1 }]);
}

async function check(chain: WarehouseChain, deliveries: readonly Delivery[]): Promise<void> {
  const { warehouse } = chain;
  expect(await actualBulk(warehouse)).toEqual(expectedBulk(deliveries));
  expect(await countedLoads(warehouse)).toEqual({ loads: deliveries.length, wrong: 0 });
  const incremental = await actualBus(warehouse, busTables);
  const oracle = await expectedBus(warehouse);
  for (const name of busTables) expect([name, incremental[name]]).toEqual([name, oracle[name]]);
  await chain.refresh(true);
  expect(await actualBus(warehouse, busTables)).toEqual(incremental);
}
