import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { ObjectStore, ObjectVersion } from '../../../engine/object-store.js';
import { listObjects } from '../list-objects.js';
import { headObject, lookAt } from '../look.js';
import { removeObject } from '../remove-object.js';
import { callOptions, type S3Bucket } from '../s3-bucket.js';
import { statusOf, toStoreError } from '../s3-errors.js';
import { S3Store } from '../s3-store.js';

/** What a store was found to do otherwise than S3. */
export interface StoreProbe {
  /** Files would not be loaded, or be loaded again and again: a sentence each, with what to do. */
  readonly faults: readonly string[];
  /** Without it a file replaced in the moment between HEAD and DELETE would be lost unread. */
  readonly enforcesIfMatch: boolean;
}

const fix = 'Update the server, or remove the proxy that changes its answers';

/**
 * Tries what Strata relies on with a small object of its own under `.strata/`, whose name has signs that some servers list wrongly. Nothing
 * to be tried with `file://`. Throws StoreError when the store can't be written to.
 */
export async function probeStore(store: ObjectStore, signal?: AbortSignal): Promise<StoreProbe> {
  if (!(store instanceof S3Store)) return { faults: [], enforcesIfMatch: true };
  const { bucket } = store;
  const start = store.wholeKey(`.strata/probe-${randomUUID()}`);
  const target = { Bucket: bucket.bucket, Key: `${start} +%2F%25é.txt` };
  try {
    await bucket.client.send(new PutObjectCommand({ ...target, Body: 'probe' }), callOptions(signal));
    try {
      const listed = await listStart(bucket, start, signal);
      const version = listed.find(({ key }) => key === target.Key);
      if (version === undefined) return { faults: [await whyUnlisted(bucket, target.Key, listed, signal)], enforcesIfMatch: true };
      const { state, head } = await lookAt(bucket, version, signal);
      if (state !== 'current') {
        const shown = `the listing says ${version.etag}, ${version.lastModified}, HEAD says ${head?.ETag ?? 'no ETag'}, ${head?.LastModified?.toISOString() ?? 'no time'}`;
        return {
          faults: [`listing and HEAD disagree about one object (${shown}): each of its files would count as replaced. ${fix}`],
          enforcesIfMatch: true,
        };
      }
      const enforces = await enforcesIfMatch(bucket, target, signal);
      return { faults: await deletionFaults(bucket, version, { start, isDeleted: !enforces }, signal), enforcesIfMatch: enforces };
    } finally {
      await bucket.client.send(new DeleteObjectCommand(target), callOptions(undefined));
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw toStoreError(error, bucket, 'trying to put, list and delete an object');
  }
}

async function listStart(bucket: S3Bucket, start: string, signal: AbortSignal | undefined): Promise<readonly ObjectVersion[]> {
  const all: ObjectVersion[] = [];
  for await (const page of listObjects(bucket, start, { recursive: true, signal })) all.push(...page);
  return all;
}

async function whyUnlisted(
  bucket: S3Bucket,
  key: string,
  listed: readonly ObjectVersion[],
  signal: AbortSignal | undefined,
): Promise<string> {
  if ((await headObject(bucket, key, signal)) === undefined) return `an object that was put is not there afterwards. ${fix}`;
  if (listed.length === 0) return `an object that was put is not listed at once: files would be found late. ${fix}`;
  return `the listing shows ${JSON.stringify(key)} as ${JSON.stringify(listed[0]?.key)}: files with such names would not be loaded. ${fix}`;
}

async function enforcesIfMatch(
  bucket: S3Bucket,
  target: { readonly Bucket: string; readonly Key: string },
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await bucket.client.send(new DeleteObjectCommand({ ...target, IfMatch: `"${'0'.repeat(32)}"` }), callOptions(signal));
    return false;
  } catch (error) {
    if (statusOf(error) === 412) return true;
    throw error;
  }
}

async function deletionFaults(
  bucket: S3Bucket,
  version: ObjectVersion,
  { start, isDeleted }: { readonly start: string; readonly isDeleted: boolean },
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const outcome = isDeleted ? 'removed' : await removeObject(bucket, version, signal);
  if (outcome !== 'removed') return [`an object that was not touched counts as ${outcome} when it is deleted. ${fix}`];
  if ((await headObject(bucket, version.key, signal)) !== undefined) {
    return [
      'a deletion was confirmed, and the object is still there: each file would stay in the source after its load. Check the server and its object locks',
    ];
  }
  const left = await listStart(bucket, start, signal);
  return left.length === 0 ? [] : [`a deleted object is still listed. ${fix}`];
}
