import { isUtf8 } from 'node:buffer';

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

/** What a file is that begins with `head`, whose first line is no CSV in UTF-8, with what to do; undefined where the line is text. */
export function knownBytes(head: Buffer, line: Buffer): string | undefined {
  const encoding = wideEncoding(head);
  if (encoding !== undefined) return `the file is ${encoding}. Save it as UTF-8`;
  if (isText(head)) return undefined;
  if (begins(head, zip)) {
    const isWorkbook = head.includes('[Content_Types].xml') || head.includes('xl/');
    return isWorkbook ? 'the file is an Excel workbook (.xlsx). Save it as CSV in UTF-8' : 'the file is a zip archive. Unpack it first';
  }
  const what = beginnings.find(([bytes]) => begins(head, bytes))?.[1];
  if (what !== undefined) return `the file is ${what}. ${remedyFor(what)}`;
  if (isText(line)) return undefined;
  if (line.includes(0)) return 'there are NUL bytes in it, so it is not text';
  return 'it may be Latin-1 or Windows-1252. Save the file as UTF-8';
}

function remedyFor(what: string): string {
  const [compression] = /gzip|zstd/.exec(what) ?? [];
  if (compression !== undefined) return `Unpack it first, or let the feed say so: format: { compression: '${compression}' }`;
  return /compressed|archive/.test(what) ? 'Unpack it first' : 'Save it as CSV in UTF-8';
}

function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

function begins(head: Buffer, bytes: string): boolean {
  return head.subarray(0, bytes.length).equals(Buffer.from(bytes, 'latin1'));
}

/** UTF-16 and UTF-32 by their mark, UTF-16 without one by its NUL bytes: nearly every second byte of a header in it. */
function wideEncoding(head: Buffer): string | undefined {
  if (begins(head, '\xff\xfe\0\0') || begins(head, '\0\0\xfe\xff')) return 'UTF-32';
  if (begins(head, '\xff\xfe') || begins(head, '\xfe\xff')) return 'UTF-16 (Excel calls it Unicode text)';
  const looked = head.subarray(0, 512);
  const nuls = [0, 0];
  looked.forEach((byte, index) => {
    if (byte === 0) nuls[index % 2]! += 1;
  });
  const [most, least] = [Math.max(...nuls), Math.min(...nuls)];
  return looked.length >= 4 && most > looked.length / 4 && least < looked.length / 16 ? 'UTF-16 without a byte order mark' : undefined;
}
