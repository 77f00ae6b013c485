import { ByteQueue } from './byte-queue.js';
import { UnreadableFileError } from './unreadable-file-error.js';

/** A part of a frame that unpacks to `maxBlock` bytes at most. */
export interface FramePart {
  readonly bytes: Buffer;
  /** The first of its frame. */
  readonly begins: boolean;
  /** The last of its frame. */
  readonly ends: boolean;
}

const magicBytes = 4;
const frameMagic = 0xfd2fb528;
/** The last four bits are free. */
const skippableMagic = 0x184d2a50;
const blockHeaderBytes = 3;
/** No block unpacks to more, and none is larger. */
export const maxBlock = 128 << 10;
/** What libzstd unpacks without being asked for more: the largest window of `zstd --ultra`. */
const maxWindow = 2 ** 27;
/** Bytes of a dictionary's number and of the size of the content, by their codes in the first byte of a header. */
const dictionaryBytes = [0, 1, 2, 4] as const;
const contentBytes = [0, 2, 4, 8] as const;
const blockTypes = { run: 1, reserved: 3 } as const;

/**
 * The frames of a zstd file in parts, as RFC 8878 divides them; skippable frames are left out. It is done here because Node's decompressor
 * takes a file that is cut for a whole one, and leaves out frames after the first. Throws UnreadableFileError where a frame ends too early,
 * something else than a frame follows a frame, or a header is not right. What is in blocks, and the checksums, are the decompressor's.
 */
export async function* zstdFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<FramePart, void, undefined> {
  const queue = new ByteQueue(source);
  try {
    for (let isFirst = true; ; isFirst = false) {
      const start = await queue.peek(magicBytes);
      if (start.length === 0) {
        if (isFirst) throw unreadable('the file is empty. Deliver the zstd file');
        return;
      }
      if (!mayBegin(start)) throw unreadable(isFirst ? notZstd : 'something stands after the end of the zstd file. Pack the file again');
      if (start.length < magicBytes) throw unreadable(cut);
      if (start.readUInt32LE() === frameMagic) yield* frameParts(queue);
      else await skipFrame(queue);
    }
  } finally {
    await queue.close();
  }
}

/** Whether a frame may begin with these bytes, of which there may be fewer than four where the file ends. */
function mayBegin(start: Buffer): boolean {
  const [frame, skippable] = [Buffer.alloc(magicBytes), Buffer.alloc(magicBytes)];
  frame.writeUInt32LE(frameMagic);
  skippable.writeUInt32LE(skippableMagic + (start[0]! & 0x0f));
  return [frame, skippable].some((magic) => start.equals(magic.subarray(0, start.length)));
}

async function skipFrame(queue: ByteQueue): Promise<void> {
  const length = (await exactly(queue, magicBytes + 4)).readUInt32LE(magicBytes);
  if ((await queue.skip(length)) < length) throw unreadable(cut);
}

async function* frameParts(queue: ByteQueue): AsyncGenerator<FramePart, void, undefined> {
  const { bytes: header, checksumBytes } = await frameHeader(queue);
  yield { bytes: header, begins: true, ends: false };
  for (let isLast = false; !isLast;) {
    const [low, middle, high] = await peekExactly(queue, blockHeaderBytes);
    const block = low! | (middle! << 8) | (high! << 16);
    isLast = (block & 1) === 1;
    const type = (block >> 1) & 3;
    const size = block >> 3;
    if (type === blockTypes.reserved || size > maxBlock) throw unreadable(damaged);
    // A run is one byte, and its size says how often it is repeated.
    const stored = type === blockTypes.run ? 1 : size;
    const bytes = await exactly(queue, blockHeaderBytes + stored + (isLast ? checksumBytes : 0));
    yield { bytes, begins: false, ends: isLast };
  }
}

/** The header with its magic number, and how many bytes of a checksum come behind the last block. */
async function frameHeader(queue: ByteQueue): Promise<{ readonly bytes: Buffer; readonly checksumBytes: number }> {
  const descriptor = (await peekExactly(queue, magicBytes + 1))[magicBytes]!;
  if ((descriptor & 0b1000) !== 0) throw unreadable(damaged);
  const isSingleSegment = (descriptor & 0b10_0000) !== 0;
  const contentCode = descriptor >> 6;
  const windowBytes = isSingleSegment ? 0 : 1;
  const contentLength = isSingleSegment && contentCode === 0 ? 1 : contentBytes[contentCode as 0 | 1 | 2 | 3];
  const dictionaryLength = dictionaryBytes[(descriptor & 0b11) as 0 | 1 | 2 | 3];
  const bytes = await exactly(queue, magicBytes + 1 + windowBytes + dictionaryLength + contentLength);
  const content = bytes.length - contentLength;
  const dictionary = bytes.subarray(content - dictionaryLength, content);
  if (dictionary.some((byte) => byte !== 0)) throw unreadable('the zstd file needs a dictionary. Pack it without one');
  const window = isSingleSegment ? contentSize(bytes.subarray(content)) : windowSize(bytes[magicBytes + 1]!);
  if (window > maxWindow)
    throw unreadable(
      `the zstd file needs ${maxWindow >> 20} MiB of memory or more to unpack. Pack it without --long and with a smaller window`,
    );
  return { bytes, checksumBytes: (descriptor & 0b100) === 0 ? 0 : 4 };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 0b111);
}

/** Of two bytes, 256 less than it is: no window of two bytes is too large. */
function contentSize(bytes: Buffer): number {
  return bytes.length === 8 ? Number(bytes.readBigUInt64LE()) : bytes.readUIntLE(0, bytes.length);
}

async function exactly(queue: ByteQueue, length: number): Promise<Buffer> {
  await peekExactly(queue, length);
  return queue.take(length);
}

async function peekExactly(queue: ByteQueue, length: number): Promise<Buffer> {
  const bytes = await queue.peek(length);
  if (bytes.length < length) throw unreadable(cut);
  return bytes;
}

const cut = 'the zstd file ends too early. Deliver the whole file';
const damaged = 'the zstd file is damaged. Deliver it again';
const notZstd = 'the file is not zstd. Pack it, or change "compression" of the feed';

function unreadable(problem: string): UnreadableFileError {
  return new UnreadableFileError('bad_zstd', problem);
}
