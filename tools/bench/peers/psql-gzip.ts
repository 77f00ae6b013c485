import { createReadStream } from 'node:fs';
import { mkdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { postgresProgram } from '../../programs/postgres-program.js';
import { findProgram } from '../../programs/run-program.js';
import type { Bench } from '../context.js';
import { measuredProgram } from '../measure/measured-program.js';
import { measure } from '../measure/meter.js';

/** What it took to write a table of PostgreSQL into a file. */
export interface TableCost {
  readonly seconds: number;
  /** CPU seconds of who asked, with its children. */
  readonly client: number;
  /** CPU seconds of PostgreSQL. */
  readonly source: number;
  /** The most memory of the largest process of who asked, in bytes. */
  readonly peak: number;
  /** Of the file. */
  readonly bytes: number;
}

export interface SourceTable {
  readonly url: string;
  readonly pid: number;
  readonly table: string;
  readonly rows: number;
}

/** psql's program; undefined where PostgreSQL's came without it and PATH has none. */
export async function psqlProgram(bench: Bench): Promise<string | undefined> {
  const { bin } = await postgresProgram({ say: bench.say, signal: bench.signal });
  return findProgram(['psql'], [bin]);
}

/** The table as PostgreSQL's own client writes it, compressed by gzip in a process of its own. Throws where rows are missing. */
export async function psqlGzip(bench: Bench, psql: string, { url, pid, table, rows }: SourceTable): Promise<TableCost> {
  const { run } = bench;
  const file = run.path('data', `${table}.csv.gz`);
  await mkdir(path.dirname(file), { recursive: true });
  const { username, password, hostname, port, pathname } = new URL(url);
  const { result, cpu } = await measure({ source: [pid] }, () =>
    measuredProgram(run, {
      name: path.basename(psql),
      command: psql,
      args: [
        ...['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', hostname, '-p', port, '-U', username, '-d', pathname.slice(1)],
        ...['-c', `\\copy (select * from ${table}) to program 'gzip > ${file}' (format csv, header)`],
      ],
      env: { ...process.env, PGPASSWORD: password },
      cwd: run.folder,
    }),
  );
  const { size } = await stat(file);
  const written = (await linesOf(file)) - 1;
  if (written !== rows) throw new Error(`psql wrote ${written} of ${rows} rows`);
  await unlink(file);
  return { seconds: result.seconds, client: result.cpu, source: cpu.source, peak: result.peak, bytes: size };
}

async function linesOf(file: string): Promise<number> {
  let lines = 0;
  await pipeline(createReadStream(file), createGunzip(), async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) lines += 1;
  });
  return lines;
}
