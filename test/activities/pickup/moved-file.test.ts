import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { S3Store } from '../../../src/connectors/s3/s3-store.js';
import { quarantineFolderOf } from '../../../src/engine/folders/quarantine-folder.js';
import { createTestBucket, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { compileEastrock } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouse } from '../../support/servers/servers.js';
import { WarehouseChain } from '../../support/warehouse-chain.js';

let bucket: TestBucket;
let chain: WarehouseChain;
beforeAll(async () => {
  bucket = await createTestBucket();
  chain = new WarehouseChain({
    url: warehouse.url,
    prefix: freshPrefix(),
    pipeline: await compileEastrock(),
    sourceUrl: `s3://${bucket.bucket}/in/`,
    // A copy in parts has another ETag than its source.
    openStore: (url) =>
      new S3Store(bucket.store().bucket, new URL(url).pathname.replace(/^\/|\/$/g, '').concat('/'), {
        multipartThreshold: 0,
        partSize: 5 << 20,
      }),
  });
  await chain.migrate();
});
afterAll(async () => {
  await chain.close();
  await bucket.drop();
});

it('is not loaded again from the quarantine of its bucket as long as it is as it was moved, whatever ETag the copy has', async () => {
  const good = '1,1,5.00,1/2/2024,Deposit\n';
  const text = `TransactionID,UserID,Amount,TransactionDate,Type\n${good}2,1,${'9'.repeat(1 << 20)},1/2/2024,Deposit\n`;
  await bucket.put('in/payments.csv', text);
  expect(await chain.pickup('payments')).toMatchObject([{ outcome: 'staged', rowsStaged: 1, rowsQuarantined: 1 }]);
  const [load] = await chain.warehouse.query<{ load_id: number; source_state: string; identity: Buffer }>(
    'select load_id, source_state, identity from gear.loads',
  );
  expect(load).toMatchObject({ source_state: 'moved' });
  const folder = quarantineFolderOf({ loadId: load!.load_id, identity: load!.identity });
  const place = `s3://${bucket.bucket}/in/${folder}`;
  expect(await chain.backfill('payments', place)).toEqual([]);
  // The clock of the database means nothing to the bucket.
  await chain.warehouse.execute('update gear.loads set released_at = released_at + interval 1 hour');
  expect(await chain.backfill('payments', place)).toEqual([]);
  await bucket.put(`in/${folder}payments.csv`, `${text}\n`.replace('5.00', '6.0'));
  expect(await chain.backfill('payments', place)).toMatchObject([{ outcome: 'staged', rowsStaged: 1, rowsQuarantined: 1 }]);
});
