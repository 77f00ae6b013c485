import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { createS3Client } from '../../../src/connectors/s3/s3-client.js';
import { putIntoBucket } from '../../../src/connectors/s3/write/put-object.js';
import { startHttpProxy, type HttpProxy } from '../../support/proxies/http-proxy.js';
import { objectStore } from '../../support/servers/servers.js';
import { createTestBucket, testClient, type TestBucket } from './test-bucket.js';

let bucket: TestBucket;
let proxy: HttpProxy;
let local: string;
beforeAll(async () => {
  bucket = await createTestBucket();
  proxy = await startHttpProxy(objectStore.endpoint);
  local = await mkdtemp(join(tmpdir(), 'strata-lost-'));
});
afterAll(async () => {
  await proxy.close();
  await bucket.drop();
  await rm(local, { recursive: true });
});

/** The first PUT of the key is done, and nobody hears of it. */
const loseAnswer = (key: string) =>
  proxy.at(
    'after',
    ({ method, path }) => method === 'PUT' && path.endsWith(key),
    () => Promise.resolve('cut'),
  );

it('a note that is there counts as written, though the answer was lost', async () => {
  const client = testClient(proxy.endpoint);
  const store = bucket.store('', client);
  loseAnswer('note.json');
  const tag = await store.writeNote('note.json', '{"first":1}', undefined);
  expect(await store.readNote('note.json')).toEqual({ text: '{"first":1}', tag });
  loseAnswer('note.json');
  const next = await store.writeNote('note.json', '{"second":2}', tag);
  expect(await store.readNote('note.json')).toEqual({ text: '{"second":2}', tag: next });
  expect(await store.writeNote('note.json', '{"late":1}', tag)).toBeUndefined();
  client.destroy();
});

it('a file that is there counts as put, though the answer was lost, and another file does not', async () => {
  const file = join(local, 'users.csv');
  await writeFile(file, 'a\n');
  const { region, accessKeyId, secretAccessKey } = objectStore;
  const { client, place } = createS3Client({
    ...{ AWS_ENDPOINT_URL_S3: proxy.endpoint, AWS_REGION: region },
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  });
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const put = (key: string) => putIntoBucket(file, { client, bucket: bucket.bucket, place }, key);
  loseAnswer('users.csv');
  expect(await put('users.csv')).toBe(true);
  expect(await put('users.csv')).toBe(false);
  proxy.at(
    'before',
    ({ method, path }) => method === 'PUT' && path.endsWith('other.csv'),
    async () => {
      await bucket.put('other.csv', 'b\n');
      return 'go on';
    },
  );
  expect(await put('other.csv')).toBe(false);
  expect(warn.mock.calls).toEqual([]);
  warn.mockRestore();
  client.destroy();
});
