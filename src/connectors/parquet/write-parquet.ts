import { dirname } from 'node:path';
import { parquetType } from '../../engine/exports/parquet-types.js';
import type { TableColumn } from '../../engine/bulk/tables.js';
import { StrataError } from '../../engine/strata-error.js';
import { workInProcess } from './parquet-process.js';
import type { FilesOrder, ParquetOrder } from './parquet-writer.js';
import { whileGrowing } from './while-growing.js';

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
  await insist(order, `the Parquet file could not be written`, dirname(files.target), signal);
}

/**
 * Runs statements over files in another process that may take 256 MB for it. Returns the rows of the last one, as texts. Throws StrataError
 * without values of rows.
 */
export async function queryFiles(order: FilesOrder, what: string, signal: AbortSignal): Promise<readonly (readonly (string | null)[])[]> {
  return insist(order, what, order.temporary, signal);
}

async function insist(
  order: ParquetOrder | FilesOrder,
  what: string,
  folder: string,
  signal: AbortSignal,
): Promise<readonly (readonly (string | null)[])[]> {
  const { failure: why, rows = [] } = await whileGrowing(folder, () => workInProcess(order, signal));
  if (why === undefined) return rows;
  // What the machine lacks may be there later; a value that its column can't hold stays.
  const type = /^(Out of Memory|IO) Error/.test(why) ? 'unavailable' : 'definition';
  const advice = why.startsWith('IO Error')
    ? `. Look at the disk of the worker's folder for temporary files, ${folder}. Another folder is named by TMPDIR of the worker`
    : '';
  throw new StrataError(type, `${what}: ${why}${advice}`);
}
