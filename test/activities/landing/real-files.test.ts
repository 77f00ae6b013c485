import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { createTestBucket, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { actualBus, compileEastrock, expectedBus, root } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { writeSampleFiles } from '../../../tools/samples/eastrock-files.js';
import { WarehouseChain } from '../../support/warehouse-chain.js';

/** The company's own files lie beside the project where there are any; elsewhere generated ones take their place. */
const real = join(root, '..', 'shared', 'data', 'eastrock');
const isReal = existsSync(real);

const counts = {
  ...{ daily_users: 483, total_users: 100, daily_countries: 321, total_countries: 7, daily_games: 300, total_games: 300 },
  ...{ daily_game_types: 169, total_game_types: 4, daily_payments: 91, total_payments: 2, calendar_dates: 6211 },
  ...{ users: 100, games_users_dates: 300, payments: 200 },
};
const orders = [
  ['users', 'games', 'payments'],
  ['users', 'payments', 'games'],
  ['games', 'users', 'payments'],
  ['games', 'payments', 'users'],
  ['payments', 'users', 'games'],
  ['payments', 'games', 'users'],
];

async function sample(folder: string): Promise<string> {
  if (isReal) return real;
  await writeSampleFiles(folder, { rows: 600 });
  return folder;
}

describe.each(warehouses)('the three files on $name', ({ url }) => {
  let folder: string;
  let files: string;
  let bucket: TestBucket;
  let chain: WarehouseChain;
  let current: 's3' | 'file' = 'file';
  let first: Awaited<ReturnType<typeof actualBus>> | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-real-'));
    files = await sample(await mkdtemp(join(tmpdir(), 'strata-sample-')));
    bucket = await createTestBucket();
    chain = new WarehouseChain({
      url,
      prefix: freshPrefix(),
      pipeline: await compileEastrock(),
      sourceUrl: () => (current === 's3' ? `s3://${bucket.bucket}` : `file://${folder}`),
      openStore: (address) => (address.startsWith('s3:') ? bucket.store() : new FileStore(fileURLToPath(address), 0)),
    });
    await chain.migrate();
  });
  afterAll(async () => {
    await chain.close();
    await bucket.drop();
    await rm(folder, { recursive: true });
  });

  it.each(orders.flatMap((order) => (['file', 's3'] as const).map((store) => ({ order, store }))))(
    'give the same tables one by one as $order from $store',
    async ({ order, store }) => {
      await chain.reset();
      current = store;
      for (const feed of order) {
        const source = join(files, `${feed}.csv`);
        if (store === 's3') await bucket.put(`${feed}.csv`, await readFile(source));
        else await copyFile(source, join(folder, `${feed}.csv`));
        expect(await chain.pickup(feed)).toMatchObject([{ outcome: 'staged' }]);
        await chain.process(feed);
        await chain.refresh();
      }
      const names = Object.keys(counts);
      const bus = await actualBus(chain.warehouse, names);
      if (isReal) expect(Object.fromEntries(names.map((name) => [name, bus[name]!.length]))).toEqual(counts);
      const expected = await expectedBus(chain.warehouse);
      for (const name of Object.keys(expected)) expect([name, bus[name]]).toEqual([name, expected[name]]);
      // Ids are given in the order of arrival, and views show when rows were made.
      first ??= withoutIdsAndTimes(bus);
      expect(withoutIdsAndTimes(bus)).toEqual(first);
      expect(await chain.warehouse.query("select count(*) as n from gear.loads where source_state <> 'deleted'")).toEqual([{ n: 0 }]);
    },
  );
});

function withoutIdsAndTimes(bus: Awaited<ReturnType<typeof actualBus>>): Awaited<ReturnType<typeof actualBus>> {
  const own = /^(country_id|game_type_id|\w*created_at|\w*updated_at)$/;
  return Object.fromEntries(
    Object.entries(bus).map(([name, rows]) => [
      name,
      rows
        .map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => !own.test(column))))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    ]),
  );
}
