import { jsonLines, type JsonForm } from './json-lines.js';
import { gunzip } from './gunzip.js';
import { transcode, type Encoding } from './transcode.js';
import { unzstd } from './unzstd.js';

export type Compression = 'none' | 'gzip' | 'zstd';

export interface Coding {
  readonly encoding: Encoding;
  readonly compression: Compression;
  /** The rows are found in JSON, and made lines. */
  readonly json?: JsonForm | undefined;
}

export const noCoding: Coding = { encoding: 'utf-8', compression: 'none' };

/** Whether the bytes of the object are those that the scanner sees; only then has a row a place in the object from which it can be read. */
export function isPlain({ encoding, compression, json }: Coding): boolean {
  return encoding === 'utf-8' && compression === 'none' && json === undefined;
}

/**
 * The text of an object in UTF-8 from the byte `start` of that text on, from the bytes of the whole object. Offsets of rows are those of
 * the text.
 */
export async function* decode(source: AsyncIterable<Uint8Array>, coding: Coding, start = 0): AsyncGenerator<Uint8Array, void, undefined> {
  let left = start;
  const text = transcode(unpack(source, coding.compression), coding.encoding);
  for await (const bytes of coding.json ? jsonLines(text, coding.json) : text) {
    if (bytes.length > left) yield bytes.subarray(left);
    left = Math.max(0, left - bytes.length);
  }
}

/** The bytes of an object as they were before it was packed. */
export function unpack(source: AsyncIterable<Uint8Array>, compression: Compression): AsyncIterable<Uint8Array> {
  switch (compression) {
    case 'none':
      return source;
    case 'gzip':
      return gunzip(source);
    case 'zstd':
      return unzstd(source);
  }
}
