import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import type { ObjectVersion } from '../../engine/object-store.js';
import { callOptions, type S3Bucket } from './s3-bucket.js';
import { statusOf } from './s3-errors.js';
import { dropUploads } from './write/stage-object.js';

/** Sizes in bytes. */
export interface CopySizes {
  /** Larger objects are copied in parts; S3 copies at most 5 GB at once. */
  readonly multipartThreshold: number;
  /** At least 5 MiB; grows where 10,000 parts would not do. */
  readonly partSize: number;
}

/** Far below S3's 5 GB: one request should be done in a minute or so. */
export const defaultCopySizes: CopySizes = { multipartThreshold: 1024 ** 3, partSize: 256 * 1024 ** 2 };

/** A copy answers when it is done, in milliseconds. */
const copyTimeout = 10 * 60_000;
const mostParts = 10_000;

/** CopySource is a URL path; the SDK sends it as it is. */
function copySource(bucket: string, key: string): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

/** What the copy keeps of the source's headers, and `metadata` added to its own. */
function headersOf(source: HeadObjectCommandOutput, metadata: Readonly<Record<string, string>>) {
  const { ContentType, ContentEncoding, ContentLanguage, ContentDisposition, CacheControl, Metadata } = source;
  return { ContentType, ContentEncoding, ContentLanguage, ContentDisposition, CacheControl, Metadata: { ...Metadata, ...metadata } };
}

/**
 * Copies the version to another key of its bucket, in parts where it is large, each only while the source's ETag is the
 * one given and the target is free (412 otherwise). A failed copy in parts is given up on the server, and one that was cut off by a crash
 * when it is repeated.
 */
export async function copyObject(
  bucket: S3Bucket,
  version: ObjectVersion,
  source: HeadObjectCommandOutput,
  targetKey: string,
  options: {
    readonly ifMatch: string | undefined;
    readonly metadata: Readonly<Record<string, string>>;
    readonly sizes: CopySizes;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const { sizes, signal } = options;
  const target = { Bucket: bucket.bucket, Key: targetKey };
  const from = { CopySource: copySource(bucket.bucket, version.key), CopySourceIfMatch: options.ifMatch };
  const headers = headersOf(source, options.metadata);
  if (version.size <= sizes.multipartThreshold) {
    await ifFree((free) => {
      const command = new CopyObjectCommand({ ...target, ...from, ...headers, ...free, MetadataDirective: 'REPLACE' });
      return bucket.client.send(command, callOptions(signal, copyTimeout));
    });
    return;
  }
  await dropUploads(bucket, targetKey, signal);
  const { UploadId } = await bucket.client.send(new CreateMultipartUploadCommand({ ...target, ...headers }), callOptions(signal));
  const upload = { ...target, UploadId };
  try {
    const partSize = Math.max(sizes.partSize, Math.ceil(version.size / mostParts));
    const parts: CompletedPart[] = [];
    for (let start = 0; start < version.size; start += partSize) {
      const PartNumber = parts.length + 1;
      const CopySourceRange = `bytes=${start}-${Math.min(start + partSize, version.size) - 1}`;
      const command = new UploadPartCopyCommand({ ...upload, ...from, PartNumber, CopySourceRange });
      const { CopyPartResult } = await bucket.client.send(command, callOptions(signal, copyTimeout));
      parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
    }
    await ifFree((free) => {
      const complete = new CompleteMultipartUploadCommand({ ...upload, ...free, MultipartUpload: { Parts: parts } });
      return bucket.client.send(complete, callOptions(signal, copyTimeout));
    });
  } catch (error) {
    // Without the caller's signal, which may be what ended the copy; the copy's own error matters more than this one's.
    await bucket.client.send(new AbortMultipartUploadCommand(upload), callOptions(undefined)).catch(() => undefined);
    throw error;
  }
}

/** With the condition that no object has the target's key. Without it on servers that say that they don't know the condition. */
async function ifFree(send: (free: { readonly IfNoneMatch?: '*' }) => Promise<unknown>): Promise<void> {
  try {
    await send({ IfNoneMatch: '*' });
  } catch (error) {
    if (statusOf(error) !== 501) throw error;
    await send({});
  }
}
