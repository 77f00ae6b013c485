import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeRows } from '../csv-file.js';
import { dayFiles } from './day-files.js';
import { initialFiles } from './initial-files.js';
import { type B2bFile, sizesFor } from './values.js';

export interface B2bOptions {
  /** About the rows of one day's files. */
  readonly rows: number;
  readonly days: number;
  /** `yyyy-mm-dd` of the first day. */
  readonly from?: string;
  readonly seed?: number;
}

export const firstB2bDay = '2020-06-22';

/** The initial load, and the files of each day, which depend on the day, the seed and the number of rows alone. */
function* b2bFiles({ rows, days, from = firstB2bDay, seed = 1 }: B2bOptions): Generator<B2bFile> {
  const sizes = sizesFor(rows);
  yield* initialFiles(sizes, seed);
  for (let index = 0; index < days; index++) {
    yield* dayFiles(new Date(Date.parse(`${from}T00:00:00Z`) + index * 86_400_000), sizes, seed);
  }
}

/** Writes the files into a folder; returns their paths below it. */
export async function writeB2bFiles(folder: string, options: B2bOptions): Promise<string[]> {
  const written: string[] = [];
  for (const { key, rows, encoding } of b2bFiles(options)) {
    const file = path.join(folder, key);
    await mkdir(path.dirname(file), { recursive: true });
    await writeRows(file, undefined, rows, encoding);
    written.push(key);
  }
  return written;
}
