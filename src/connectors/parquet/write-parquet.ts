import { dirname } from 'node:path';
import { parquetType } from '../../engine/exports/parquet-types.js';
import type { TableColumn } from '../../engine/bulk/tables.js';
import { StrataError } from '../../engine/strata-error.js';
import { writeInProcess } from './parquet-process.js';
import type { ParquetOrder } from './parquet-writer.js';

export interface ParquetFiles {
  /** A CSV file without header, by `csvRow`. */
  readonly source: string;
  readonly target: string;
  /** A folder for what does not fit into memory. */
  readonly temporary: string;
}

/**
 * Writes rows as one Parquet file, in another process that may take 256 MB for it: what happens to it does not happen to the worker.
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
  const why = await writeInProcess(order, signal);
  if (why === undefined) return;
  // What the machine lacks may be there later; a value that its column can't hold stays.
  const type = /^(Out of Memory|IO) Error/.test(why) ? 'unavailable' : 'definition';
  const advice = why.startsWith('IO Error')
    ? `. Look at the disk of the worker's folder for temporary files, ${dirname(files.target)}; another folder is named by TMPDIR of the worker`
    : '';
  throw new StrataError(type, `the Parquet file could not be written: ${why}${advice}`);
}
