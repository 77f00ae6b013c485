import { randomBytes } from 'node:crypto';
import { DeleteObjectCommand, GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestBucket, testClient, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { startHttpProxy, type HttpProxy, type ProxiedRequest } from './http-proxy.js';
import { objectStore } from '../servers/servers.js';

describe('a proxy in front of the S3 server', () => {
  let bucket: TestBucket;
  let proxy: HttpProxy;
  let client: S3Client;
  const content = randomBytes(3 << 20);

  beforeEach(async () => {
    bucket = await createTestBucket();
    proxy = await startHttpProxy(objectStore.endpoint);
    client = testClient(proxy.endpoint);
    await bucket.put('a b.csv', content);
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
    await bucket.drop();
  });

  const get = async () => (await client.send(new GetObjectCommand({ Bucket: bucket.bucket, Key: 'a b.csv' }))).Body!.transformToByteArray();
  const remove = () => client.send(new DeleteObjectCommand({ Bucket: bucket.bucket, Key: 'a b.csv' }));
  const is = (method: string) => (asked: ProxiedRequest) => asked.method === method && asked.path.endsWith('/a b.csv');
  const keys = async () => {
    const found: string[] = [];
    for await (const page of bucket.store().list({ recursive: true })) found.push(...page.map(({ key }) => key));
    return found;
  };

  it('keeps signatures valid and bodies whole', async () => {
    expect(Buffer.from(await get()).equals(content)).toBe(true);
    await remove();
    expect(await keys()).toEqual([]);
  });

  it('stops in the middle of a body', async () => {
    let stopped = 0;
    proxy.midBody(is('GET'), 1 << 20, () => {
      stopped += 1;
      return Promise.resolve('go on');
    });
    expect(Buffer.from(await get()).equals(content)).toBe(true);
    expect(stopped).toBe(1);
  });

  it('stops before and after a delete', async () => {
    const seen: number[] = [];
    const look = async () => {
      seen.push((await keys()).length);
      return 'go on' as const;
    };
    proxy.at('before', is('DELETE'), look);
    proxy.at('after', is('DELETE'), look);
    await remove();
    expect(seen).toEqual([1, 0]);
  });
});
