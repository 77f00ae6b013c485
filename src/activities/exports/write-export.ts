import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { writeParquet } from '../../connectors/parquet/write-parquet.js';
import type { ExportResult } from '../../contracts/exports.js';
import { csvRow } from '../../engine/exports/csv-row.js';
import type { Export } from '../../engine/exports/export.js';
import { lastingEtag, type ObjectStore } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { martsDigests, noteExport, writtenExports, type WrittenExport } from '../../gear/exports.js';
import type { ActivityScope } from '../run-activity.js';

export interface ExportWork {
  readonly warehouse: Warehouse;
  readonly pipeline: string;
  readonly export: Export;
  readonly store: ObjectStore;
  /** Writes the file also where it has these rows already. */
  readonly force: boolean;
}

/** Rows between two looks at whether the work is to be stopped, and two words of progress. */
const stride = 10_000;

/**
 * Computes the export's rows into a local file, and puts that in place where it differs from what was written last. It can be repeated at
 * any time: the file in the store is always a whole one.
 */
export async function writeExport(work: ExportWork, scope: ActivityScope): Promise<ExportResult> {
  const { warehouse, pipeline, export: each, store } = work;
  const martsDigest = (await martsDigests(warehouse, pipeline, [each])).get(each.name) ?? Buffer.alloc(32);
  const before = (await writtenExports(warehouse, pipeline)).get(each.name);
  const folder = await mkdtemp(join(tmpdir(), 'strata-export-'));
  try {
    const { rows, digest: rowsDigest } = await writeRows(work, join(folder, 'rows.csv'), scope);
    const now = { storeUrl: store.url, key: each.to, checksum: each.checksum, martsDigest, rowsDigest, rows };
    const isSame = !work.force && before !== undefined && (await isInPlace(store, before, now, scope.signal));
    if (isSame) {
      await noteExport(warehouse, pipeline, each.name, { ...now, bytes: before.bytes, etag: before.etag }, false);
      return { key: each.to, rows, bytes: before.bytes, changed: false };
    }
    const file = join(folder, 'file');
    if (each.format === 'parquet') {
      await writeParquet({ source: join(folder, 'rows.csv'), target: file, temporary: folder }, each.columns, scope.signal);
    } else {
      await rename(join(folder, 'rows.csv'), file);
    }
    const { etag, size } = await store.write(each.to, file, scope.signal);
    await noteExport(warehouse, pipeline, each.name, { ...now, bytes: size, etag }, true);
    return { key: each.to, rows, bytes: size, changed: true };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the file that was written last has these rows, and still lies where it was put. */
async function isInPlace(
  store: ObjectStore,
  before: WrittenExport,
  now: Pick<WrittenExport, 'storeUrl' | 'key' | 'checksum' | 'rowsDigest'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (before.storeUrl !== now.storeUrl || before.key !== now.key) return false;
  if (!before.checksum.equals(now.checksum) || !before.rowsDigest.equals(now.rowsDigest)) return false;
  const found = await store.find(now.key, signal);
  return found !== undefined && lastingEtag(found.etag) === lastingEtag(before.etag) && found.size === before.bytes;
}

/** The rows as CSV, with a header line where CSV is what is wanted. */
async function writeRows(
  { warehouse, export: each }: ExportWork,
  path: string,
  scope: ActivityScope,
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
    for await (const row of warehouse.stream(each.rows, [], { signal: scope.signal })) {
      if (rows === 0 && row.length !== each.columns.length) throw wrongColumns(each, row.length);
      lines.push(csvRow(row));
      rows += 1;
      if (rows % stride === 0) {
        await flush();
        scope.report({ phase: 'exports', subject: each.name, message: `${rows} rows`, rows });
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
