import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { types } from 'node:util';
import { ObjectChangedError, StoreError, type ObjectVersion } from '../../engine/object-store.js';
import { onAbort } from '../on-abort.js';
import { workWatch } from '../work-watch.js';
import { codeOf } from '../../engine/system-errors.js';
import { isVersion, lookAtFile } from './file-version.js';

/** Bytes read at a time. */
const pieceSize = 256 * 1024;

/** Calls `act` with the file's path in the folder where it must be; undefined when that folder is gone. */
export type InPlace = <T>(act: (path: string) => Promise<T>) => Promise<T | undefined>;

async function openVersion(inPlace: InPlace, version: ObjectVersion): Promise<FileHandle> {
  let handle: FileHandle | undefined;
  try {
    // Not blocking: a FIFO in the file's place must not stop the worker.
    handle = await inPlace((path) => open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new ObjectChangedError('gone', version.key);
    if (['ELOOP', 'ENXIO'].includes(codeOf(error) ?? '')) throw new ObjectChangedError('replaced', version.key);
    throw error;
  }
  if (handle === undefined) throw new ObjectChangedError('gone', version.key);
  try {
    await assertUnchanged(handle, version);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function assertUnchanged(handle: FileHandle, version: ObjectVersion): Promise<void> {
  const stat = await handle.stat({ bigint: true });
  if (!isVersion(stat, version)) throw new ObjectChangedError('replaced', version.key);
}

/** The bytes, then, after the last one, a look at the open file (rewritten in place?) and at its path (replaced?). */
async function* bytesOf(handle: FileHandle, inPlace: InPlace, version: ObjectVersion, start: number, end: number): AsyncGenerator<Buffer> {
  const work = workWatch();
  for (let position = start; position < end;) {
    const buffer = Buffer.allocUnsafe(Math.min(pieceSize, end - position));
    const read = () => handle.read(buffer, 0, buffer.length, position);
    const { bytesRead } = await (work ? work.during(`reading ${JSON.stringify(version.key)}`, read) : read());
    if (bytesRead === 0) {
      await assertUnchanged(handle, version);
      throw new StoreError('unavailable', `file ${JSON.stringify(version.key)} ended at byte ${position} of ${version.size}`);
    }
    position += bytesRead;
    work?.sign(undefined, bytesRead);
    yield buffer.subarray(0, bytesRead);
  }
  await assertUnchanged(handle, version);
  const state = (await inPlace((path) => lookAtFile(path, version))) ?? 'gone';
  if (state !== 'current') throw new ObjectChangedError(state, version.key);
}

/** Bytes of the version from `start` to `end` (exclusive); see ObjectStore.read. */
export async function readVersion(
  inPlace: InPlace,
  version: ObjectVersion,
  options: {
    readonly start: number;
    readonly end?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    /** What a failure while reading becomes. */
    readonly failure: (error: unknown) => unknown;
  },
): Promise<Readable> {
  const { start, signal, failure } = options;
  if (!Number.isSafeInteger(start) || start < 0) throw new RangeError(`start must be a count of bytes, not ${start}`);
  signal?.throwIfAborted();
  const handle = await openVersion(inPlace, version);
  const end = Math.min(options.end ?? version.size, version.size);
  const bytes = async function* () {
    try {
      yield* bytesOf(handle, inPlace, version, start, end);
    } catch (error) {
      throw failure(error);
    }
  };
  const stream = Readable.from(bytes(), { objectMode: false, highWaterMark: pieceSize });
  // Who waits for something else before reading gets the failure then; without a listener it would end the process now.
  stream.on('error', () => undefined);
  const ended = onAbort(signal, () =>
    stream.destroy(types.isNativeError(signal?.reason) ? signal.reason : new Error('reading was aborted')),
  );
  stream.once('close', () => {
    ended();
    // A handle that was read without error has nothing to lose when closed.
    handle.close().catch(() => undefined);
  });
  return stream;
}
