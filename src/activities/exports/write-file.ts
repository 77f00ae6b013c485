import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitParquet } from '../../connectors/parquet/split-parquet.js';
import { inTemporaryFolder } from '../../connectors/temporary-folder.js';
import { writeParquet } from '../../connectors/parquet/write-parquet.js';
import { csvRow } from '../../engine/exports/csv-row.js';
import type { Export } from '../../engine/exports/export.js';
import { keyOfPart, mostParts } from '../../engine/exports/parts.js';
import type { ObjectStore } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { partsAt, placeOf, type ExportPart } from '../../gear/outputs/export-parts.js';
import type { WrittenFile } from '../../gear/outputs/exports.js';
import { areInPlace } from './in-place.js';
import { replaceParts } from './replace-parts.js';
import { writeRows, type WrittenRows } from './write-rows.js';

export interface FileWork {
  readonly warehouse: Warehouse;
  readonly pipeline: string;
  readonly export: Export;
  /** Of an export by date. */
  readonly date: string | null;
  readonly store: ObjectStore;
  /** What was written last. */
  readonly before: WrittenFile | undefined;
  /** Writes the files also where they have these rows already. */
  readonly force: boolean;
  /** Called with the number of rows so far, now and then. */
  readonly onRows: (rows: number) => void;
  /** Called when a part is in the store, and waits to be put in place with the others. */
  readonly onPart: (done: number, parts: number) => void;
  /** Called before each step that readers see; what it throws keeps the step from being done. */
  readonly beforePut: () => Promise<unknown>;
}

export interface FileResult {
  readonly file: WrittenFile;
  readonly rows: number;
  readonly parts: number;
  /** False: the files had these rows already, and were not touched. */
  readonly changed: boolean;
}

/**
 * Computes the export's rows into local files, and replaces the files in the store if the rows differ from those that were written last.
 * Only one worker may do so at a time for an export and date. Repeating it is harmless, and necessary where a worker died: each file in the
 * store is complete, but some may be of the former version. The caller notes the result, and that the place is whole (`notePlace`).
 */
export async function writeFile(work: FileWork, signal: AbortSignal): Promise<FileResult> {
  const { warehouse, pipeline, export: each, date, store, before, force, onPart, beforePut } = work;
  return inTemporaryFolder('export', async (folder) => {
    const written = await writeRows(work, folder, signal);
    const { rows } = written;
    const key = keyOfPart(each.to, 0);
    const now = { storeUrl: store.url, key, checksum: each.checksum, rowsDigest: written.digest };
    const place = placeOf(store.url, key);
    const known = await partsAt(warehouse, place);
    if (!force && before !== undefined && (await isInPlace(store, before, now, known, signal)))
      return { file: { ...now, bytes: before.bytes, etag: before.etag }, rows, parts: known.length, changed: false };
    const files = await filesOf(each, written, folder, signal);
    if (files.length > mostParts) throw tooManyParts(each);
    const owner = { pipeline, export: each.name, date };
    const emptyFile = () => withoutRows(each, folder, signal);
    const to = { warehouse, store, owner, place, to: each.to, known, force, emptyFile, onPart, beforePut };
    const count = await replaceParts(to, files, signal);
    const put = (await partsAt(warehouse, place)).map((part) => part.put);
    const bytes = put.reduce((sum, part) => sum + (part?.bytes ?? 0), 0);
    const changed = count > 0 || known.some(({ isChanging }) => isChanging);
    return { file: { ...now, bytes, etag: put[0]?.etag ?? '' }, rows, parts: put.length, changed };
  });
}

/** Whether the files that were written last have these rows, and still lie where they were put, each of one version with the others. */
async function isInPlace(
  store: ObjectStore,
  before: WrittenFile,
  now: Pick<WrittenFile, 'storeUrl' | 'key' | 'checksum' | 'rowsDigest'>,
  known: readonly ExportPart[],
  signal: AbortSignal,
): Promise<boolean> {
  if (before.storeUrl !== now.storeUrl || before.key !== now.key) return false;
  if (!before.checksum.equals(now.checksum) || !before.rowsDigest.equals(now.rowsDigest)) return false;
  return areInPlace(store, known, signal);
}

/** The local files as they are to lie in the store. */
async function filesOf(
  { format, columns, partBytes }: Export,
  written: WrittenRows,
  folder: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [source = ''] = written.files;
  if (format === 'csv') return written.files;
  if (partBytes !== null && written.rows > 0) return splitParquet({ source, folder, limit: partBytes }, columns, signal);
  const target = join(folder, 'file');
  await writeParquet({ source, target, temporary: folder }, columns, signal);
  return [target];
}

/** A file of the export as it is where there are no rows. */
async function withoutRows({ format, columns }: Export, folder: string, signal: AbortSignal): Promise<string> {
  const [source, target] = [join(folder, 'no-rows.csv'), join(folder, 'no-rows')];
  await appendFile(source, format === 'csv' ? csvRow(columns.map(({ name }) => name)) : '');
  if (format === 'csv') return source;
  await writeParquet({ source, target, temporary: folder }, columns, signal);
  return target;
}

function tooManyParts({ path }: Export): StrataError {
  return new StrataError('definition', `${path}: the rows make more than 100,000 parts: let \`-- part:\` be larger`);
}
