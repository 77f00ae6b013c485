import { HeadObjectCommand, ListObjectsV2Command, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectVersion } from '../../engine/object-store.js';
import { idleTimeout } from './s3-client.js';
import { isMissing, statusOf, type S3Place } from './s3-errors.js';

/** A bucket, the client that reaches it, and where that is. */
export interface S3Bucket extends S3Place {
  readonly client: S3Client;
}

/**
 * Options of a call with a small answer: ended by `signal`, and when no answer's headers came within `timeout` ms an
 * attempt, or not all of it after three times that.
 */
export function callOptions(signal: AbortSignal | undefined, timeout = idleTimeout) {
  const overall = AbortSignal.timeout(3 * timeout);
  return { abortSignal: signal === undefined ? overall : AbortSignal.any([signal, overall]), requestTimeout: timeout };
}

/** The ETag without quotes; '' where the server has none. */
export function bareEtag(etag: string | undefined): string {
  return (etag ?? '').replace(/^"|"$/g, '');
}

/** The If-Match header of a version; undefined for the odd object without an ETag, which only size and time identify. */
export function ifMatch(version: ObjectVersion): string | undefined {
  return version.etag === '' ? undefined : `"${version.etag}"`;
}

interface ShownVersion {
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly VersionId?: string | undefined;
}

/** Whether an answer shows the version. Headers have whole seconds, while some servers list milliseconds. */
export function showsVersion(shown: ShownVersion, size: number | undefined, version: ObjectVersion): boolean {
  const seconds = (time: number | undefined) => (time === undefined ? undefined : Math.floor(time / 1000));
  return (
    bareEtag(shown.ETag) === version.etag &&
    size === version.size &&
    seconds(shown.LastModified?.getTime()) === seconds(Date.parse(version.lastModified)) &&
    (version.versionId === undefined || version.versionId === shown.VersionId)
  );
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
    await bucket.client.send(new ListObjectsV2Command({ Bucket: bucket.bucket, Prefix: key, MaxKeys: 1 }), callOptions(signal));
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether the version is the current one, has been replaced, or no object is there. */
export async function lookAt(
  bucket: S3Bucket,
  version: ObjectVersion,
  signal: AbortSignal | undefined,
): Promise<'current' | 'replaced' | 'gone'> {
  const head = await headObject(bucket, version.key, signal);
  if (head === undefined) return 'gone';
  return showsVersion(head, head.ContentLength, version) ? 'current' : 'replaced';
}
