import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { StoreError, type ObjectVersion, type RemoveOutcome } from '../../engine/object-store.js';
import { ifMatchForms } from './etags.js';
import { lookAt } from './look.js';
import { callOptions, type S3Bucket } from './s3-bucket.js';
import { isMissing, statusOf } from './s3-errors.js';
import { sendOnce } from './send-once.js';

/** What HEAD showed counts for so long, in milliseconds: a process that was stopped since then looks again. */
const lookCounts = 1_000;
const mostLooks = 5;

class LookedTooLongAgo extends Error {}

/**
 * Deletes the object while its current version is the one given. HEAD distinguishes the same bytes put again (the ETag is
 * the same then); If-Match covers the moment between. Each DELETE goes out once, right after a HEAD; when its answer is lost, another
 * HEAD shows what became of the object. In a bucket with versioning this leaves a delete marker: deleting
 * by version id would bring an older version back to light, as a delivery that nobody made.
 */
export async function removeObject(bucket: S3Bucket, version: ObjectVersion, signal: AbortSignal | undefined): Promise<RemoveOutcome> {
  for (let looks = 1, form = 0; looks <= mostLooks; looks += 1) {
    const { state, head } = await lookAt(bucket, version, signal);
    if (state !== 'current') return state;
    const forms = ifMatchForms(version.etag, head?.ETag);
    const isFresh = stopwatch();
    try {
      const command = new DeleteObjectCommand({ Bucket: bucket.bucket, Key: version.key, IfMatch: forms[form] });
      await sendOnce(bucket, command, callOptions(signal), () => {
        if (!isFresh()) throw new LookedTooLongAgo();
      });
      return 'removed';
    } catch (error) {
      if (error instanceof LookedTooLongAgo) continue;
      if (isMissing(error)) return 'gone';
      if (statusOf(error) === 412 && (form += 1) < forms.length) continue;
      if (statusOf(error) === 412) return 'replaced';
      return await outcomeOf(bucket, version, error, signal);
    }
  }
  throw new StoreError(
    'unavailable',
    `${JSON.stringify(version.key)} was not deleted: this machine is too busy to do it within a second of a look at it`,
  );
}

/** What a DELETE came to whose answer was lost or no answer; throws its error where the object is there as it was. */
async function outcomeOf(
  bucket: S3Bucket,
  version: ObjectVersion,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<RemoveOutcome> {
  const status = statusOf(error);
  if (signal?.aborted || (status !== undefined && status < 500)) throw error;
  const { state } = await lookAt(bucket, version, signal).catch(() => {
    throw error;
  });
  if (state === 'current') throw error;
  return state === 'gone' ? 'removed' : 'replaced';
}

/** Whether little time has passed, by the clock that nobody sets and by the one that goes on while a machine sleeps. */
function stopwatch(): () => boolean {
  const [monotonic, wall] = [performance.now(), Date.now()];
  return () => performance.now() - monotonic < lookCounts && Math.abs(Date.now() - wall) < lookCounts;
}
