import { mkdir, stat } from 'node:fs/promises';
import { blocks, writeRows } from '../../samples/csv-file.js';
import { tripRows, tripsHeader } from '../../samples/trips/files.js';
import type { Bench } from '../context.js';
import type { DataFile } from './games.js';

/** A file of trips in memory's blocks. */
export async function* tripBlocks(rows: number, seed: number): AsyncGenerator<Buffer> {
  for (const block of blocks(tripsHeader, tripRows(rows, seed))) yield Buffer.from(block);
}

/** A file of trips on disk, for who can't take it as it is made. */
export async function tripsFile(bench: Bench, rows: number, seed: number): Promise<DataFile> {
  const path = bench.run.path('data', `trips-${rows}-${seed}.csv`);
  bench.say(`writing ${rows} trips`);
  await mkdir(bench.run.path('data'), { recursive: true });
  await writeRows(path, tripsHeader, tripRows(rows, seed));
  return { path, rows, bytes: (await stat(path)).size };
}
