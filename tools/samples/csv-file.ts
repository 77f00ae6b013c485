import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Lines of a file in blocks of about 256 kB, the header, if there is one, first. */
export function* blocks(header: string | undefined, rows: Iterable<string>): Generator<string> {
  let block = header === undefined ? '' : `${header}\n`;
  for (const row of rows) {
    block += `${row}\n`;
    if (block.length > 262_144) {
      yield block;
      block = '';
    }
  }
  yield block;
}

/** Writes a file; holds one block of rows in memory. In latin1 each character is a byte. */
export function writeRows(
  file: string,
  header: string | undefined,
  rows: Iterable<string>,
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<void> {
  return pipeline(Readable.from(blocks(header, rows)), createWriteStream(file, { encoding }));
}
