import { buffer } from 'node:stream/consumers';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { probeStore } from '../../../src/connectors/s3/probe/probe-store.js';
import { S3Store } from '../../../src/connectors/s3/s3-store.js';
import type { ObjectStore, ObjectVersion } from '../../../src/engine/object-store.js';
import { createTestBucket, testClient, type TestBucket } from './test-bucket.js';

const smallParts = { multipartThreshold: 5 << 20, partSize: 5 << 20 };

async function find(store: ObjectStore, key: string): Promise<ObjectVersion> {
  for await (const page of store.list({ recursive: true })) {
    const version = page.find((candidate) => candidate.key === key);
    if (version !== undefined) return version;
  }
  throw new Error(`${key} is not listed`);
}

/** A client that does something before it sends the given command for the nth time. */
function clientThat(command: string, nth: number, act: () => Promise<void>): S3Client {
  const client = testClient();
  let seen = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === command && (seen += 1) === nth) await act();
      return next(args);
    },
    { step: 'initialize' },
  );
  return client;
}

describe('an S3 store', () => {
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await createTestBucket();
  });
  afterAll(() => bucket.drop());
  const storeOf = (client: S3Client) => new S3Store({ client, bucket: bucket.bucket, place: 'the test server' }, '', smallParts);

  it('lists more than 1,000 objects in pages, below its prefix only', async () => {
    const keys = Array.from({ length: 1_105 }, (_, index) => `many/users-${index}.csv`);
    for (let first = 0; first < keys.length; first += 65)
      await Promise.all(keys.slice(first, first + 65).map((key) => bucket.put(key, key)));
    await bucket.put('manyother.csv', 'x');
    const pages: (readonly ObjectVersion[])[] = [];
    for await (const page of bucket.store('many/').list({ recursive: false })) pages.push(page);
    expect(pages.map(({ length }) => length)).toEqual([1_000, 105]);
    expect(
      pages
        .flat()
        .map(({ key }) => key)
        .sort(),
    ).toEqual([...keys].sort());
  });

  it('leaves folder markers out of a listing', async () => {
    await bucket.put('marked/', '');
    await bucket.put('marked/a.csv', 'a');
    const pages: (readonly ObjectVersion[])[] = [];
    for await (const page of bucket.store('marked/').list({ recursive: true })) pages.push(page);
    expect(pages.flat().map(({ key }) => key)).toEqual(['marked/a.csv']);
  });

  it('refuses to name a key outside of its prefix', () => {
    expect(bucket.store('many/').relativeKey('many/a/b.csv')).toBe('a/b.csv');
    expect(() => bucket.store('many/').relativeKey('manyother.csv')).toThrow(RangeError);
  });

  it('moves a large object in parts, with its headers', async () => {
    const body = Buffer.alloc(12 << 20, Buffer.from('0123456789\n'));
    const headers = { ContentType: 'text/csv', Metadata: { producer: 'games' } };
    await bucket.client.send(
      new PutObjectCommand({ Bucket: bucket.bucket, Key: 'large +%ü.csv', Body: body, ContentLength: body.length, ...headers }),
    );
    const store = storeOf(bucket.client);
    expect(await store.move(await find(store, 'large +%ü.csv'), 'quarantine/1/large +%ü.csv')).toBe('removed');
    await expect(find(store, 'large +%ü.csv')).rejects.toThrow('not listed');
    const moved = await bucket.client.send(new GetObjectCommand({ Bucket: bucket.bucket, Key: 'quarantine/1/large +%ü.csv' }));
    expect(moved).toMatchObject({ ContentType: 'text/csv', Metadata: { producer: 'games' } });
    expect(Buffer.from(await moved.Body!.transformToByteArray()).equals(body)).toBe(true);
  });

  it('gives up a move in parts whose source is replaced between two parts, and leaves nothing behind', async () => {
    await bucket.put('parts.csv', Buffer.alloc(12 << 20, 'a'));
    const store = storeOf(clientThat('UploadPartCopyCommand', 2, () => bucket.put('parts.csv', Buffer.alloc(12 << 20, 'b'))));
    expect(await store.move(await find(store, 'parts.csv'), 'quarantine/2/parts.csv')).toBe('replaced');
    const { Uploads } = await bucket.client.send(new ListMultipartUploadsCommand({ Bucket: bucket.bucket }));
    expect(Uploads ?? []).toEqual([]);
    await expect(find(store, 'quarantine/2/parts.csv')).rejects.toThrow('not listed');
    const current = await find(store, 'parts.csv');
    expect((await buffer(await store.read(current, { start: 0, end: 3 }))).toString()).toBe('bbb');
  });

  it.each(['small', 'large'])('ends a move of a %s object that a crash cut off between copy and delete', async (size) => {
    const key = `${size}-crash.csv`;
    await bucket.put(key, Buffer.alloc(size === 'small' ? 10 : 6 << 20, 'a'));
    const crash = new Error('the worker dies here');
    const dying = storeOf(clientThat('DeleteObjectCommand', 1, () => Promise.reject(crash)));
    const version = await find(dying, key);
    // As a worker leaves one that dies in the middle of a copy in parts.
    await bucket.client.send(new CreateMultipartUploadCommand({ Bucket: bucket.bucket, Key: `quarantine/3/${key}` }));
    await expect(dying.move(version, `quarantine/3/${key}`)).rejects.toMatchObject({ cause: crash });
    const store = storeOf(bucket.client);
    expect(await store.move(version, `quarantine/3/${key}`)).toBe('removed');
    expect(await store.move(version, `quarantine/3/${key}`)).toBe('removed');
    const { ContentLength } = await bucket.client.send(new HeadObjectCommand({ Bucket: bucket.bucket, Key: `quarantine/3/${key}` }));
    expect(ContentLength).toBe(version.size);
    const { Uploads } = await bucket.client.send(new ListMultipartUploadsCommand({ Bucket: bucket.bucket, Prefix: `quarantine/3/${key}` }));
    expect(Uploads ?? []).toHaveLength(size === 'small' ? 1 : 0);
    for (const { Key, UploadId } of Uploads ?? [])
      await bucket.client.send(new AbortMultipartUploadCommand({ Bucket: bucket.bucket, Key, UploadId }));
    await expect(find(store, `quarantine/3/${key.replace('.csv', '-')}`)).rejects.toThrow('not listed');
  });

  it('does not delete an object that is replaced between HEAD and DELETE', async () => {
    await bucket.put('narrow.csv', 'old');
    const store = storeOf(clientThat('DeleteObjectCommand', 1, () => bucket.put('narrow.csv', 'new')));
    expect(await store.remove(await find(store, 'narrow.csv'))).toBe('replaced');
    expect((await buffer(await store.read(await find(store, 'narrow.csv'), { start: 0 }))).toString()).toBe('new');
  });

  it('finds out whether the server enforces a conditional delete, and leaves no trace', async () => {
    const careless = testClient();
    careless.middlewareStack.add(
      (next) => (args) => {
        delete (args.request as { headers: Record<string, string> }).headers['if-match'];
        return next(args);
      },
      { step: 'build', priority: 'low' },
    );
    expect(await probeStore(bucket.store('probed/'))).toEqual({ faults: [], enforcesIfMatch: true });
    expect(await probeStore(bucket.store('probed/', careless))).toEqual({ faults: [], enforcesIfMatch: false });
    const pages: (readonly ObjectVersion[])[] = [];
    for await (const page of bucket.store('probed/').list({ recursive: true })) pages.push(page);
    expect(pages).toEqual([]);
  });
});
