import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestBucket, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { objectStore } from '../../support/servers/servers.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';

const text = 'UserID,UserName,SignUpDate,Country\n1,a,1/2/2024,DE\n';

describe('strata put', () => {
  const files = mkdtempSync(join(tmpdir(), 'strata-put-'));
  const source = mkdtempSync(join(tmpdir(), 'strata-put-source-'));
  const small = smallPipeline();
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await createTestBucket();
    writeFileSync(join(files, 'users.csv'), text);
    writeFileSync(join(files, 'trips.csv'), text);
  });
  afterAll(async () => {
    await bucket.drop();
    for (const folder of [files, source]) rmSync(folder, { recursive: true });
    small.drop();
  });
  const s3 = () => ({
    EASTROCK_SOURCE_URL: `s3://${bucket.bucket}/in`,
    AWS_ENDPOINT_URL_S3: objectStore.endpoint,
    AWS_REGION: objectStore.region,
    AWS_ACCESS_KEY_ID: objectStore.accessKeyId,
    AWS_SECRET_ACCESS_KEY: objectStore.secretAccessKey,
  });
  const put = (args: readonly string[], settings: Readonly<Record<string, string>> = { EASTROCK_SOURCE_URL: pathToFileURL(source).href }) =>
    StrataProcess.run(['put', ...args], settings);

  it('copies a file into a folder, whole and once', async () => {
    const first = await put([join(files, 'users.csv')]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('users.csv put into file://');
    expect(first.stdout).toContain('To load it at once, run: strata run eastrock');
    expect(readdirSync(source)).toEqual(['users.csv']);
    expect(readFileSync(join(source, 'users.csv'), 'utf8')).toBe(text);
    const again = await put([join(files, 'users.csv')]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('waits to be picked up. Use --as to give the file another name');
    expect((await put([join(files, 'users.csv'), '--as', 'users_2.csv', '--json'])).stdout).toContain('"feed": "users"');
    expect(readdirSync(source).sort()).toEqual(['users.csv', 'users_2.csv']);
  });

  it('copies a file into a bucket, below its prefix and once', async () => {
    expect((await put([join(files, 'users.csv')], s3())).stdout).toContain(
      `users.csv put into s3://${bucket.bucket}/in/ for the feed users`,
    );
    const keys: string[] = [];
    for await (const page of bucket.store('in/').list({ recursive: true })) keys.push(...page.map(({ key, size }) => `${key} ${size}`));
    expect(keys).toEqual([`in/users.csv ${text.length}`]);
    expect(await put([join(files, 'users.csv')], s3())).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is already in s3://') as unknown,
    });
  });

  it('puts nothing where a name is one that nobody would pick up', async () => {
    const before = readdirSync(source);
    const { code, stderr } = await put([join(files, 'users.csv'), join(files, 'trips.csv')]);
    expect(code).toBe(2);
    expect(stderr).toContain('trips.csv matches no feed');
    expect(stderr).toContain('eastrock/users: ^users');
    expect(readdirSync(source)).toEqual(before);
    expect((await put([join(files, 'nothing.csv')])).stderr).toContain('there is no file');
    expect((await put([join(files, 'users.csv'), '--as', '2025/users.csv'])).stderr).toContain('2025/users.csv matches no feed');
    for (const key of ['/users.csv', '2025//users.csv', '../users.csv', '.users.csv'])
      expect((await put([join(files, 'users.csv'), '--as', key])).stderr).toContain('is not a name that a pickup takes');
  });

  it('puts a file into the folder that its feed names, of a date that exists', async () => {
    const definition = JSON.parse(readFileSync(small.settings.STRATA_PIPELINES!, 'utf8')) as { feeds: object[] };
    const [feed] = definition.feeds;
    const dated = { ...feed, match: 'raw/(?<date>[^/]+)/users\\.csv', partition: { column: 'delivery_date', group: 'date' } };
    const settings = {
      STRATA_PIPELINES: small.variant((base) => ({ ...base, feeds: [dated] })),
      SMALL_SOURCE_URL: pathToFileURL(source).href,
    };
    expect(await put([join(files, 'users.csv'), '--as', 'raw/2024-01-31/users.csv'], settings)).toMatchObject({ code: 0 });
    expect(readFileSync(join(source, 'raw/2024-01-31/users.csv'), 'utf8')).toBe(text);
    expect((await put([join(files, 'users.csv'), '--as', 'raw/2024-02-30/users.csv'], settings)).stderr).toContain(
      '"2024-02-30" is not a date',
    );
    expect((await put([join(files, 'users.csv')], settings)).stderr).toContain('matches no feed');
  });
});
