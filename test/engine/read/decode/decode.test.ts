import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { decode, noCoding, type Coding } from '../../../../src/engine/read/decode/decode.js';
import { UnreadableFileError } from '../../../../src/engine/read/decode/unreadable-file-error.js';

const cut = fc.integer({ min: 1, max: 50 });
const gzip: Coding = { ...noCoding, compression: 'gzip' };

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function decoded(bytes: Buffer, coding: Coding, size = 1000, start = 0): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of decode(inPieces(bytes, size), coding, start)) parts.push(part);
  return Buffer.concat(parts);
}

describe('encodings, compared with iconv-lite', () => {
  it.each([
    ['windows-1252', 'windows1252'],
    ['iso-8859-1', 'iso88591'],
  ] as const)('%s: every byte that has a character', async (encoding, reference) => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const defined = bytes.filter((byte) => iconv.decode(Buffer.of(byte), reference) !== '\ufffd');
    expect((await decoded(Buffer.from(defined), { ...noCoding, encoding })).toString()).toBe(iconv.decode(Buffer.from(defined), reference));
  });

  it('utf-16 of both orders, whatever the cuts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), cut, fc.boolean(), async (text, size, big) => {
        const bytes = iconv.encode(text, big ? 'utf-16be' : 'utf-16le', { addBOM: true });
        expect((await decoded(bytes, { ...noCoding, encoding: 'utf-16' }, size)).toString()).toBe(text);
      }),
    );
  });

  it('half a pair, and half a unit, become bytes that are no UTF-8', async () => {
    const utf16 = (...units: number[]) =>
      decoded(Buffer.from(new Uint16Array([0xfeff, ...units]).buffer), { ...noCoding, encoding: 'utf-16' }, 3);
    expect(await utf16(0x61, 0xdc00, 0x62)).toEqual(Buffer.from('a\xed\xa0\x80b', 'latin1'));
    expect(await utf16(0x61, 0xd83d)).toEqual(Buffer.from('a\xed\xa0\x80', 'latin1'));
    expect(await decoded(Buffer.from('\xff\xfea\0b', 'latin1'), { ...noCoding, encoding: 'utf-16' })).toEqual(
      Buffer.from('a\xff', 'latin1'),
    );
  });

  it.each([
    [
      'the mark of UTF-8',
      Buffer.from('\u{feff}id;name\n1;Zo\u00eb\n'),
      /^the file begins with the byte order mark of UTF-8, and the feed says/,
    ],
    ['the mark of UTF-16', Buffer.from('\u{feff}id\n', 'utf16le'), /^the file begins with the byte order mark of UTF-16/],
    ['its other mark', Buffer.from('\u{feff}id\n', 'utf16le').swap16(), /^the file begins with the byte order mark of UTF-16/],
    ['gzip', gzipSync('id\n'), /^the file is compressed by gzip/],
    ['a workbook', Buffer.from('PK\x03\x04\x14\0', 'latin1'), /^the file is a zip archive or an Excel workbook/],
  ])('text of single bytes never begins with %s, whatever the cuts', async (_what, bytes, problem) => {
    for (const encoding of ['windows-1252', 'iso-8859-1'] as const)
      for (const size of [1, 3, 1000]) await expect(decoded(bytes, { ...noCoding, encoding }, size)).rejects.toThrow(problem);
  });

  it('text of single bytes may be as short as a mark', async () => {
    for (const text of ['', '\xef', '\xef\xbb', '\xff', 'PK\x03', '\x1f;'])
      expect((await decoded(Buffer.from(text, 'latin1'), { ...noCoding, encoding: 'iso-8859-1' }, 1)).toString()).toBe(text);
  });

  it('utf-16 without its mark is refused', async () => {
    await expect(decoded(Buffer.from('a\0b\0'), { ...noCoding, encoding: 'utf-16' })).rejects.toThrow(/byte order mark/);
  });
});

describe('gzip', () => {
  it('gives what was packed in any number of members, from any byte on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string(), { minLength: 1, maxLength: 4 }),
        cut,
        fc.nat(20),
        fc.nat(9),
        async (texts, size, start, nuls) => {
          const packed = Buffer.concat([...texts.map((text) => gzipSync(text)), Buffer.alloc(nuls)]);
          expect(await decoded(packed, gzip, size, start)).toEqual(Buffer.from(texts.join('')).subarray(start));
        },
      ),
    );
  });

  it('gives large files whole', async () => {
    const text = Buffer.from(Array.from({ length: 300_000 }, (_, i) => `${i},${(i * 7919) % 104729}\n`).join(''));
    expect((await decoded(gzipSync(text), gzip, 64 << 10)).equals(text)).toBe(true);
  });

  it('refuses what is cut anywhere', async () => {
    const packed = gzipSync('a;b\n1;2\n');
    for (let length = 1; length < packed.length; length++) {
      await expect(decoded(packed.subarray(0, length), gzip)).rejects.toThrow(UnreadableFileError);
    }
  });

  it.each([
    ['text', 'x'],
    ['NUL bytes and then another member', Buffer.concat([Buffer.alloc(3), gzipSync('b')])],
    ['NUL bytes and then text', '\0\0x'],
  ])('refuses %s after its end, whatever the cuts', async (_, after) => {
    const packed = Buffer.concat([gzipSync('a'), Buffer.from(after)]);
    for (const size of [1, 2, packed.length]) await expect(decoded(packed, gzip, size)).rejects.toThrow(UnreadableFileError);
  });

  it('refuses a changed byte, plain text and an empty file', async () => {
    const packed = gzipSync('a;b\n1;2\n');
    packed[packed.length - 6]! ^= 1;
    await expect(decoded(packed, gzip)).rejects.toThrow('the gzip file is damaged. Deliver it again');
    await expect(decoded(Buffer.from('a;b\n'), gzip)).rejects.toThrow(/is not gzip/);
    await expect(decoded(Buffer.alloc(0), gzip)).rejects.toThrow('the file is empty. Deliver the gzip file');
  });

  it('refuses a bomb in bounded memory', async () => {
    const packed = gzipSync(Buffer.alloc(300 << 20));
    let most = 0;
    const reading = async () => {
      for await (const part of decode(inPieces(packed, 64 << 10), gzip)) most = Math.max(most, part.length);
    };
    await expect(reading()).rejects.toThrow(/more than 200 times/);
    expect(most).toBeLessThan(1 << 20);
  });
});
