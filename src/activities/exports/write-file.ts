import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { inTemporaryFolder } from '../../connectors/temporary-folder.js';
import { writeParquet } from '../../connectors/parquet/write-parquet.js';
import { csvRow } from '../../engine/exports/csv-row.js';
import type { Export } from '../../engine/exports/export.js';
import { lastingEtag, type ObjectStore } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import type { WrittenFile } from '../../gear/outputs/exports.js';

export interface FileWork {
  readonly warehouse: Warehouse;
  readonly export: Export;
  readonly store: ObjectStore;
  /** What was written last. */
  readonly before: WrittenFile | undefined;
  /** Writes the file also where it has these rows already. */
  readonly force: boolean;
  /** Called with the number of rows so far, now and then. */
  readonly onRows: (rows: number) => void;
  /** Called when the rows are there, just before the file is put in place; what it throws keeps the file out. */
  readonly beforePut?: () => Promise<unknown>;
}

export interface FileResult {
  readonly file: WrittenFile;
  readonly rows: number;
  /** False: the file had these rows already, and was not touched. */
  readonly changed: boolean;
}

/** Rows between two checks for cancellation, and between two progress reports. */
const stride = 10_000;

/**
 * Computes the export's rows into a local file, and replaces the file in the store if the rows differ from those that were written last.
 * Repeating it is harmless. The file in the store is always complete.
 */
export async function writeFile(work: FileWork, signal: AbortSignal): Promise<FileResult> {
  const { export: each, store, before } = work;
  return inTemporaryFolder('export', async (folder) => {
    const { rows, digest: rowsDigest } = await writeRows(work, join(folder, 'rows.csv'), signal);
    const now = { storeUrl: store.url, key: each.to, checksum: each.checksum, rowsDigest };
    const isSame = !work.force && before !== undefined && (await isInPlace(store, before, now, signal));
    if (isSame) return { file: { ...now, bytes: before.bytes, etag: before.etag }, rows, changed: false };
    const file = join(folder, 'file');
    if (each.format === 'parquet') {
      await writeParquet({ source: join(folder, 'rows.csv'), target: file, temporary: folder }, each.columns, signal);
    } else {
      await rename(join(folder, 'rows.csv'), file);
    }
    await work.beforePut?.();
    const { etag, size } = await store.write(each.to, file, signal);
    return { file: { ...now, bytes: size, etag }, rows, changed: true };
  });
}

/** Whether the file that was written last has these rows, and still lies where it was put. */
async function isInPlace(
  store: ObjectStore,
  before: WrittenFile,
  now: Pick<WrittenFile, 'storeUrl' | 'key' | 'checksum' | 'rowsDigest'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (before.storeUrl !== now.storeUrl || before.key !== now.key) return false;
  if (!before.checksum.equals(now.checksum) || !before.rowsDigest.equals(now.rowsDigest)) return false;
  const found = await store.find(now.key, signal);
  return found !== undefined && lastingEtag(found.etag) === lastingEtag(before.etag) && found.size === before.bytes;
}

/** The rows as CSV, with a header line where CSV is what is wanted. */
async function writeRows(
  { warehouse, export: each, onRows }: FileWork,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly rows: number; readonly digest: Buffer }> {
  const out = createWriteStream(path);
  const failed = once(out, 'error').then(([error]) => {
    throw error;
  });
  failed.catch(() => undefined);
  const hash = createHash('sha256');
  if (each.format === 'csv') write(csvRow(each.columns.map(({ name }) => name)), out, hash);
  let rows = 0;
  let lines: string[] = [];
  const flush = async () => {
    const drained = write(lines.join(''), out, hash);
    lines = [];
    if (!drained) await Promise.race([once(out, 'drain'), failed]);
  };
  try {
    for await (const row of warehouse.stream(each.rows, [], { signal })) {
      if (rows === 0 && row.length !== each.columns.length) throw wrongColumns(each, row.length);
      lines.push(csvRow(row));
      rows += 1;
      if (rows % stride === 0) {
        await flush();
        onRows(rows);
      }
    }
    await flush();
    out.end();
    await Promise.race([finished(out), failed]);
  } finally {
    out.destroy();
  }
  return { rows, digest: hash.digest() };
}

function write(text: string, out: NodeJS.WritableStream, hash: Hash): boolean {
  hash.update(text);
  return out.write(text);
}

function wrongColumns({ path, rowsLine, columns }: Export, found: number): StrataError {
  return new StrataError('definition', `${path}:${rowsLine}: the select has ${found} columns, and \`-- columns\` ${columns.length}`);
}
