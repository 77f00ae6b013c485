import { open, type FileHandle } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import type { StagedObject } from '../../../engine/object-store.js';
import { sideBySide } from '../../../contracts/side-by-side.js';
import { bareEtag } from '../etags.js';
import { callOptions, type S3Bucket } from '../s3-bucket.js';
import { statusOf } from '../s3-errors.js';
import { partSizeOf } from './write-object.js';

/** Each holds a part of the upload in memory. */
const partsAtOnce = 2;
/** A server puts the parts together before it answers, in milliseconds. */
const completeTimeout = 10 * 60_000;

/**
 * Sends a local file to a bucket as an upload in parts, without its last request: until `put` sends that, nobody sees the object. What a
 * process leaves that dies is an incomplete upload, which `dropUploads` takes, or the bucket's life-cycle rule.
 */
export async function stageObject(bucket: S3Bucket, key: string, file: string, signal: AbortSignal | undefined): Promise<StagedObject> {
  const target = { Bucket: bucket.bucket, Key: key };
  const { UploadId } = await bucket.client.send(new CreateMultipartUploadCommand(target), callOptions(signal));
  const upload = { ...target, UploadId };
  // Without the caller's signal, which may be what ended the work; the work's own error matters more than this one's.
  const drop = () => bucket.client.send(new AbortMultipartUploadCommand(upload), callOptions(undefined)).then(nothing, nothing);
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const partSize = partSizeOf(size);
    const numbers = Array.from({ length: Math.max(1, Math.ceil(size / partSize)) }, (_, index) => index);
    const parts: CompletedPart[] = [];
    await sideBySide(numbers, partsAtOnce, async (index) => {
      const Body = await bytesOf(handle, index * partSize, Math.min(size, (index + 1) * partSize));
      const PartNumber = index + 1;
      const { ETag } = await bucket.client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), callOptions(signal));
      parts[index] = { PartNumber, ETag };
    });
    const put = async (putSignal?: AbortSignal) => {
      const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } });
      const { ETag } = await bucket.client.send(complete, callOptions(putSignal, completeTimeout));
      return { etag: bareEtag(ETag) ?? '', size };
    };
    return { put, drop };
  } catch (error) {
    await drop();
    throw error;
  } finally {
    await handle.close();
  }
}

/** Gives up uploads of a key that have not ended. Where the account may not list uploads, they are left to the bucket's life-cycle rule. */
export async function dropUploads(bucket: S3Bucket, key: string, signal: AbortSignal | undefined): Promise<void> {
  const list = new ListMultipartUploadsCommand({ Bucket: bucket.bucket, Prefix: key });
  const { Uploads = [] } = await bucket.client.send(list, callOptions(signal)).catch((error: unknown) => {
    const status = statusOf(error);
    if (status === undefined || (status >= 500 && status !== 501)) throw error;
    return { Uploads: [] };
  });
  for (const { Key, UploadId } of Uploads) {
    if (Key !== key) continue;
    const abort = new AbortMultipartUploadCommand({ Bucket: bucket.bucket, Key, UploadId });
    await bucket.client.send(abort, callOptions(signal)).then(nothing, nothing);
  }
}

function nothing(): void {}

async function bytesOf(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start);
  for (let read = 0; read < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, read, bytes.length - read, start + read);
    if (bytesRead === 0) throw new Error('the file was cut while it was read');
    read += bytesRead;
  }
  return bytes;
}
