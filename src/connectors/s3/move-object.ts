import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { StoreError, type ObjectVersion, type RemoveOutcome } from '../../engine/object-store.js';
import { keyBeside } from '../free-key.js';
import { copyObject, type CopySizes } from './copy-object.js';
import { ifMatchForms, sameEtag } from './etags.js';
import { headObject, lookAt, showsVersion } from './look.js';
import { removeObject } from './remove-object.js';
import type { S3Bucket } from './s3-bucket.js';
import { isMissing, statusOf } from './s3-errors.js';

/** Metadata of a moved object: which version it is a copy of (a copy in parts has another ETag). */
const originKey = 'strata-origin';

function originOf(version: ObjectVersion): string {
  return `${version.etag} ${version.lastModified}`;
}

/** Whether the object that was found is the copy which a move made of the version. What somebody puts there later has no origin. */
export async function isMovedCopy(
  bucket: S3Bucket,
  found: ObjectVersion,
  version: ObjectVersion,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (found.size !== version.size) return false;
  if (sameEtag(found.etag, version.etag)) return true;
  const head = await headObject(bucket, found.key, signal);
  if (head === undefined || head.Metadata?.[originKey] !== originOf(version)) return false;
  return showsVersion(bucket, head, head.ContentLength, found, signal);
}

/** When the object that a move put there was last modified before; undefined where no move did. */
export async function timeBeforeMove(
  bucket: S3Bucket,
  version: ObjectVersion,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const head = await headObject(bucket, version.key, signal);
  const [, time] = /^\S* (\S+)$/.exec(head?.Metadata?.[originKey] ?? '') ?? [];
  return time === undefined || Number.isNaN(Date.parse(time)) ? undefined : time;
}

type Target = { readonly key: string; readonly state: 'free' | 'copied' };

/** The key to copy to, or the one that an earlier attempt copied to. */
async function findTarget(bucket: S3Bucket, version: ObjectVersion, targetKey: string, signal: AbortSignal | undefined): Promise<Target> {
  for (const key of [targetKey, keyBeside(targetKey, `${version.key}\n${originOf(version)}`)]) {
    const head = await headObject(bucket, key, signal);
    if (head === undefined) return { key, state: 'free' };
    if (isCopyOf(version, head)) return { key, state: 'copied' };
  }
  throw new StoreError(
    'misconfigured',
    `${JSON.stringify(targetKey)} and the name beside it are taken in bucket ${bucket.bucket}: remove them`,
  );
}

function isCopyOf(version: ObjectVersion, head: HeadObjectCommandOutput): boolean {
  return head.Metadata?.[originKey] === originOf(version) && head.ContentLength === version.size;
}

/**
 * Copies the version to `targetKey` (or a name beside it where that is taken), looks at the copy, then removes the version; see
 * ObjectStore.move.
 */
export async function moveObject(
  bucket: S3Bucket,
  version: ObjectVersion,
  targetKey: string,
  options: { readonly sizes: CopySizes; readonly signal?: AbortSignal | undefined },
): Promise<RemoveOutcome> {
  const { sizes, signal } = options;
  const { state, head } = await lookAt(bucket, version, signal);
  const target = await findTarget(bucket, version, targetKey, signal);
  if (state !== 'current' || head === undefined) {
    // The copy shows that an earlier attempt came this far; whoever put another object there since, it was moved.
    return target.state === 'copied' ? 'removed' : state === 'gone' ? 'gone' : 'replaced';
  }
  if (target.state === 'free') {
    const changed = await copyTo(bucket, version, { source: head, target: target.key, sizes, signal });
    if (changed !== undefined) return changed;
  }
  return removeObject(bucket, version, signal);
}

/** Copies the version, and looks at the copy; says what became of the version when it was not there any more. */
async function copyTo(
  bucket: S3Bucket,
  version: ObjectVersion,
  { source, target, sizes, signal }: { source: HeadObjectCommandOutput; target: string; sizes: CopySizes; signal: AbortSignal | undefined },
): Promise<'gone' | 'replaced' | undefined> {
  const metadata = { [originKey]: originOf(version) };
  const forms = ifMatchForms(version.etag, source.ETag);
  for (const ifMatch of forms) {
    try {
      await copyObject(bucket, version, source, target, { ifMatch, metadata, sizes, signal });
      break;
    } catch (error) {
      if (isMissing(error)) return 'gone';
      if (statusOf(error) !== 412) throw error;
      const { state } = await lookAt(bucket, version, signal);
      if (state !== 'current') return state;
      if (ifMatch === forms.at(-1)) throw notFree(bucket, target);
    }
  }
  const copy = await headObject(bucket, target, signal);
  if (copy !== undefined && isCopyOf(version, copy)) return undefined;
  throw new StoreError(
    'misconfigured',
    `${bucket.place} said that it copied ${JSON.stringify(version.key)} to ${JSON.stringify(target)}, but the object there is not that copy. The source was kept`,
  );
}

function notFree({ bucket }: S3Bucket, target: string): StoreError {
  return new StoreError(
    'unavailable',
    `${JSON.stringify(target)} was taken in bucket ${bucket} in the meantime: the next attempt finds another name`,
  );
}
