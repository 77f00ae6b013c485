import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Upload } from '@aws-sdk/lib-storage';
import type { WrittenObject } from '../../engine/object-store.js';
import { bareEtag } from './etags.js';
import { headObject } from './look.js';
import type { S3Bucket } from './s3-bucket.js';

/** Bytes; S3 takes 10,000 parts at most, of 5 MiB at least. */
const leastPart = 8 * 1024 * 1024;
const mostParts = 9_000;

/** Puts a local file into a bucket, in parts where it is large. Readers see it when all of it is there. */
export async function writeObject(bucket: S3Bucket, key: string, file: string, signal: AbortSignal | undefined): Promise<WrittenObject> {
  const { size } = await stat(file);
  const upload = new Upload({
    client: bucket.client,
    params: { Bucket: bucket.bucket, Key: key, Body: createReadStream(file) },
    partSize: Math.max(leastPart, Math.ceil(size / mostParts)),
    queueSize: 2,
    // What was sent of a broken-off upload is taken away: nobody would see it, but somebody would pay for it.
    leavePartsOnError: false,
  });
  const abort = () => void upload.abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    signal?.throwIfAborted();
    const { ETag } = await upload.done();
    return { etag: bareEtag(ETag) ?? '', size };
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** What is at the key; undefined when nothing is. */
export async function findObject(bucket: S3Bucket, key: string, signal: AbortSignal | undefined): Promise<WrittenObject | undefined> {
  const head = await headObject(bucket, key, signal);
  return head === undefined ? undefined : { etag: bareEtag(head.ETag) ?? '', size: head.ContentLength ?? 0 };
}
