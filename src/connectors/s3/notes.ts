import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Note } from '../../engine/object-store.js';
import { callOptions, type S3Bucket } from './s3-bucket.js';
import { isMissing, statusOf } from './s3-errors.js';

/** Bytes; a longer note is not ours. */
const longest = 64 * 1024;

/** A small object of Strata's own; undefined when there is none. */
export async function readNote(bucket: S3Bucket, key: string, signal: AbortSignal | undefined): Promise<Note | undefined> {
  try {
    const command = new GetObjectCommand({ Bucket: bucket.bucket, Key: key, Range: `bytes=0-${longest - 1}` });
    const { Body, ETag } = await bucket.client.send(command, callOptions(signal));
    return { text: (await Body?.transformToString('utf8')) ?? '', tag: ETag ?? '' };
  } catch (error) {
    if (isMissing(error)) return undefined;
    // An empty object has no range.
    if (statusOf(error) === 416) return { text: '', tag: '' };
    throw error;
  }
}

/**
 * Writes it while it is as it was read, or only where none is. Undefined when someone else was faster. A server without conditional
 * writes answers 501 and gets an unconditional one: there a second writer shows at the next look, not at once.
 */
export async function writeNote(
  bucket: S3Bucket,
  key: string,
  text: string,
  tag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const target = { Bucket: bucket.bucket, Key: key, Body: text, ContentType: 'application/json' };
  const condition = tag === undefined ? { IfNoneMatch: '*' } : tag === '' ? {} : { IfMatch: tag };
  try {
    const { ETag } = await bucket.client.send(new PutObjectCommand({ ...target, ...condition }), callOptions(signal));
    return ETag ?? '';
  } catch (error) {
    const status = statusOf(error);
    // 404: it was removed since it was read.
    if (status === 412 || status === 409 || (tag !== undefined && isMissing(error))) return tagOf(bucket, key, text, signal);
    if (status !== 501) throw error;
    const { ETag } = await bucket.client.send(new PutObjectCommand(target), callOptions(signal));
    return ETag ?? '';
  }
}

/** Undefined where another text is there. The same one was written by the first try of the request, whose answer was lost. */
async function tagOf(bucket: S3Bucket, key: string, text: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const note = await readNote(bucket, key, signal);
  return note?.text === text ? note.tag : undefined;
}
