import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { ObjectVersion, RemoveOutcome } from '../../engine/object-store.js';
import { callOptions, ifMatch, lookAt, type S3Bucket } from './s3-bucket.js';
import { isMissing, statusOf } from './s3-errors.js';

/**
 * Deletes the object while its current version is the one given. HEAD tells apart the same bytes put again (the ETag is
 * the same then); If-Match covers the moment between. In a bucket with versioning this leaves a delete marker: deleting
 * by version id would bring an older version back to light, as a delivery that nobody made.
 */
export async function removeObject(bucket: S3Bucket, version: ObjectVersion, signal: AbortSignal | undefined): Promise<RemoveOutcome> {
  const state = await lookAt(bucket, version, signal);
  if (state !== 'current') return state;
  try {
    const command = new DeleteObjectCommand({ Bucket: bucket.bucket, Key: version.key, IfMatch: ifMatch(version) });
    await bucket.client.send(command, callOptions(signal));
    return 'removed';
  } catch (error) {
    if (isMissing(error)) return 'gone';
    if (statusOf(error) === 412) return 'replaced';
    throw error;
  }
}
