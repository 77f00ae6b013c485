import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import { createTestBucket, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { settle } from '../../support/land.js';
import { compileEastrock } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouse } from '../../support/servers/servers.js';
import { quietScope, WarehouseChain } from '../../support/warehouse-chain.js';

let bucket: TestBucket;
const chains: WarehouseChain[] = [];
beforeAll(async () => {
  bucket = await createTestBucket();
});
afterAll(async () => {
  for (const chain of chains) await chain.close();
  await bucket.drop();
});

const open = async () => {
  const { definition } = await compileEastrock();
  const chain = new WarehouseChain({
    url: warehouse.url,
    prefix: freshPrefix(),
    pipeline: compilePipeline({ ...definition, release: 'archive' }, []),
    sourceUrl: `s3://${bucket.bucket}/in/`,
    openStore: (url) => bucket.store(new URL(url).pathname.replace(/^\/|\/$/g, '').concat('/')),
  });
  chains.push(chain);
  await chain.migrate();
  return chain;
};
const user = (country: string, id: number) =>
  `UserID,UserName,SignUpDate,Country\n1,Ann,1/2/2024,${country}\n${id},Bob,1/2/2024,${country}\n`;
const countries = async (chain: WarehouseChain) =>
  (await chain.warehouse.query<{ country: string }>('select country from bulk.users where user_id = 1')).map(({ country }) => country);

it("orders a bucket's archived files by when they were delivered, not by when they were archived", async () => {
  const chain = await open();
  for (const [name, country] of [
    ['users_c.csv', 'Spain'],
    ['users_b.csv', 'France'],
    ['users_a.csv', 'Latvia'],
  ] as const) {
    await bucket.put(`in/${name}`, user(country, name.charCodeAt(6)));
    // Stores tell times in seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
  await chain.pickup('users', false);
  // The last delivery is archived first.
  for (const loadId of [3, 2, 1]) {
    expect(await settle(chain.deps, loadId, quietScope)).toMatchObject({ source: 'archived' });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
  await chain.process('users');
  expect(await countries(chain)).toEqual(['Latvia']);

  const rebuilt = await open();
  const url = `s3://${bucket.bucket}/in/archive`;
  const of = { pipeline: 'eastrock', feed: 'users', source: { kind: 'backfill', url } } as const;
  const ordered = async () =>
    (await rebuilt.warehouse.query<{ object_key: string }>('select object_key from gear.loads order by delivery_order')).map(
      ({ object_key: key }) => key.split('/').at(-1),
    );
  expect(await claimObjects(rebuilt.deps, of, quietScope)).toMatchObject({ claimed: 3 });
  expect(await ordered()).toEqual(['users_c.csv', 'users_b.csv', 'users_a.csv']);
  for (const loadId of [1, 3, 2]) await rebuilt.land(loadId);
  await rebuilt.process('users');
  expect(await countries(rebuilt)).toEqual(['Latvia']);

  // What no move put there counts by its own time.
  await bucket.put('in/archive/2020-01-01/users_d.csv', user('Peru', 100));
  expect(await claimObjects(rebuilt.deps, of, quietScope)).toMatchObject({ claimed: 1 });
  expect(await ordered()).toEqual(['users_c.csv', 'users_b.csv', 'users_a.csv', 'users_d.csv']);
  await rebuilt.land(4);
  await rebuilt.process('users');
  expect(await countries(rebuilt)).toEqual(['Peru']);
});
