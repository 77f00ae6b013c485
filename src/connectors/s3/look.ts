import { HeadObjectCommand, ListObjectsV2Command, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ObjectVersion } from '../../engine/object-store.js';
import { bareEtag, sameEtag } from './etags.js';
import { listObject } from './list-objects.js';
import { callOptions, type S3Bucket } from './s3-bucket.js';
import { isMissing, statusOf } from './s3-errors.js';

/** What the headers of an answer show of an object. */
interface ShownVersion {
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly VersionId?: string | undefined;
}

/**
 * Whether an answer shows the version, which a listing showed. Headers have whole seconds, while some servers list milliseconds. A server
 * that rounds them up shows the next second: then the listing, looked at again, tells the version from the same bytes put again.
 */
export async function showsVersion(
  bucket: S3Bucket,
  shown: ShownVersion,
  size: number | undefined,
  version: ObjectVersion,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (!sameEtag(bareEtag(shown.ETag), version.etag) || size !== version.size) return false;
  if (version.versionId !== undefined && version.versionId !== shown.VersionId) return false;
  if (shown.LastModified === undefined) return false;
  const apart = Math.floor(shown.LastModified.getTime() / 1000) - Math.floor(Date.parse(version.lastModified) / 1000);
  if (apart === 0) return true;
  if (Math.abs(apart) > 1) return false;
  return isListed(bucket, version, signal);
}

/**
 * The current version's HEAD; undefined when there is no object. A failed HEAD has no body: its 404 may also mean that the
 * bucket or the access key is unknown, its 403 may be a wrong key or a missing permission. A listing, which fails with the
 * reason, tells them apart, and nobody takes an object for gone because a key was revoked.
 */
export async function headObject(
  bucket: S3Bucket,
  key: string,
  signal: AbortSignal | undefined,
): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await bucket.client.send(new HeadObjectCommand({ Bucket: bucket.bucket, Key: key }), callOptions(signal));
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || status >= 500) throw error;
    await bucket.client.send(
      new ListObjectsV2Command({ Bucket: bucket.bucket, Prefix: key, MaxKeys: 1, EncodingType: 'url' }),
      callOptions(signal),
    );
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The version that is at a key now; undefined when nothing is. */
export async function versionAt(bucket: S3Bucket, key: string, signal: AbortSignal | undefined): Promise<ObjectVersion | undefined> {
  const head = await headObject(bucket, key, signal);
  if (head === undefined) return undefined;
  const lastModified = (head.LastModified ?? new Date(0)).toISOString();
  return { key, versionId: head.VersionId, etag: bareEtag(head.ETag) ?? '', size: head.ContentLength ?? 0, lastModified };
}

export interface Look {
  /** Whether the version is the current one, has been replaced, or no object is there. */
  readonly state: 'current' | 'replaced' | 'gone';
  /** What is there. */
  readonly head: HeadObjectCommandOutput | undefined;
}

export async function lookAt(bucket: S3Bucket, version: ObjectVersion, signal: AbortSignal | undefined): Promise<Look> {
  const head = await headObject(bucket, version.key, signal);
  if (head === undefined) return { state: 'gone', head };
  return { state: (await showsVersion(bucket, head, head.ContentLength, version, signal)) ? 'current' : 'replaced', head };
}

/**
 * The same of a version that a listing shows; where HEAD shows another one or none, a listing made after it tells whether the two
 * disagree, or the first listing is out of date.
 */
export async function lookAgain(
  bucket: S3Bucket,
  version: ObjectVersion,
  signal: AbortSignal | undefined,
): Promise<Look['state'] | 'unlisted'> {
  const { state } = await lookAt(bucket, version, signal);
  if (state === 'current') return state;
  return (await isListed(bucket, version, signal)) ? state : 'unlisted';
}

/** Whether a listing shows the version now. */
async function isListed(bucket: S3Bucket, version: ObjectVersion, signal: AbortSignal | undefined): Promise<boolean> {
  const listed = await listObject(bucket, version.key, signal);
  return (
    listed !== undefined && listed.lastModified === version.lastModified && listed.etag === version.etag && listed.size === version.size
  );
}
