export interface ZipEntry {
  /** With forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** 1980-01-01, the first date that the format knows: the same entries give the same bytes. */
const noDate = 0x0021;
const utf8Names = 0x0800;

/** Small files as a zip archive (PKWARE's APPNOTE, 4.3), each stored as it is. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, text } of entries) {
    const [name, content] = [Buffer.from(path), Buffer.from(text)];
    const common = commonHeader(name, content);
    const file = Buffer.concat([bytes(4, 0x04034b50), common, bytes(2, 0), name, content]);
    files.push(file);
    // Made by version 2.0; no comment, on the first disk, no attributes.
    directory.push(
      bytes(4, 0x02014b50),
      bytes(2, 20),
      common,
      bytes(2, 0),
      bytes(2, 0),
      bytes(2, 0),
      bytes(2, 0),
      bytes(4, 0),
      bytes(4, offset),
      name,
    );
    offset += file.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const counts = [bytes(2, 0), bytes(2, 0), bytes(2, entries.length), bytes(2, entries.length)];
  return Buffer.concat([...files, ...directory, bytes(4, 0x06054b50), ...counts, bytes(4, size), bytes(4, offset), bytes(2, 0)]);
}

/** What stands both before a file and in the directory: version needed, flags, method, time, date, checksum, sizes, length of the name. */
function commonHeader(name: Buffer, content: Buffer): Buffer {
  const sizes = [bytes(4, content.length), bytes(4, content.length)];
  return Buffer.concat([
    bytes(2, 20),
    bytes(2, utf8Names),
    bytes(2, 0),
    bytes(2, 0),
    bytes(2, noDate),
    bytes(4, crc32(content)),
    ...sizes,
    bytes(2, name.length),
  ]);
}

function bytes(size: 2 | 4, value: number): Buffer {
  const buffer = Buffer.alloc(size);
  buffer.writeUIntLE(value, 0, size);
  return buffer;
}

/** Node has one of its own from 20.15 on. */
function crc32(content: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of content) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
