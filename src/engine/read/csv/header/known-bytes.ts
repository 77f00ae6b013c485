import { isUtf8 } from 'node:buffer';
import type { Contract } from '../../contract.js';

/** How files of other kinds begin; text may begin like some of them, so these count only where the bytes are not text. */
const beginnings: readonly (readonly [bytes: string, what: string])[] = [
  ['\x1f\x8b', 'compressed by gzip'],
  ['BZh', 'compressed by bzip2'],
  ['\xfd7zXZ\0', 'compressed by xz'],
  ['\x28\xb5\x2f\xfd', 'compressed by zstd'],
  ['\x04\x22\x4d\x18', 'compressed by lz4'],
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive'],
  ['Rar!\x1a\x07', 'a RAR archive'],
  ['PAR1', 'a Parquet file'],
  ['ORC', 'an ORC file'],
  ['Obj\x01', 'an Avro file'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an Excel workbook (.xls)'],
  ['SQLite format 3\0', 'a SQLite database'],
  ['%PDF', 'a PDF'],
];
const zip = 'PK\x03\x04';

/** What a feed takes, as far as a remedy depends on it. */
export type KnownFeed = Pick<Contract, 'kind' | 'isPackedByName'>;

/** What a file is that begins with `head`, whose first line is no CSV in UTF-8, with what to do; undefined where the line is text. */
export function knownBytes(head: Buffer, line: Buffer, feed: KnownFeed): string | undefined {
  const known = isText(head) ? undefined : (wideFile(head, feed) ?? packedFile(head, feed));
  if (known !== undefined || isText(line)) return known;
  if (line.includes(0)) return 'there are NUL bytes in it, so it is not text';
  return `it may be Latin-1 or Windows-1252. Save the file as UTF-8, or let the feed say so: format: { encoding: 'windows-1252' }`;
}

/** The same for a file whose first line may be a row, of which `head` has all: only what no text in UTF-8 begins with. */
export function foreignFile(head: Buffer, feed: KnownFeed): string | undefined {
  const mark = wideMark(head);
  if (mark !== undefined) return wideRemedy(mark, feed);
  const isForeign = [zip, ...beginnings.map(([bytes]) => bytes)].some((bytes) => noLetter.test(bytes) && begins(head, bytes));
  return isForeign ? packedFile(head, feed) : undefined;
}

const noLetter = /[^\x20-\x7e]/;

function wideFile(head: Buffer, feed: KnownFeed): string | undefined {
  const encoding = wideMark(head) ?? wideText(head);
  return encoding === undefined ? undefined : wideRemedy(encoding, feed);
}

function wideRemedy(encoding: string, { kind }: KnownFeed): string {
  const isReadable = kind === 'csv' && encoding === markedUtf16;
  return `the file is ${encoding}. Save it as UTF-8${isReadable ? `, or let the feed say so: format: { encoding: 'utf-16' }` : ''}`;
}

const markedUtf16 = 'UTF-16 (Excel calls it Unicode text)';

function packedFile(head: Buffer, feed: KnownFeed): string | undefined {
  const text = feed.kind === 'csv' ? 'CSV in UTF-8' : 'text in UTF-8';
  if (begins(head, zip)) {
    const isWorkbook = head.includes('[Content_Types].xml') || head.includes('xl/');
    return isWorkbook ? `the file is an Excel workbook (.xlsx). Save it as ${text}` : 'the file is a zip archive. Unpack it first';
  }
  const what = beginnings.find(([bytes]) => begins(head, bytes))?.[1];
  return what === undefined ? undefined : `the file is ${what}. ${remedyFor(what, text, feed)}`;
}

function remedyFor(what: string, text: string, { isPackedByName }: KnownFeed): string {
  const compression = /gzip|zstd/.exec(what)?.[0] as keyof typeof endings | undefined;
  if (compression === undefined) return /compressed|archive/.test(what) ? 'Unpack it first' : `Save it as ${text}`;
  if (isPackedByName) return `Unpack it first, or give it a name that ends with ${endings[compression]}`;
  return `Unpack it first, or let the feed say so: format: { compression: '${compression}' }`;
}

const endings = { gzip: '.gz', zstd: '.zst' } as const;

function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

function begins(head: Buffer, bytes: string): boolean {
  return head.subarray(0, bytes.length).equals(Buffer.from(bytes, 'latin1'));
}

function wideMark(head: Buffer): string | undefined {
  if (begins(head, '\xff\xfe\0\0') || begins(head, '\0\0\xfe\xff')) return 'UTF-32';
  return begins(head, '\xff\xfe') || begins(head, '\xfe\xff') ? markedUtf16 : undefined;
}

/** UTF-16 without its mark, by its NUL bytes: nearly every second byte of a header in it. */
function wideText(head: Buffer): string | undefined {
  const looked = head.subarray(0, 512);
  const nuls = [0, 0];
  looked.forEach((byte, index) => {
    if (byte === 0) nuls[index % 2]! += 1;
  });
  const [most, least] = [Math.max(...nuls), Math.min(...nuls)];
  return looked.length >= 4 && most > looked.length / 4 && least < looked.length / 16 ? 'UTF-16 without a byte order mark' : undefined;
}
