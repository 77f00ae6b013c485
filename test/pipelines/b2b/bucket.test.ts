import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeB2bFiles } from '../../../tools/samples/b2b/files.js';
import { createTestBucket, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { objectStore, warehouse } from '../../support/servers/servers.js';
import { until } from '../../support/until.js';
import { B2bLab } from './lab.js';

const dates = ['2020-06-22', '2020-06-23'] as const;

describe('dates of b2b in a bucket', () => {
  let bucket: TestBucket;
  let lab: B2bLab;
  beforeAll(async () => {
    bucket = await createTestBucket();
    const keys = { AWS_ACCESS_KEY_ID: objectStore.accessKeyId, AWS_SECRET_ACCESS_KEY: objectStore.secretAccessKey };
    lab = await B2bLab.open(warehouse.url, {
      settings: {
        ...keys,
        AWS_REGION: objectStore.region,
        AWS_ENDPOINT_URL_S3: objectStore.endpoint,
        B2B_SOURCE_URL: `s3://${bucket.bucket}/in`,
        // A log takes a thousand commits.
        STRATA_CHUNK_BYTES: '2000',
      },
    });
    for (const key of await writeB2bFiles(lab.folder, { rows: 12_000, days: dates.length }))
      await bucket.put(`in/${key}`, readFileSync(join(lab.folder, key)));
    await lab.startWorker();
  });
  afterAll(async () => {
    await lab.close();
    await bucket.drop();
  });

  /** Takes what was written into the folder, and the times of the bucket, by which deliveries are in order. */
  async function download(): Promise<void> {
    for (let token: string | undefined, more = true; more;) {
      const page = await bucket.client.send(
        new ListObjectsV2Command({ Bucket: bucket.bucket, Prefix: 'in/data/', ContinuationToken: token }),
      );
      for (const { Key: key = '', LastModified: time = new Date() } of page.Contents ?? []) {
        const path = join(lab.folder, key.slice('in/'.length));
        if (key.startsWith('in/data/final/')) {
          const { Body } = await bucket.client.send(new GetObjectCommand({ Bucket: bucket.bucket, Key: key }));
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, await Body!.transformToByteArray());
        }
        utimesSync(path, time, time);
      }
      token = page.NextContinuationToken;
      more = page.IsTruncated === true;
    }
  }

  it('have each visit once where the worker is killed in the midst of a log', async () => {
    await lab.succeed('run', 'b2b', '--init');
    const run = lab.succeed('run', 'b2b', '--date', dates[0]);
    run.catch(() => undefined);
    await until(async () => Number((await lab.query('select count(*) as n from staging.weblogs'))[0]?.n) > 0);
    await lab.worker!.kill();
    expect(await lab.query("select state from gear.loads where feed = 'weblogs'")).toEqual([{ state: 'claimed' }]);
    await lab.startWorker();
    await run;
    await download();
    expect(await lab.written(dates[0])).toEqual(lab.expected(dates[0]));
  });

  it('have the outputs of each date when several are run together', async () => {
    await lab.succeed('run', 'b2b', '--from', dates[0], '--to', dates[1]);
    await download();
    for (const date of dates) expect(await lab.written(date)).toEqual(lab.expected(date));
    expect(await lab.succeed('run', 'b2b', '--from', dates[0], '--to', dates[1])).toContain('26 outputs of these dates already up to date');
  });
});
