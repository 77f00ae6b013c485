import { StoreError, type ObjectVersion, type RemoveOutcome } from '../../engine/object-store.js';
import { keyBeside } from '../key-beside.js';
import { copyObject, type CopySizes } from './copy-object.js';
import { headObject, showsVersion, type S3Bucket } from './s3-bucket.js';
import { isMissing, statusOf } from './s3-errors.js';
import { removeObject } from './remove-object.js';

/** Metadata of a moved object: which version it is a copy of (a copy in parts has another ETag). */
const originKey = 'strata-origin';

function originOf(version: ObjectVersion): string {
  return `${version.etag} ${version.lastModified}`;
}

/** Whether the object that was found is the copy which a move made of the version. What somebody puts there later has no origin. */
export async function isMovedCopy(bucket: S3Bucket, found: ObjectVersion, version: ObjectVersion, signal: AbortSignal | undefined): Promise<boolean> {
  if (found.size !== version.size) return false;
  if (found.etag === version.etag) return true;
  const head = await headObject(bucket, found.key, signal);
  return head !== undefined && showsVersion(head, head.ContentLength, found) && head.Metadata?.[originKey] === originOf(version);
}

type Target = { readonly key: string; readonly state: 'free' | 'copied' };

/** The key to copy to, or the one that an earlier attempt copied to. */
async function findTarget(
  bucket: S3Bucket,
  version: ObjectVersion,
  origin: string,
  targetKey: string,
  signal: AbortSignal | undefined,
): Promise<Target> {
  for (const key of [targetKey, keyBeside(targetKey, `${version.key}\n${origin}`)]) {
    const head = await headObject(bucket, key, signal);
    if (head === undefined) return { key, state: 'free' };
    if (head.Metadata?.[originKey] === origin && head.ContentLength === version.size) return { key, state: 'copied' };
  }
  throw new StoreError(
    'misconfigured',
    `${JSON.stringify(targetKey)} and the name beside it are taken in bucket ${bucket.bucket}: remove them`,
  );
}

/** Copies the version to `targetKey` (or a name beside it where that is taken), then removes it; see ObjectStore.move. */
export async function moveObject(
  bucket: S3Bucket,
  version: ObjectVersion,
  targetKey: string,
  options: { readonly sizes: CopySizes; readonly signal?: AbortSignal | undefined },
): Promise<RemoveOutcome> {
  const { sizes, signal } = options;
  const origin = originOf(version);
  const source = await headObject(bucket, version.key, signal);
  const current = source !== undefined && showsVersion(source, source.ContentLength, version);
  const target = await findTarget(bucket, version, origin, targetKey, signal);
  if (!current) {
    // The copy shows that an earlier attempt came this far; whoever put another object there since, it was moved.
    if (target.state === 'copied') return 'removed';
    return source === undefined ? 'gone' : 'replaced';
  }
  if (target.state === 'free') {
    try {
      await copyObject(bucket, version, source, target.key, { metadata: { [originKey]: origin }, sizes, signal });
    } catch (error) {
      if (statusOf(error) === 412) return 'replaced';
      if (isMissing(error)) return 'gone';
      throw error;
    }
  }
  return removeObject(bucket, version, signal);
}
