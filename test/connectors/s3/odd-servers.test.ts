import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { bareEtag, sameEtag } from '../../../src/connectors/s3/etags.js';
import { listObject } from '../../../src/connectors/s3/list-objects.js';
import { probeStore } from '../../../src/connectors/s3/probe/probe-store.js';
import { S3Store } from '../../../src/connectors/s3/s3-store.js';
import type { ObjectVersion } from '../../../src/engine/object-store.js';
import { startHttpProxy } from '../../support/proxies/http-proxy.js';
import { startOddServer, type OddServer, type OddWay } from '../../support/servers/odd-s3.js';
import { objectStore } from '../../support/servers/servers.js';
import { createTestBucket, testClient, type TestBucket } from './test-bucket.js';

async function listAll(store: S3Store): Promise<ObjectVersion[]> {
  const all: ObjectVersion[] = [];
  for await (const page of store.list({ recursive: true })) all.push(...page);
  return all;
}

describe('an S3 server that is odd', () => {
  let bucket: TestBucket;
  let server: OddServer;
  let store: S3Store;
  beforeAll(async () => {
    bucket = await createTestBucket();
    server = await startOddServer(objectStore.endpoint);
    store = bucket.store('', testClient(server.endpoint));
  });
  afterEach(async () => {
    server.way = undefined;
    for (const version of await listAll(bucket.store())) await bucket.store().remove(version);
  });
  afterAll(async () => {
    await server.close();
    await bucket.drop();
  });

  it.each<OddWay>([
    'weak etags',
    'upper case in listings',
    'upper case in headers',
    'number of parts in listings',
    'next second in headers',
  ])('is read and tidied all the same when it differs in form only: %s', async (way) => {
    server.way = way;
    await bucket.put('users.csv', 'a,b\n1,2\n');
    const [version] = await listAll(store);
    expect((await buffer(await store.read(version!, { start: 0 }))).toString()).toBe('a,b\n1,2\n');
    expect((await buffer(await store.read(version!, { start: 4, end: 7 }))).toString()).toBe('1,2');
    expect(await store.move(version!, 'quarantine/1/users.csv')).toBe('removed');
    expect(await listAll(bucket.store())).toMatchObject([{ key: 'quarantine/1/users.csv' }]);
    expect(await probeStore(store)).toEqual({ faults: [], enforcesIfMatch: true });
  });

  it('tells the same bytes put a second later apart, although it shows the next second', async () => {
    server.way = 'next second in headers';
    await bucket.put('users.csv', 'same');
    const [first] = await listAll(store);
    for (let again = first; again!.lastModified === first!.lastModified; [again] = await listAll(store))
      await bucket.put('users.csv', 'same');
    expect(await store.remove(first!)).toBe('replaced');
    expect(await listAll(store)).toHaveLength(1);
  });

  it.each<[OddWay, RegExp]>([
    ['no token', /is cut short: the server says that there is more, and gives no continuation token/],
    ['one token for ever', /is cut short: the server says that there is more, and begins again/],
  ])('fails a listing that does not show all: %s', async (way, message) => {
    await bucket.put('users.csv', 'x');
    server.way = way;
    await expect(listAll(store)).rejects.toMatchObject({ kind: 'misconfigured', message: expect.stringMatching(message) as unknown });
  });

  it('lists a name that is no encoded one as it is', async () => {
    server.way = 'names said to be encoded';
    await bucket.put('100% of users.csv', 'x');
    expect((await listAll(store)).map(({ key }) => key)).toEqual(['100% of users.csv']);
  });

  it('lists encoded names decoded, and looks one up by its name', async () => {
    const name = 'a+b %20 é&<.csv';
    await bucket.put(name, 'x');
    server.way = 'encoded names in listings';
    expect((await listAll(store)).map(({ key }) => key)).toEqual([name]);
    expect((await listObject(store.bucket, name, undefined))?.key).toBe(name);
    expect(await probeStore(store)).toEqual({ faults: [], enforcesIfMatch: true });
  });

  it.each<[OddWay, RegExp]>([
    ['other etag in listings', /^listing and HEAD disagree about one object \(the listing says 0{32}-1, /],
    ['deletes do nothing', /^a deletion was confirmed, and the object is still there/],
    ['names said to be encoded', /^the listing shows ".* \+%2F%25é.txt" as ".*  \/%é.txt"/],
    ['no token', /is cut short/],
  ])('is found out by doctor: %s', async (way, message) => {
    server.way = way;
    const faults = await probeStore(store).then(
      (probe) => probe.faults,
      (error: Error) => [error.message],
    );
    expect(faults).toEqual([expect.stringMatching(message)]);
  });
});

describe('an S3 store behind a connection that breaks', () => {
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await createTestBucket();
  });
  afterAll(() => bucket.drop());

  it('deletes once for each look, so that the same bytes put again are not deleted unread', async () => {
    const proxy = await startHttpProxy(objectStore.endpoint);
    try {
      const store = bucket.store('', testClient(proxy.endpoint));
      await bucket.put('users.csv', 'A');
      const [first] = await listAll(store);
      proxy.at(
        'after',
        ({ method }) => method === 'DELETE',
        async () => {
          // S3 tells times in seconds: another second, another delivery.
          const { LastModified } = await putUntilLater(bucket, 'users.csv', 'A', Date.parse(first!.lastModified));
          expect(LastModified).toBeDefined();
          return 'cut';
        },
      );
      expect(await store.remove(first!)).toBe('replaced');
      const [second] = await listAll(store);
      expect(second!.etag).toBe(first!.etag);
      expect((await buffer(await store.read(second!, { start: 0 }))).toString()).toBe('A');
      expect(await store.remove(second!)).toBe('removed');
    } finally {
      await proxy.close();
    }
  });

  it.each(['before', 'after'] as const)('says what became of the object when a connection is cut %s the delete', async (moment) => {
    const proxy = await startHttpProxy(objectStore.endpoint);
    try {
      const store = bucket.store('', testClient(proxy.endpoint));
      await bucket.put('cut.csv', 'A');
      const [version] = await listAll(store);
      proxy.at(
        moment,
        ({ method }) => method === 'DELETE',
        () => Promise.resolve('cut'),
      );
      if (moment === 'before') await expect(store.remove(version!)).rejects.toMatchObject({ kind: 'unavailable' });
      else expect(await store.remove(version!)).toBe('removed');
      expect(await store.remove(version!)).toBe(moment === 'before' ? 'removed' : 'gone');
    } finally {
      await proxy.close();
    }
  });

  it('looks again when time has passed between a look and its delete', async () => {
    const client = testClient();
    const slow = bucket.store('', client);
    let stops = 0;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'DeleteObjectCommand' && (stops += 1) === 1) {
          await bucket.put('slow.csv', 'B');
          await new Promise((resolve) => setTimeout(resolve, 1_100));
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    await bucket.put('slow.csv', 'A');
    const version = (await listAll(slow)).find(({ key }) => key === 'slow.csv');
    expect(await slow.remove(version!)).toBe('replaced');
    expect(stops).toBe(1);
  });

  it('keeps the source when what is at the target is not the copy', async () => {
    const client = testClient();
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const result = await next(args);
        if (context.commandName === 'CopyObjectCommand') await bucket.put('quarantine/7/users.csv', 'put by somebody else');
        return result;
      },
      { step: 'initialize' },
    );
    await bucket.put('users.csv', 'A');
    const version = (await listAll(bucket.store())).find(({ key }) => key === 'users.csv');
    await expect(bucket.store('', client).move(version!, 'quarantine/7/users.csv')).rejects.toThrow(
      'but the object there is not that copy. The source was kept',
    );
    expect((await listAll(bucket.store())).map(({ key }) => key)).toContain('users.csv');
  });

  it('does not overwrite what appears under the target while it copies', async () => {
    const client = testClient();
    let ends = 0;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const ending = context.commandName === 'CompleteMultipartUploadCommand' && (ends += 1) === 1;
        if (ending) await bucket.put('quarantine/8/late.csv', 'put by somebody else');
        return next(args);
      },
      { step: 'initialize' },
    );
    await bucket.put('late.csv', Buffer.alloc(6 << 20, 'a'));
    // The test's server knows the condition for uploads in parts, and not for copies.
    const store = new S3Store({ client, bucket: bucket.bucket, place: 'the test server' }, '', {
      multipartThreshold: 5 << 20,
      partSize: 5 << 20,
    });
    const version = (await listAll(store)).find(({ key }) => key === 'late.csv');
    await expect(store.move(version!, 'quarantine/8/late.csv')).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await store.move(version!, 'quarantine/8/late.csv')).toBe('removed');
    const kept = (await listAll(store)).filter(({ key }) => key.startsWith('quarantine/8/late'));
    expect(kept).toHaveLength(2);
  });
});

describe('ETags', () => {
  const md5 = '0123456789abcdef0123456789abcdef';
  it('are compared without their forms', () => {
    for (const form of [md5, `"${md5}"`, `W/"${md5}"`, `"${md5.toUpperCase()}"`]) expect(bareEtag(form)).toBe(md5);
    expect(bareEtag('"Opaque-Text"')).toBe('Opaque-Text');
    expect(sameEtag(md5, `${md5}-1`)).toBe(true);
    expect(sameEtag(`${md5}-1`, `${md5}-2`)).toBe(false);
    expect(sameEtag('Opaque', 'opaque')).toBe(false);
  });
});

async function putUntilLater(
  bucket: TestBucket,
  key: string,
  body: string,
  than: number,
): Promise<{ readonly LastModified?: Date | undefined }> {
  for (;;) {
    await bucket.put(key, body);
    const head = await bucket.client.send(new HeadObjectCommand({ Bucket: bucket.bucket, Key: key }));
    if (Math.floor((head.LastModified?.getTime() ?? 0) / 1_000) > Math.floor(than / 1_000)) return head;
  }
}
