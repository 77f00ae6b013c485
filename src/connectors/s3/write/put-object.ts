import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
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
    if (statusOf(error) === 412) return false;
    throw toStoreError(error, bucket, `putting ${JSON.stringify(key)}`);
  }
}
