import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ListObjectVersionsCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore } from '../../../src/connectors/open-store.js';
import { StoreError, type ObjectStore, type ObjectVersion } from '../../../src/engine/object-store.js';
import { objectStore } from '../../support/servers/servers.js';
import { startCuttingProxy, startOwnServer, type OwnServer } from './own-server.js';
import { createTestBucket, testClient, type TestBucket } from './test-bucket.js';

const { endpoint, region, accessKeyId, secretAccessKey } = objectStore;
const settings = {
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
};

async function listAll(store: ObjectStore): Promise<ObjectVersion[]> {
  const all: ObjectVersion[] = [];
  for await (const page of store.list({ recursive: true })) all.push(...page);
  return all;
}

async function failureOf(call: Promise<unknown>): Promise<StoreError> {
  const error: unknown = await call.then(
    () => new Error('the call succeeded'),
    (failure: unknown) => failure,
  );
  if (!(error instanceof StoreError)) throw error;
  expect(error.message).not.toContain(secretAccessKey);
  return error;
}

describe('an S3 store that can not be used', () => {
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await createTestBucket();
    await bucket.put('users.csv', 'x');
  });
  afterAll(() => bucket.drop());

  it('says that the bucket does not exist', async () => {
    const error = await failureOf(openStore('s3://no-such-bucket-here/drops', settings).check());
    expect(error.kind).toBe('no-such-bucket');
    expect(error.message).toBe(
      `bucket "no-such-bucket-here" at ${endpoint} does not exist: create it, or correct the store's address or AWS_ENDPOINT_URL_S3`,
    );
    expect((await failureOf(listAll(openStore('s3://no-such-bucket-here', settings)))).kind).toBe('no-such-bucket');
  });

  it.each([
    { what: 'secret key', setting: { AWS_SECRET_ACCESS_KEY: 'wrong' } },
    { what: 'access key', setting: { AWS_ACCESS_KEY_ID: 'NOBODY' } },
  ])('says which settings to check when the $what is wrong', async ({ setting }) => {
    const error = await failureOf(openStore(`s3://${bucket.bucket}`, { ...settings, ...setting }).check());
    expect(error.kind).toBe('denied');
    expect(error.message).toContain('AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY');
  });

  it.each([{ AWS_SECRET_ACCESS_KEY: 'wrong' }, { AWS_ACCESS_KEY_ID: 'NOBODY' }])(
    'takes no object for gone because of a wrong key (%j)',
    async (setting) => {
      const [version] = await listAll(bucket.store());
      const store = openStore(`s3://${bucket.bucket}`, { ...settings, ...setting });
      const calls = [() => store.remove(version!), () => store.move(version!, 'elsewhere.csv'), () => store.read(version!, { start: 0 })];
      for (const call of calls) {
        const error = await failureOf(call());
        expect(error.kind).toBe('denied');
        expect(error.message).toContain('check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY');
      }
    },
  );

  it('takes no object for gone because its bucket is', async () => {
    const [version] = await listAll(bucket.store());
    const store = openStore('s3://no-such-bucket-here', settings);
    expect((await failureOf(store.remove(version!))).kind).toBe('no-such-bucket');
    expect((await failureOf(store.read(version!, { start: 0 }))).kind).toBe('no-such-bucket');
  });

  it('says that the region is wrong', async () => {
    const error = await failureOf(openStore(`s3://${bucket.bucket}`, { ...settings, AWS_REGION: 'eu-west-1' }).check());
    expect(error.kind).toBe('misconfigured');
    expect(error.message).toContain('AWS_REGION');
  });

  it('says that there are no credentials', async () => {
    const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE', 'AWS_EC2_METADATA_DISABLED'];
    const before = names.map((name) => [name, process.env[name]] as const);
    for (const name of names) delete process.env[name];
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
    try {
      const error = await failureOf(openStore(`s3://${bucket.bucket}`, { AWS_ENDPOINT_URL_S3: endpoint }).check());
      expect(error.kind).toBe('misconfigured');
      expect(error.message).toContain('set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  it('says that the endpoint can not be reached', async () => {
    const error = await failureOf(openStore('s3://any-bucket', { ...settings, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }).check());
    expect(error.kind).toBe('unavailable');
    expect(error.message).toMatch(
      /^http:\/\/127.0.0.1:1 can't be reached \(.*ECONNREFUSED.*\): check that it runs and AWS_ENDPOINT_URL_S3$/,
    );
  });

  it('refuses an endpoint that is no address, without repeating what may be a secret', () => {
    const open = () => openStore('s3://any-bucket', { AWS_ENDPOINT_URL_S3: `http://me:${secretAccessKey}@127.0.0.1:1` });
    expect(open).toThrow('AWS_ENDPOINT_URL_S3 must be an address like');
    expect(open).not.toThrow(secretAccessKey);
  });

  it('fails a stream that the server ends early in good order', async () => {
    await bucket.put('cut.csv', Buffer.alloc(4 << 20, 'a'));
    const proxy = await startCuttingProxy(endpoint, 1 << 20);
    try {
      const version = (await listAll(bucket.store())).find(({ key }) => key === 'cut.csv')!;
      const stream = await openStore(`s3://${bucket.bucket}`, { ...settings, AWS_ENDPOINT_URL_S3: proxy.endpoint }).read(version, {
        start: 0,
      });
      const error = await failureOf(buffer(stream));
      expect(error.kind).toBe('unavailable');
      expect(error.message).toMatch(/reading "cut.csv" after \d+ of 4194304 bytes from http.* broke off/);
    } finally {
      await proxy.close();
    }
  });
});

describe('an S3 store on a server of its own', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await startOwnServer();
  });
  afterAll(() => server.drop());

  it('leaves a delete marker in a bucket with versioning, and brings no older version back', async () => {
    const bucket = await createTestBucket(server.endpoint);
    const versioning = new PutBucketVersioningCommand({ Bucket: bucket.bucket, VersioningConfiguration: { Status: 'Enabled' } });
    await bucket.client.send(versioning);
    await bucket.put('users.csv', 'first');
    const store = bucket.store();
    const [first] = await listAll(store);
    await bucket.put('users.csv', 'second');
    const [second] = await listAll(store);
    expect(await store.remove(first!)).toBe('replaced');
    await expect(store.read(first!, { start: 0 })).rejects.toMatchObject({ change: 'replaced' });
    expect((await buffer(await store.read(second!, { start: 0 }))).toString()).toBe('second');
    expect(await store.remove(second!)).toBe('removed');
    expect(await listAll(store)).toEqual([]);
    expect(await store.remove(second!)).toBe('gone');
    const kept = await bucket.client.send(new ListObjectVersionsCommand({ Bucket: bucket.bucket }));
    expect(kept.Versions).toHaveLength(2);
    expect(kept.DeleteMarkers).toHaveLength(1);
    bucket.client.destroy();
  });

  it('reads and removes an object that has no ETag by size and time', async () => {
    await mkdir(join(server.folder, 'by-hand'));
    await writeFile(join(server.folder, 'by-hand', 'users.csv'), 'put by hand');
    const store = openStore('s3://by-hand', { ...settings, AWS_ENDPOINT_URL_S3: server.endpoint });
    const [version] = await listAll(store);
    expect((await buffer(await store.read(version!, { start: 0 }))).toString()).toBe('put by hand');
    expect(await store.remove(version!)).toBe('removed');
  });

  it('fails a stream, and then every call, when the server dies in the middle of a read', async () => {
    const bucket = await createTestBucket(server.endpoint);
    await bucket.put('users.csv', Buffer.alloc(64 << 20, 'a'));
    const store = bucket.store('', testClient(server.endpoint));
    const [version] = await listAll(store);
    const stream = await store.read(version!, { start: 0 });
    const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    await iterator.next();
    await server.kill();
    const rest = async () => {
      for (let next = await iterator.next(); !next.done; next = await iterator.next());
    };
    expect((await failureOf(rest())).kind).toBe('unavailable');
    expect((await failureOf(store.check())).kind).toBe('unavailable');
    bucket.client.destroy();
  });
});
