import { createGunzip } from 'node:zlib';
import { UnpackedSize, Unpacker } from './unpacker.js';
import { UnreadableFileError } from './unreadable-file-error.js';

/** Input is given in pieces so small that one piece unpacks to 17 MiB at most: gzip packs no better than 1032 to 1. */
const sliceBytes = 16 << 10;

/**
 * Unpacks gzip, of one or more members. A file that ends too early, whose checksum is wrong or after which something else than NUL
 * bytes stands throws UnreadableFileError, and so does one that unpacks to far more than tables do.
 */
export async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createGunzip();
  const unpacker = new Unpacker(stream, (failure) => unreadable(problemOf(failure), failure));
  const size = new UnpackedSize('bad_gzip');
  let ended = false;
  try {
    for await (const bytes of source)
      for (let at = 0; at < bytes.length; at += sliceBytes) {
        const slice = bytes.subarray(at, at + sliceBytes);
        size.take(slice.length);
        if (!ended) {
          await unpacker.write(slice);
          yield* unpacker.unpacked(size);
          ended = stream.bytesWritten < size.taken;
        }
        if (ended && slice.subarray(Math.max(0, slice.length - (size.taken - stream.bytesWritten))).some((byte) => byte !== 0))
          throw unreadable('something stands after the end of the gzip file. Pack the file again');
      }
    if (size.taken === 0) throw unreadable('the file is empty. Deliver the gzip file');
    if (!ended) await unpacker.end();
    yield* unpacker.unpacked(size);
  } finally {
    unpacker.destroy();
  }
}

function problemOf({ message }: Error): string {
  if (message === 'unexpected end of file') return 'the gzip file ends too early. Deliver the whole file';
  if (message === 'incorrect header check')
    return 'the file, or something after its end, is not gzip. Pack it, or change "compression" of the feed';
  return 'the gzip file is damaged. Deliver it again';
}

function unreadable(problem: string, cause?: Error): UnreadableFileError {
  return new UnreadableFileError('bad_gzip', problem, cause && { cause });
}
