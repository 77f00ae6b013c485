import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { S3Store } from '../../../src/connectors/s3/s3-store.js';
import { objectStore } from '../../support/servers/servers.js';

/** A fresh bucket, and a client of the tests' own that puts objects there. */
export interface TestBucket {
  readonly bucket: string;
  readonly client: S3Client;
  put(key: string, body: Buffer | string): Promise<void>;
  /** The store of the bucket and a prefix ('' or ending in '/'), with a client that the test chooses. */
  store(prefix?: string, client?: S3Client): S3Store;
  drop(): Promise<void>;
}

export function testClient(endpoint: string = objectStore.endpoint): S3Client {
  const { region, accessKeyId, secretAccessKey } = objectStore;
  return new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
}

export async function createTestBucket(endpoint: string = objectStore.endpoint): Promise<TestBucket> {
  const client = testClient(endpoint);
  const bucket = `t-${randomBytes(6).toString('hex')}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    bucket,
    client,
    async put(key, body) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentLength: Buffer.byteLength(body) }));
    },
    store: (prefix = '', own = client) => new S3Store({ client: own, bucket, place: endpoint }, prefix),
    async drop() {
      for (let more = true; more;) {
        const page = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
        for (const { Key } of page.Contents ?? []) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
        more = page.IsTruncated === true;
      }
      await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      client.destroy();
    },
  };
}
