import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parquetType } from '../../engine/exports/parquet-types.js';
import type { TableColumn } from '../../engine/bulk/tables.js';
import { StrataError } from '../../engine/strata-error.js';
import type { ParquetOrder } from './parquet-writer.js';

const program = fileURLToPath(new URL('../../../bin/write-parquet.js', import.meta.url));

export interface ParquetFiles {
  /** A CSV file without header, by `csvRow`. */
  readonly source: string;
  readonly target: string;
  /** A folder for what does not fit into memory. */
  readonly temporary: string;
}

/**
 * Writes rows as one Parquet file, in a process of its own that may take 256 MB for it: what happens to it does not happen to the worker.
 * Columns have the types of `columns` also where every value is NULL. Throws StrataError.
 */
export async function writeParquet(files: ParquetFiles, columns: readonly TableColumn[], signal: AbortSignal): Promise<void> {
  const order: ParquetOrder = {
    ...files,
    columns: columns.map(({ name, type }) => {
      const known = parquetType(type);
      if (!known) throw new StrataError('definition', `the column ${name}: Parquet has no type for ${type}`);
      return { name, read: known.read, write: known.write(`"${name}"`) };
    }),
  };
  // It needs nothing of the worker's environment, which has passwords.
  const child = spawn(process.execPath, [program], { env: {}, stdio: ['pipe', 'ignore', 'pipe'], signal });
  child.stdin.on('error', () => undefined).end(JSON.stringify(order));
  const [said, [code, killedBy]] = await Promise.all([
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, string | null]>,
  ]).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new StrataError('unavailable', 'the process that writes Parquet could not be started', { cause: error });
  });
  signal.throwIfAborted();
  if (code === 0) return;
  const why = killedBy === null ? said.trim().slice(0, 500) : `its process was killed by ${killedBy}: this machine may lack memory`;
  // What the machine lacks may be there later; a value that its column can't hold stays.
  const type = killedBy !== null || /^(Out of Memory|IO) Error/.test(why) ? 'unavailable' : 'definition';
  const advice = why.startsWith('IO Error')
    ? `. Look at the disk of the worker's folder for temporary files, ${dirname(files.target)}; another folder is named by TMPDIR of the worker`
    : '';
  throw new StrataError(type, `the Parquet file could not be written: ${why}${advice}`);
}
