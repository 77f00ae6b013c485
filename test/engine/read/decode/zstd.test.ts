import zlib from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decode, noCoding, type Coding } from '../../../../src/engine/read/decode/decode.js';
import { UnreadableFileError } from '../../../../src/engine/read/decode/unreadable-file-error.js';
import { zstdMissing } from '../../../../src/engine/read/decode/unzstd.js';
import { zstdFrames } from '../../../../src/engine/read/decode/zstd-frames.js';
import { StrataError } from '../../../../src/engine/strata-error.js';
import { block, plainFrame, skippableFrame, zstd } from './zstd-files.js';

const coding: Coding = { ...noCoding, compression: 'zstd' };
const cut = fc.integer({ min: 1, max: 50 });

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function decoded(bytes: Buffer, size = 1000, start = 0): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of decode(inPieces(bytes, size), coding, start)) parts.push(part);
  return Buffer.concat(parts);
}

/** The bytes of each frame that is not skipped. */
async function framesOf(bytes: Buffer, size = 1000): Promise<Buffer[]> {
  const frames: Buffer[][] = [];
  let isOver = true;
  for await (const part of zstdFrames(inPieces(bytes, size))) {
    expect(part.begins).toBe(isOver);
    if (part.begins) frames.push([]);
    frames.at(-1)!.push(part.bytes);
    isOver = part.ends;
  }
  expect(isOver).toBe(true);
  return frames.map((parts) => Buffer.concat(parts));
}

const text = (value: string) => Buffer.from(value);

const anyBlock = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
const anyFrame = fc.oneof(
  fc.array(anyBlock, { minLength: 1, maxLength: 3 }).map((blocks) => ({ bytes: plainFrame(blocks), isSkipped: false })),
  fc
    .array(anyBlock, { minLength: 1, maxLength: 3 })
    .map((blocks) => ({ bytes: plainFrame(blocks, [0b0100, 0], [1, 2, 3, 4]), isSkipped: false })),
  anyBlock.map((bytes) => ({ bytes: plainFrame([bytes], [0b0010_0000, bytes.length]), isSkipped: false })),
  anyBlock.map((bytes) => ({ bytes: plainFrame([bytes], [0b1100_0010, ...Array<number>(11).fill(0)]), isSkipped: false })),
  fc.tuple(anyBlock, fc.nat(15)).map(([bytes, number]) => ({ bytes: skippableFrame(bytes, number), isSkipped: true })),
);

describe('frames of zstd', () => {
  it('are given whole, each alone and without those to be skipped, whatever the cuts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyFrame, { minLength: 1, maxLength: 4 }), cut, async (frames, size) => {
        const wanted = frames.filter(({ isSkipped }) => !isSkipped).map(({ bytes }) => bytes);
        expect(await framesOf(Buffer.concat(frames.map(({ bytes }) => bytes)), size)).toEqual(wanted);
      }),
    );
  });

  it('are refused when the file is cut anywhere but between two', async () => {
    await fc.assert(
      fc.asyncProperty(anyFrame, anyFrame, async (first, second) => {
        const file = Buffer.concat([first.bytes, second.bytes]);
        for (let length = 1; length < file.length; length++)
          if (length !== first.bytes.length) await expect(framesOf(file.subarray(0, length))).rejects.toThrow(/ends too early/);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['text', text('x')],
    ['a line feed', text('\n')],
    ['NUL bytes', Buffer.alloc(9)],
    ['half a frame of another kind', Buffer.of(0x28, 0xb5, 0x2f, 0xfc)],
  ])('are refused with %s after the last one, whatever the cuts', async (_, after) => {
    const file = Buffer.concat([plainFrame([text('a')]), after]);
    for (const size of [1, 2, file.length])
      await expect(framesOf(file, size)).rejects.toThrow('something stands after the end of the zstd file. Pack the file again');
  });

  it.each([
    ['an empty file', Buffer.alloc(0), /the file is empty. Deliver the zstd file/],
    ['text', text('a;b\n1;2\n'), /is not zstd/],
    ['a dictionary', plainFrame([text('a')], [0b0000_0001, 0, 7]), /needs a dictionary/],
    ['a window of more than 128 MiB', plainFrame([text('a')], [0, (17 << 3) | 1]), /needs 128 MiB of memory or more/],
    ['a single segment of 4 GiB', plainFrame([text('a')], [0b1110_0000, 0, 0, 0, 0, 1, 0, 0, 0]), /needs 128 MiB/],
    ['a header of a later format', plainFrame([text('a')], [0b1000, 0]), /is damaged/],
    ['a block of no known type', Buffer.concat([plainFrame([]), block(text('a'), true, 3)]), /is damaged/],
    ['a block of more than 128 KiB', plainFrame([Buffer.alloc((128 << 10) + 1)]), /is damaged/],
  ])('%s is refused', async (_, file, problem) => {
    await expect(framesOf(file)).rejects.toThrow(UnreadableFileError);
    await expect(framesOf(file)).rejects.toThrow(problem);
  });

  it('the largest window that is taken is one of 128 MiB', async () => {
    expect(await framesOf(plainFrame([text('a')], [0, 17 << 3]))).toHaveLength(1);
  });

  it('a run of one byte takes one byte', async () => {
    const run = Buffer.concat([plainFrame([]), Buffer.of(((1000 << 3) | 2 | 1) & 0xff, (1000 << 3) >> 8, 0, 0x61)]);
    expect(await framesOf(Buffer.concat([run, run]))).toEqual([run, run]);
  });
});

const where = zstdMissing() === undefined ? describe : describe.skip;

where('zstd, on a Node that has it', () => {
  it('gives what was packed in any number of frames, from any byte on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), cut, fc.nat(20), async (texts, size, start) => {
        const packed = Buffer.concat(texts.flatMap((each, index) => [zstd(each), skippableFrame(text(each), index)]));
        expect(await decoded(packed, size, start)).toEqual(text(texts.join('')).subarray(start));
      }),
    );
  });

  it('gives large files whole', async () => {
    const large = text(Array.from({ length: 300_000 }, (_, i) => `${i},${(i * 7919) % 104729}\n`).join(''));
    const packed = zstd(large);
    expect((await decoded(Buffer.concat([packed, packed]), 64 << 10)).equals(Buffer.concat([large, large]))).toBe(true);
  });

  it('refuses what is cut anywhere, also in a later frame', async () => {
    const [first, second] = [zstd('a;b\n1;2\n'), zstd('3;4\n')];
    const packed = Buffer.concat([first, second]);
    for (let length = 1; length < packed.length; length++)
      if (length !== first.length) await expect(decoded(packed.subarray(0, length))).rejects.toThrow(/ends too early/);
  });

  it('never gives other text for a changed bit', async () => {
    const packed = zstd('a;b\n1;2\n'.repeat(20));
    const wanted = text('a;b\n1;2\n'.repeat(20));
    let refused = 0;
    for (let bit = 0; bit < packed.length * 8; bit++) {
      const changed = Buffer.from(packed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const result: unknown = await decoded(changed).catch((error: unknown) => error);
      if (Buffer.isBuffer(result)) expect(result).toEqual(wanted);
      else expect(result).toBeInstanceOf(UnreadableFileError);
      refused += Number(!Buffer.isBuffer(result));
    }
    expect(refused).toBeGreaterThan(packed.length * 7);
  });

  it('refuses a wrong checksum', async () => {
    const packed = zstd('a;b\n1;2\n');
    packed[packed.length - 1]! ^= 1;
    await expect(decoded(packed)).rejects.toThrow('the zstd file is damaged. Deliver it again');
  });

  it('refuses a bomb in bounded memory', async () => {
    const packed = zstd(Buffer.alloc(300 << 20));
    let most = 0;
    const reading = async () => {
      for await (const part of decode(inPieces(packed, 64 << 10), coding)) most = Math.max(most, part.length);
    };
    await expect(reading()).rejects.toThrow(/more than 200 times/);
    expect(most).toBeLessThan(1 << 20);
  });
});

it('a file of zstd is no bad file where Node cannot unpack it', async () => {
  const result: unknown = await decoded(plainFrame([text('a')])).catch((error: unknown) => error);
  if ('createZstdDecompress' in zlib) expect(result).toEqual(text('a'));
  else {
    expect(result).toBeInstanceOf(StrataError);
    expect(result).toMatchObject({
      type: 'misconfigured',
      message: expect.stringMatching(/needs Node 22.15 or later, and this is Node 2/),
    });
  }
});
