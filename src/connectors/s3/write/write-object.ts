import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Upload } from '@aws-sdk/lib-storage';
import type { WrittenObject } from '../../../engine/object-store.js';
import { onAbort } from '../../on-abort.js';
import { bareEtag } from '../etags.js';
import { headObject } from '../look.js';
import type { S3Bucket } from '../s3-bucket.js';
import { statusOf } from '../s3-errors.js';

/** Bytes; S3 takes 10,000 parts at most, of 5 MiB at least. */
const leastPart = 8 * 1024 * 1024;
const mostParts = 9_000;

/** Puts a local file into a bucket, in parts where it is large. Readers see it when all of it is there. */
export async function writeObject(bucket: S3Bucket, key: string, file: string, signal: AbortSignal | undefined): Promise<WrittenObject> {
  return send(bucket, key, file, {}, signal);
}

/**
 * The same only where nothing is; false where something is. The last request says so (If-None-Match), which is looked at when all parts
 * are there. A server that does not know it (501) gets a look before, and no more.
 */
export async function writeNewObject(bucket: S3Bucket, key: string, file: string, signal: AbortSignal | undefined): Promise<boolean> {
  if ((await headObject(bucket, key, signal)) !== undefined) return false;
  try {
    await send(bucket, key, file, { IfNoneMatch: '*' }, signal);
    return true;
  } catch (error) {
    if (statusOf(error) === 412) return false;
    if (statusOf(error) !== 501) throw error;
    await send(bucket, key, file, {}, signal);
    return true;
  }
}

/** Bytes of the parts of an upload. */
export function partSizeOf(size: number): number {
  return Math.max(leastPart, Math.ceil(size / mostParts));
}

async function send(
  bucket: S3Bucket,
  key: string,
  file: string,
  condition: { readonly IfNoneMatch?: string },
  signal: AbortSignal | undefined,
): Promise<WrittenObject> {
  const { size } = await stat(file);
  const upload = new Upload({
    client: bucket.client,
    params: { Bucket: bucket.bucket, Key: key, Body: createReadStream(file), ...condition },
    partSize: partSizeOf(size),
    queueSize: 2,
    // What was sent of a broken-off upload is taken away: nobody would see it, but somebody would pay for it.
    leavePartsOnError: false,
  });
  const ended = onAbort(signal, () => void upload.abort());
  try {
    signal?.throwIfAborted();
    const { ETag } = await upload.done();
    return { etag: bareEtag(ETag) ?? '', size };
  } finally {
    ended();
  }
}

/** What is at the key; undefined when nothing is. */
export async function findObject(bucket: S3Bucket, key: string, signal: AbortSignal | undefined): Promise<WrittenObject | undefined> {
  const head = await headObject(bucket, key, signal);
  return head === undefined ? undefined : { etag: bareEtag(head.ETag) ?? '', size: head.ContentLength ?? 0 };
}
