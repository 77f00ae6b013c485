import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestBucket, type TestBucket } from '../connectors/s3/test-bucket.js';
import { compileEastrock } from '../support/mart-warehouse.js';
import { freshPrefix, warehouse } from '../support/servers.js';
import { WarehouseChain } from '../support/warehouse-chain.js';

let bucket: TestBucket;
let chain: WarehouseChain;
beforeAll(async () => {
  bucket = await createTestBucket();
  chain = new WarehouseChain({
    url: warehouse.url,
    prefix: freshPrefix(),
    pipeline: await compileEastrock(),
    sourceUrl: `s3://${bucket.bucket}/in/`,
    openStore: (url) => bucket.store(new URL(url).pathname.replace(/^\/|\/$/g, '').concat('/')),
  });
  await chain.migrate();
});
afterAll(async () => {
  await chain.close();
  await bucket.drop();
});

it('is not loaded again from the quarantine of its bucket as long as it is as it was moved, whatever ETag the copy has', async () => {
  const good = '1,1,5.00,1/2/2024,Deposit\n';
  await bucket.put('in/payments.csv', `TransactionID,UserID,Amount,TransactionDate,Type\n${good}2,1,${'9'.repeat(1 << 20)},1/2/2024,Deposit\n`);
  expect(await chain.pickup('payments')).toMatchObject([{ outcome: 'staged', rowsStaged: 1, rowsQuarantined: 1 }]);
  const [load] = await chain.warehouse.query<{ load_id: number; source_state: string }>('select load_id, source_state from gear.loads');
  expect(load).toMatchObject({ source_state: 'moved' });
  const place = `s3://${bucket.bucket}/in/quarantine/${load!.load_id}/`;
  expect(await chain.backfill('payments', place)).toEqual([]);
  await chain.warehouse.execute(`update gear.loads set etag = 'of many parts'`);
  expect(await chain.backfill('payments', place)).toEqual([]);
  // As if it had been put there later.
  await chain.warehouse.execute('update gear.loads set released_at = released_at - interval 1 hour');
  expect(await chain.backfill('payments', place)).toMatchObject([{ outcome: 'staged', rowsStaged: 1, rowsQuarantined: 1 }]);
});
