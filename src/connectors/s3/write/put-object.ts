import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { bareEtag } from '../etags.js';
import { headObject } from '../look.js';
import type { S3Bucket } from '../s3-bucket.js';
import { statusOf, toStoreError } from '../s3-errors.js';

/** Puts a local file into a bucket. Returns false where there is an object of that key, also where a server does not know If-None-Match. */
export async function putIntoBucket(file: string, bucket: S3Bucket, key: string): Promise<boolean> {
  const { size } = await stat(file);
  try {
    if ((await headObject(bucket, key, undefined)) !== undefined) return false;
    await bucket.client.send(
      new PutObjectCommand({ Bucket: bucket.bucket, Key: key, Body: createReadStream(file), ContentLength: size, IfNoneMatch: '*' }),
    );
    return true;
  } catch (error) {
    if (await isThere(bucket, key, file, size)) return true;
    if (statusOf(error) === 412) return false;
    throw toStoreError(error, bucket, `putting ${JSON.stringify(key)}`);
  }
}

/** Whether the file is there, though the server's answer was lost. Unknown where an ETag is no MD5, or nothing answers. */
async function isThere(bucket: S3Bucket, key: string, file: string, size: number): Promise<boolean> {
  const head = await headObject(bucket, key, undefined).catch(() => undefined);
  if (head?.ContentLength !== size) return false;
  const hash = createHash('md5');
  for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer);
  return bareEtag(head.ETag) === hash.digest('hex');
}
