import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { StoreError, type ListOptions, type ObjectVersion } from '../../engine/object-store.js';
import { whyFolderLeft } from '../../engine/folders/folders-below.js';
import { bareEtag } from './etags.js';
import { callOptions, type S3Bucket } from './s3-bucket.js';

/**
 * Keys can hold characters that XML can't. Servers that know `encoding-type` send keys form-encoded, and say so. If a server says so but
 * does not encode, the key is taken as it is, as far as that can be seen.
 */
function decodeKey(key: string, encoding: string | undefined): string {
  if (encoding !== 'url') return key;
  try {
    return decodeURIComponent(key.replaceAll('+', '%20'));
  } catch {
    return key;
  }
}

/**
 * Pages of at most 1,000 objects below the prefix, directly or of every depth. Folder markers (empty objects whose key
 * ends in '/') are left out. ListObjectsV2 has no version ids, and asking for them would cost a request an object or
 * list every old version, so ETag, size and last-modified time identify a version here. A listing that is cut short fails: what it
 * does not show would never be taken.
 */
export async function* listObjects(
  bucket: S3Bucket,
  prefix: string,
  options: Pick<ListOptions, 'recursive' | 'prefix' | 'signal' | 'leftAlone'>,
): AsyncGenerator<readonly ObjectVersion[]> {
  const tokens = new Set<string>();
  for (let token: string | undefined; ;) {
    const page = await bucket.client.send(
      new ListObjectsV2Command({
        Bucket: bucket.bucket,
        Prefix: prefix + (options.prefix ?? ''),
        MaxKeys: 1000,
        EncodingType: 'url',
        ...(options.recursive ? {} : { Delimiter: '/' }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
      callOptions(options.signal),
    );
    const versions = versionsOf(page, (key) => options.leftAlone?.({ key: key.slice(prefix.length), reason: withoutFacts }));
    for (const { Prefix = '' } of page.CommonPrefixes ?? []) {
      const key = decodeKey(Prefix, page.EncodingType).slice(prefix.length);
      const reason = whyFolderLeft(key);
      if (reason !== undefined) options.leftAlone?.({ key, reason });
    }
    if (versions.length > 0) yield versions;
    if (!page.IsTruncated) return;
    token = page.NextContinuationToken;
    if (!token || tokens.has(token)) {
      throw new StoreError(
        'misconfigured',
        `the listing of bucket ${JSON.stringify(bucket.bucket)} at ${bucket.place} is cut short: the server says that there is more, and ` +
          `${token ? 'begins again' : 'gives no continuation token'}. This is a fault of the server, or of a proxy before it. Update or replace it`,
      );
    }
    tokens.add(token);
  }
}

/**
 * The object of that key as a listing shows it now. Undefined if the listing does not show it. It is looked for by the beginning of its
 * name that every server spells in the same way, because some servers list other characters wrongly.
 */
export async function listObject(bucket: S3Bucket, key: string, signal: AbortSignal | undefined): Promise<ObjectVersion | undefined> {
  const name = key.lastIndexOf('/') + 1;
  const Prefix = key.slice(0, name) + (/^[\w.-]*/.exec(key.slice(name))?.[0] ?? '');
  const command = new ListObjectsV2Command({ Bucket: bucket.bucket, Prefix, MaxKeys: Prefix === key ? 1 : 1000, EncodingType: 'url' });
  const page = await bucket.client.send(command, callOptions(signal));
  return versionsOf(page, () => undefined).find((version) => version.key === key);
}

const withoutFacts = 'it is listed without its size or time, which no S3 server does. Check the server, or a proxy before it';

function versionsOf({ Contents, EncodingType }: ListObjectsV2CommandOutput, isOdd: (key: string) => void): ObjectVersion[] {
  return (Contents ?? []).flatMap(({ Key = '', ETag, Size, LastModified }) => {
    const key = decodeKey(Key, EncodingType);
    if (key.endsWith('/') && !Size) return [];
    if (Size !== undefined && LastModified !== undefined)
      return [{ key, etag: bareEtag(ETag), size: Size, lastModified: LastModified.toISOString() }];
    isOdd(key);
    return [];
  });
}
