import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eastrock } from '../../src/pipelines/eastrock.js';
import { waitingFiles } from '../../src/status/waiting-files.js';
import { createTestBucket, type TestBucket } from '../connectors/s3/test-bucket.js';

let bucket: TestBucket;
beforeAll(async () => {
  bucket = await createTestBucket();
});
afterAll(() => bucket.drop());

it('names folders of a bucket whose files no pickup takes, but for those of Strata', async () => {
  for (const name of ['users.csv', '2026/11/users.csv', '2026/12/users.csv', 'quarantine/7-ab/users.csv', '.strata/owner.json'])
    await bucket.client.send(new PutObjectCommand({ Bucket: bucket.bucket, Key: `in/${name}`, Body: 'text' }));
  const { feeds, others, leftAlone } = await waitingFiles(bucket.store('in/'), eastrock);
  expect(feeds.users?.files).toBe(1);
  expect(others.files).toBe(0);
  expect(leftAlone).toEqual({ files: 1, shown: [{ key: '2026/', reason: expect.stringContaining('it is a folder') as unknown }] });
});
