import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ObjectVersion } from '../../engine/object-store.js';
import { bareEtag, callOptions, type S3Bucket } from './s3-bucket.js';

/** Keys can hold characters that XML can't; servers that know `encoding-type` send them form-encoded, and say so. */
function decodeKey(key: string, encoding: string | undefined): string {
  return encoding === 'url' ? decodeURIComponent(key.replaceAll('+', '%20')) : key;
}

/**
 * Pages of at most 1,000 objects below the prefix, directly or of every depth. Folder markers (empty objects whose key
 * ends in '/') are left out. ListObjectsV2 tells no version ids, and asking for them would cost a request an object or
 * list every old version, so ETag, size and last-modified time identify a version here.
 */
export async function* listObjects(
  bucket: S3Bucket,
  prefix: string,
  options: { readonly recursive: boolean; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<readonly ObjectVersion[]> {
  let token: string | undefined;
  do {
    const page = await bucket.client.send(
      new ListObjectsV2Command({
        Bucket: bucket.bucket,
        Prefix: prefix,
        MaxKeys: 1000,
        EncodingType: 'url',
        ...(options.recursive ? {} : { Delimiter: '/' }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
      callOptions(options.signal),
    );
    const versions: ObjectVersion[] = [];
    for (const { Key, ETag, Size, LastModified } of page.Contents ?? []) {
      if (Key === undefined || LastModified === undefined) continue;
      const key = decodeKey(Key, page.EncodingType);
      if (key.endsWith('/') && !Size) continue;
      versions.push({ key, etag: bareEtag(ETag), size: Size ?? 0, lastModified: LastModified.toISOString() });
    }
    if (versions.length > 0) yield versions;
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}
