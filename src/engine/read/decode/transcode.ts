import { UnreadableFileError } from './unreadable-file-error.js';

export type Encoding = 'utf-8' | 'utf-16' | 'windows-1252' | 'iso-8859-1';

/** The characters of bytes 0x80 to 0x9f; those without one stand for the control character of the same number, as in browsers. */
const windows1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

/** Turns the text into UTF-8. Bytes that are not text become bytes that are not UTF-8, so that the scanner rejects that row alone. */
export async function* transcode(source: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array, void, undefined> {
  if (encoding === 'utf-8') yield* source;
  else if (encoding === 'utf-16') yield* fromUtf16(source);
  else yield* fromSingleBytes(unmarked(source, encoding), encoding === 'windows-1252' ? windows1252 : undefined);
}

/** What no text of single bytes begins with: every byte is a character there, so that nothing else would tell a file of another kind. */
const marks: readonly (readonly [bytes: string, what: string])[] = [
  ['\xef\xbb\xbf', 'begins with the byte order mark of UTF-8'],
  ['\xff\xfe', 'begins with the byte order mark of UTF-16'],
  ['\xfe\xff', 'begins with the byte order mark of UTF-16'],
  ['\x1f\x8b', 'is compressed by gzip'],
  ['PK\x03\x04', 'is a zip archive or an Excel workbook'],
];
const longestMark = 4;

/** The same bytes. Throws UnreadableFileError where they begin as no text of the encoding does. */
async function* unmarked(source: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array, void, undefined> {
  let start: Buffer | undefined = Buffer.alloc(0);
  const check = (bytes: Buffer): Buffer => {
    const what = marks.find(([mark]) => bytes.subarray(0, mark.length).equals(Buffer.from(mark, 'latin1')))?.[1];
    if (what === undefined) return bytes;
    throw new UnreadableFileError(
      'bad_encoding',
      `the file ${what}, and the feed says ${encoding}. Save the file as ${encoding}, or change "format" of the feed`,
    );
  };
  for await (const bytes of source) {
    if (start === undefined) yield bytes;
    else {
      start = Buffer.concat([start, bytes]);
      if (start.length < longestMark) continue;
      yield check(start);
      start = undefined;
    }
  }
  if (start !== undefined && start.length > 0) yield check(start);
}

async function* fromSingleBytes(source: AsyncIterable<Uint8Array>, high?: string): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of source) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    yield Buffer.from(
      high === undefined ? text : text.replace(/[\x80-\x9f]/g, (character) => high[character.charCodeAt(0) - 0x80]!),
      'utf8',
    );
  }
}

async function* fromUtf16(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let isBigEndian: boolean | undefined;
  for await (const bytes of source) {
    const all = Buffer.concat([rest, bytes]);
    let at = 0;
    if (isBigEndian === undefined) {
      if (all.length < 2) {
        rest = all;
        continue;
      }
      isBigEndian = all.readUInt16BE() === 0xfeff;
      if (!isBigEndian && all.readUInt16LE() !== 0xfeff)
        throw new UnreadableFileError(
          'bad_encoding',
          'the file does not begin with the byte order mark of UTF-16. Save it as "Unicode text"',
        );
      at = 2;
    }
    let end = all.length - ((all.length - at) % 2);
    const units = Buffer.from(all.subarray(at, end));
    if (isBigEndian) units.swap16();
    // The other half of a pair is still to come.
    const isHalf = units.length > 0 && (units.readUInt16LE(units.length - 2) & 0xfc00) === 0xd800;
    if (isHalf) end -= 2;
    rest = Buffer.from(all.subarray(end));
    yield utf8Of(units.toString('utf16le', 0, isHalf ? units.length - 2 : units.length));
  }
  if (rest.length > 0 && isBigEndian === undefined)
    throw new UnreadableFileError('bad_encoding', 'the file is too short for UTF-16. Deliver it again');
  if (rest.length > 0) yield rest.length % 2 === 0 ? surrogate : Buffer.of(0xff);
}

/** Half of a pair, as UTF-8 must not write it. */
const surrogate = Buffer.of(0xed, 0xa0, 0x80);
const loneSurrogate = /[\ud800-\udfff]/u;

function utf8Of(text: string): Buffer {
  if (!loneSurrogate.test(text)) return Buffer.from(text, 'utf8');
  const parts = text.split(/([\ud800-\udfff])/u);
  return Buffer.concat(parts.map((part, index) => (index % 2 === 1 ? surrogate : Buffer.from(part, 'utf8'))));
}
