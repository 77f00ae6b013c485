import { createGunzip } from 'node:zlib';
import { UnreadableFileError } from './unreadable-file-error.js';

/** Input is given in pieces so small that one piece unpacks to 17 MiB at most: gzip packs no better than 1032 to 1. */
const sliceBytes = 16 << 10;
/** A file may unpack to more than this only where it is no more than `maxRatio` times as large as before. */
const freeBytes = 64 << 20;
const maxRatio = 200;

/**
 * Unpacks gzip, of one or more members. A file that ends too early, whose checksum is wrong or after which something else than NUL
 * bytes stands throws UnreadableFileError, and so does one that unpacks to far more than tables do.
 */
export async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const unzip = createGunzip();
  const ready: Uint8Array[] = [];
  let failure: Error | undefined;
  const over = new Promise<void>((resolve) => {
    unzip.on('data', (bytes: Buffer) => ready.push(bytes));
    unzip.once('end', resolve);
    unzip.once('error', (error) => {
      failure = error;
      resolve();
    });
  });
  let taken = 0;
  let given = 0;
  let ended = false;
  const handOut = function* (): Generator<Uint8Array, void, undefined> {
    if (failure) throw new UnreadableFileError('bad_gzip', problemOf(failure), { cause: failure });
    for (const bytes of ready.splice(0)) {
      given += bytes.length;
      if (given > freeBytes && given > maxRatio * taken)
        throw new UnreadableFileError(
          'bad_gzip',
          `the file unpacks to more than ${maxRatio} times its size. Deliver it without compression`,
        );
      yield bytes;
    }
  };
  try {
    for await (const bytes of source)
      for (let at = 0; at < bytes.length; at += sliceBytes) {
        const slice = bytes.subarray(at, at + sliceBytes);
        taken += slice.length;
        if (!ended) {
          // Where gzip has ended, nothing answers the write.
          await Promise.race([new Promise((resolve) => unzip.write(slice, resolve)), over]);
          yield* handOut();
          ended = unzip.bytesWritten < taken;
        }
        if (ended && slice.subarray(Math.max(0, slice.length - (taken - unzip.bytesWritten))).some((byte) => byte !== 0))
          throw new UnreadableFileError('bad_gzip', 'something stands after the end of the gzip file. Pack the file again');
      }
    if (!ended) unzip.end();
    await over;
    yield* handOut();
  } finally {
    unzip.destroy();
  }
}

function problemOf({ message }: Error): string {
  if (message === 'unexpected end of file') return 'the gzip file ends too early. Deliver the whole file';
  if (message === 'incorrect header check')
    return 'the file, or something after its end, is not gzip. Pack it, or change "compression" of the feed';
  return 'the gzip file is damaged. Deliver it again';
}
