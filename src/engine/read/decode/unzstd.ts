import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { StrataError } from '../../strata-error.js';
import { UnpackedSize, Unpacker } from './unpacker.js';
import { UnreadableFileError } from './unreadable-file-error.js';
import { maxBlock, zstdFrames } from './zstd-frames.js';

/** In Node from 22.15 and 23.8 on, later than the oldest Node that Strata runs on. */
const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: (options: { readonly chunkSize: number }) => Transform };

/** Why this Node cannot unpack zstd, with what to do; undefined where it can. */
export function zstdMissing(): string | undefined {
  if (createZstdDecompress) return undefined;
  return `zstd needs Node 22.15 or later, and this is Node ${process.versions.node}. Run Strata with a later Node, or have files packed with gzip`;
}

/**
 * Unpacks zstd, of one or more frames. A file that ends too early, is damaged, needs a dictionary or after which something else stands
 * throws UnreadableFileError, and so does one that unpacks to far more than tables do. Throws StrataError where Node has no zstd.
 */
export async function* unzstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  if (!createZstdDecompress) throw new StrataError('misconfigured', zstdMissing()!);
  const size = new UnpackedSize('bad_zstd');
  let unpacker: Unpacker | undefined;
  try {
    for await (const { bytes, begins, ends } of zstdFrames(source)) {
      // It ends with its frame.
      if (begins) unpacker = new Unpacker(createZstdDecompress({ chunkSize: maxBlock }), damaged);
      size.take(bytes.length);
      await unpacker!.write(bytes);
      if (ends) await unpacker!.end();
      yield* unpacker!.unpacked(size);
      if (ends) unpacker!.destroy();
    }
  } finally {
    unpacker?.destroy();
  }
}

function damaged(cause: Error): UnreadableFileError {
  return new UnreadableFileError('bad_zstd', 'the zstd file is damaged. Deliver it again', { cause });
}
