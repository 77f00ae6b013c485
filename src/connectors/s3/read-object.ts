import { Readable, Transform } from 'node:stream';
import { types } from 'node:util';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { ObjectChangedError, StoreError, type ObjectVersion } from '../../engine/object-store.js';
import { onAbort } from '../on-abort.js';
import { workWatch } from '../work-watch.js';
import { ifMatch } from './etags.js';
import { lookAt, showsVersion } from './look.js';
import type { S3Bucket } from './s3-bucket.js';
import { idleTimeout } from './s3-client.js';
import { isMissing, statusOf, toStoreError } from './s3-errors.js';

interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Throws ObjectChangedError unless the version is the current one. */
async function assertCurrent(bucket: S3Bucket, version: ObjectVersion, signal: AbortSignal | undefined): Promise<void> {
  const { state } = await lookAt(bucket, version, signal);
  if (state !== 'current') throw new ObjectChangedError(state, version.key);
}

/** The server's own form of the ETag is asked for where it does not know the one that it listed. */
async function getRange(
  bucket: S3Bucket,
  version: ObjectVersion,
  range: ByteRange,
  signal: AbortSignal | undefined,
  etag = ifMatch(version.etag),
): Promise<GetObjectCommandOutput> {
  try {
    return await bucket.client.send(
      new GetObjectCommand({ Bucket: bucket.bucket, Key: version.key, Range: `bytes=${range.start}-${range.end - 1}`, IfMatch: etag }),
      // The client listens to it until the last byte: each read has one of its own.
      { ...(signal && { abortSignal: AbortSignal.any([signal]) }), requestTimeout: idleTimeout },
    );
  } catch (error) {
    if (isMissing(error)) throw new ObjectChangedError('gone', version.key);
    // 416: the object has become shorter, on a server that looks at the range first.
    if (statusOf(error) !== 412 && statusOf(error) !== 416) throw error;
    const { state, head } = await lookAt(bucket, version, signal);
    const own = ifMatch(head?.ETag);
    if (state === 'current' && own !== etag) return getRange(bucket, version, range, signal, own);
    throw new ObjectChangedError(state === 'gone' ? 'gone' : 'replaced', version.key);
  }
}

/** The body, once its headers show the version and the range; its bytes are not read yet. */
async function bodyOf(
  bucket: S3Bucket,
  response: GetObjectCommandOutput,
  version: ObjectVersion,
  range: ByteRange,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  const { place } = bucket;
  const body = response.Body;
  if (!(body instanceof Readable)) throw new StoreError('misconfigured', `${place} sent no body for ${JSON.stringify(version.key)}`);
  // Without a listener, an error before the first read would end the process.
  body.on('error', () => undefined);
  const shown = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.ContentRange ?? '');
  const isVersion = (size: number) =>
    showsVersion(bucket, response, size, version, signal).catch((error: unknown) => {
      body.destroy();
      throw error;
    });
  const failure = !shown
    ? new StoreError('misconfigured', `${place} does not serve byte ranges, which Strata reads by`)
    : !(await isVersion(Number(shown[3])))
      ? new ObjectChangedError('replaced', version.key)
      : Number(shown[1]) !== range.start || Number(shown[2]) !== range.end - 1
        ? new StoreError('misconfigured', `${place} sent other bytes of ${JSON.stringify(version.key)} than were asked for`)
        : undefined;
  if (failure === undefined && body.destroyed)
    throw new StoreError('unavailable', `reading ${JSON.stringify(version.key)} from ${place} broke off`);
  if (failure === undefined) return body;
  body.destroy();
  throw failure;
}

/**
 * The body's bytes as a stream that ends only when all of the range came and a last HEAD shows the version. It fails when the connection does, when the signal aborts, and after `idleTimeout` without a byte; time in
 * which the consumer takes nothing does not count.
 */
function verifiedStream(
  bucket: S3Bucket,
  body: Readable,
  version: ObjectVersion,
  range: ByteRange,
  signal: AbortSignal | undefined,
): Readable {
  const expected = range.end - range.start;
  let received = 0;
  const work = workWatch();
  const doing = () => `reading ${JSON.stringify(version.key)} after ${received} of ${expected} bytes`;
  const lost = (cause: unknown) => new StoreError('unavailable', `${doing()} from ${bucket.place} broke off`, { cause });

  const finish = async () => {
    if (received !== expected) throw lost(undefined);
    try {
      await assertCurrent(bucket, version, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw toStoreError(error, bucket, doing());
    }
  };
  const output = new Transform({
    // Lets the network go on while the consumer is busy.
    highWaterMark: 1 << 20,
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      work?.sign(undefined, chunk.length);
      watchdog.refresh();
      done(null, chunk);
    },
    flush(done) {
      finish().then(() => done(), done);
    },
  });
  // Who waits for something else before reading gets the failure then; without a listener it would end the process now.
  output.on('error', () => undefined);
  const watchdog = setTimeout(() => {
    if (output.writableNeedDrain || output.writableEnded) watchdog.refresh();
    else output.destroy(lost(undefined));
  }, idleTimeout);
  const abort = () => output.destroy(types.isNativeError(signal?.reason) ? signal.reason : lost(signal?.reason));
  const ended = onAbort(signal, abort);
  output.once('close', () => {
    clearTimeout(watchdog);
    ended();
    body.destroy();
  });
  body.on('error', (error) => (signal?.aborted ? abort() : output.destroy(lost(error))));
  body.on('close', () => {
    if (!body.readableEnded) output.destroy(lost(undefined));
  });
  body.pipe(output);
  return output;
}

/** Bytes of the version from `start` to `end` (exclusive); see ObjectStore.read. */
export async function readObject(
  bucket: S3Bucket,
  version: ObjectVersion,
  options: { readonly start: number; readonly end?: number | undefined; readonly signal?: AbortSignal | undefined },
): Promise<Readable> {
  const { start, signal } = options;
  const range = { start, end: Math.min(options.end ?? version.size, version.size) };
  if (!Number.isSafeInteger(start) || start < 0) throw new RangeError(`start must be a count of bytes, not ${start}`);
  if (range.start >= range.end) {
    // A range of no bytes can't be asked for; the version is checked all the same.
    await assertCurrent(bucket, version, signal);
    return Readable.from([], { objectMode: false });
  }
  const response = await getRange(bucket, version, range, signal);
  return verifiedStream(bucket, await bodyOf(bucket, response, version, range, signal), version, range, signal);
}
