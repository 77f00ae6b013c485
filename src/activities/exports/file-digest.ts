import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { workWatch } from '../../connectors/work-watch.js';
import type { NextFile } from '../../gear/outputs/export-parts.js';

/** The size of a local file, and the SHA-256 of its bytes. */
export async function fileDigest(file: string, signal: AbortSignal): Promise<NextFile> {
  let bytes = 0;
  const counted = createReadStream(file, { highWaterMark: 1024 * 1024 }).on('data', (chunk) => (bytes += chunk.length));
  const digest = await streamDigest(counted, signal);
  return { bytes, digest };
}

/** The SHA-256 of the bytes of a stream. */
export async function streamDigest(stream: Readable, signal: AbortSignal): Promise<Buffer> {
  const hash = createHash('sha256');
  const watch = workWatch();
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    hash.update(chunk);
    watch?.sign();
  }
  return hash.digest();
}
