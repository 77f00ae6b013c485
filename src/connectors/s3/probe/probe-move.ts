import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { StoreError, type ObjectVersion } from '../../../engine/object-store.js';
import { listObjects } from '../list-objects.js';
import { callOptions } from '../s3-bucket.js';
import { toStoreError } from '../s3-errors.js';
import type { S3Store } from '../s3-store.js';

/** Puts a small object below `.strata/`, moves it to `quarantine/` as a refused file is, and deletes it there. Throws StoreError for what is not allowed. */
export async function probeMove(store: S3Store): Promise<void> {
  const { bucket } = store;
  const id = randomUUID();
  const key = store.wholeKey(`.strata/probe-${id}`);
  const target = store.wholeKey(`quarantine/probe-${id}`);
  try {
    await bucket.client.send(new PutObjectCommand({ Bucket: bucket.bucket, Key: key, Body: 'probe' }), callOptions(undefined));
    try {
      const version = await listed(store, key);
      if (!version) throw new StoreError('unavailable', `${store.url}: an object that was put just now is not listed`);
      const outcome = await store.move(version, target);
      if (outcome !== 'removed') throw new StoreError('unavailable', `${store.url}: moving an object to quarantine/ ended as ${outcome}`);
    } finally {
      for (const each of [key, target])
        await bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.bucket, Key: each }), callOptions(undefined));
    }
  } catch (error) {
    throw toStoreError(error, bucket, 'moving an object to quarantine/');
  }
}

async function listed({ bucket }: S3Store, key: string): Promise<ObjectVersion | undefined> {
  for await (const page of listObjects(bucket, key, { recursive: true })) if (page[0]) return page[0];
  return undefined;
}

/** The server's own time, as each of its answers has it; undefined where it has none. */
export async function serverTime({ bucket }: S3Store): Promise<Date | undefined> {
  const command = new HeadBucketCommand({ Bucket: bucket.bucket });
  let date: string | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      date = headers?.date;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'strataServerTime' },
  );
  try {
    await bucket.client.send(command, callOptions(undefined));
  } catch (error) {
    if (date === undefined) throw toStoreError(error, bucket, 'asking for the time');
  }
  return date === undefined ? undefined : new Date(date);
}
