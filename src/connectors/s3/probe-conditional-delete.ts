import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../engine/object-store.js';
import { callOptions } from './s3-bucket.js';
import { statusOf, toStoreError } from './s3-errors.js';
import { S3Store } from './s3-store.js';

/**
 * Whether the store's server enforces If-Match when it deletes, tried on a small object of its own under `.strata/`.
 * Where it does not, a file replaced in the moment between HEAD and DELETE would be lost unread. True for `file://`.
 * Throws StoreError when the store can't be written to.
 */
export async function probeConditionalDelete(store: ObjectStore, signal?: AbortSignal): Promise<boolean> {
  if (!(store instanceof S3Store)) return true;
  const { bucket } = store;
  const target = { Bucket: bucket.bucket, Key: store.wholeKey(`.strata/probe-${randomUUID()}`) };
  try {
    await bucket.client.send(new PutObjectCommand({ ...target, Body: 'probe' }), callOptions(signal));
    try {
      await bucket.client.send(new DeleteObjectCommand({ ...target, IfMatch: `"${'0'.repeat(32)}"` }), callOptions(signal));
      return false;
    } catch (error) {
      if (statusOf(error) === 412) return true;
      throw error;
    } finally {
      await bucket.client.send(new DeleteObjectCommand(target), callOptions(undefined));
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw toStoreError(error, bucket, 'trying a conditional delete');
  }
}
