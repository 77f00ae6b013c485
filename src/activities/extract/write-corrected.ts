import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { manifestsOf } from '../../connectors/lake/read-lake.js';
import { putManifest, putObject } from '../../connectors/lake/write-lake.js';
import { inTemporaryFolder } from '../../connectors/temporary-folder.js';
import { objectKey, writeManifest, type LakeManifest, type LakeTable } from '../../contracts/lake/manifest.js';
import { replayedRow } from '../../engine/definition/replayed-row.js';
import { schemaDigest } from '../../engine/extract/drift.js';
import { headerOf } from '../../engine/extract/select-rows.js';
import { isIgnoredName } from '../../engine/read/extra-columns.js';
import { fieldEnd, RowSplitter } from '../../engine/extract/row-splitter.js';
import type { ObjectStore } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { commitRun, prepareRun } from '../../gear/extracts/commit-run.js';
import { findExtract } from '../../gear/extracts/extract-state.js';
import { warehouseTime } from '../../gear/loads/claims.js';
import { followLake } from './lake.js';

export interface CorrectedWork {
  readonly warehouse: Warehouse;
  readonly lake: ObjectStore;
  readonly pipeline: string;
  readonly extract: string;
  /** The load in whose quarantine the rows lie. */
  readonly loadId: number;
  /** The key of the object in whose load the rows were put into quarantine, below the lake's address. */
  readonly objectKey: string;
  readonly rows: CorrectedRows;
}

export interface CorrectedRows {
  /** In the order of the rows' fields. */
  readonly columns: readonly string[];
  /** CSV as extracts write it, under its header. */
  readonly header: Buffer;
  readonly body: Buffer;
  readonly count: number;
}

/** People correct by hand: more of it is a mistake, and is read as a whole. */
const mostBytes = 64 * 1024 * 1024;

/**
 * The rows of a file in the form of `strata quarantine export`, without the column that says where they stood. Every byte of the others stays,
 * quotes too, for an empty field in quotes is no NULL. Throws `definition` for a file of another form.
 */
export async function readCorrected(file: string): Promise<CorrectedRows> {
  let columns: string[] | undefined;
  let at = 0;
  const kept: Buffer[] = [];
  const splitter = new RowSplitter((bytes, start, end) => {
    const isHeader = columns === undefined;
    if (isHeader) {
      columns = namesOf(bytes, start, end);
      at = columns[0] === replayedRow.column ? 1 : 0;
      if (at === 1) columns = columns.slice(1);
    }
    const from = at === 1 ? fieldEnd(bytes, start, end) + 1 : start;
    if (from >= end)
      throw new StrataError(
        'definition',
        `row ${kept.length + 1} of the file has one field alone. Each row needs all columns of its header`,
      );
    kept.push(Buffer.from(bytes.subarray(from, end)));
  });
  let size = 0;
  for await (const chunk of createReadStream(file)) {
    size += (chunk as Buffer).length;
    if (size > mostBytes) throw new StrataError('definition', 'the file has more than 64 MiB. Divide it, with the header in each part');
    splitter.push(chunk as Buffer);
  }
  if (!splitter.isAtEnd) splitter.push(Buffer.from('\n'));
  if (!splitter.isAtEnd) throw new StrataError('definition', 'the last row of the file has a quote that does not end');
  if (columns === undefined || kept.length < 2) throw new StrataError('definition', 'the file has no rows under its header');
  const [header = Buffer.alloc(0), ...rows] = kept;
  return { columns, header, body: Buffer.concat(rows), count: rows.length };
}

function namesOf(bytes: Buffer, start: number, end: number): string[] {
  const names: string[] = [];
  for (let at = start; at < end;) {
    const close = fieldEnd(bytes, at, end);
    names.push(
      bytes
        .toString('utf8', at, close)
        .replace(/\r$/, '')
        .replace(/^"(.*)"$/s, '$1')
        .replaceAll('""', '"'),
    );
    at = close + 1;
  }
  return names;
}

/** Attempts beside an extract that writes runs at the same time. */
const attempts = 5;

/** Writes the rows into the lake as a run of the kind `corrected`, which makes them part of every rebuild. Returns its number. */
export async function writeCorrected(work: CorrectedWork, signal?: AbortSignal): Promise<number> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await inTemporaryFolder('corrected', (folder) => writeRun(work, folder, signal));
    } catch (error) {
      if (attempt === attempts || !(error instanceof StrataError) || error.type !== 'contention') throw error;
    }
}

async function writeRun(
  { warehouse, lake, pipeline, extract: name, loadId, objectKey: of, rows }: CorrectedWork,
  folder: string,
  signal?: AbortSignal,
): Promise<number> {
  const extract = await findExtract(warehouse, pipeline, name);
  const known = extract.run + (await followLake(warehouse, lake, extract, signal)).length;
  const at = `${(await warehouseTime(warehouse)).replace(' ', 'T')}Z`;
  const [first] = await manifestsOf(lake, runOfObject(of), runOfObject(of), signal);
  const [last] = await manifestsOf(lake, known, known, signal);
  const before = first?.tables.find(({ objects }) => objects.some(({ key }) => key === of));
  if (!before || !last) throw new StrataError('misconfigured', `no manifest of ${lake.url} names the object of that load`);
  const columns = columnsOf(before, rows.columns);
  const stored = gzipSync(Buffer.concat([headerOf(columns), rows.body]));
  const sha256 = createHash('sha256').update(stored).digest('hex');
  const written = await writtenBefore(lake, known, { name: before.name, sha256 }, signal);
  if (written !== undefined) return written;
  const run = known + 1;
  const file = join(folder, 'rows.csv.gz');
  await writeFile(file, stored);
  const part = { file, rows: rows.count, bytes: stored.length, sha256 };
  const keyOf = (free: number) => objectKey({ table: before.name, date: at.slice(0, 10), run, part: free });
  const { object } = await putObject(lake, keyOf, 0, part, signal);
  const table = {
    name: before.name,
    columns,
    schema_sha256: schemaDigest(columns),
    mark_before: null,
    mark_after: null,
    rows: rows.count,
    objects: [object],
    left_out: null,
  };
  const manifest: LakeManifest = { run, kind: 'corrected', snapshot_at: at, source: last.source, tables: [table] };
  const text = writeManifest(manifest);
  await prepareRun(warehouse, extract, { manifest, text, tables: new Map(), corrects: loadId }, signal);
  await putManifest(lake, folder, { run, text }, signal);
  await commitRun(warehouse, extract, { manifest, text }, signal);
  return run;
}

/** Runs that are looked at for one that has the rows already. */
const lookedAt = 50;

/**
 * The run that has these very rows, where no later one has rows of the table: the command was given again, because whoever gave it first did not
 * hear its end.
 */
async function writtenBefore(
  lake: ObjectStore,
  last: number,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  signal?: AbortSignal,
): Promise<number | undefined> {
  for (let run = last; run > Math.max(0, last - lookedAt); run -= 1) {
    const [manifest] = await manifestsOf(lake, run, run, signal);
    const table = manifest?.tables.find((each) => each.name === name && each.rows > 0);
    if (!table) continue;
    const isSame = manifest?.kind === 'corrected' && table.objects.some((object) => object.sha256 === sha256);
    return isSame ? run : undefined;
  }
  return undefined;
}

function runOfObject(key: string): number {
  const digits = /\/run=(\d{10})\//.exec(key)?.[1];
  if (digits === undefined) throw new StrataError('definition', 'the load is not one of a run of a lake');
  return Number(digits);
}

/** Columns as the run had them from which the rows come. */
function columnsOf({ name, columns }: LakeTable, header: readonly string[]): LakeTable['columns'] {
  // A column that the feed does not have stands there by its place.
  const wanted = header.map((title) => (isIgnoredName(title) ? (columns[Number(title.slice(1)) - 1]?.name ?? title) : title));
  const strange = wanted.filter((column) => !columns.some((each) => each.name === column));
  const lacking = columns.filter(({ name: column }) => !wanted.includes(column)).map((each) => each.name);
  if (strange.length + lacking.length + (new Set(wanted).size - wanted.length) === 0)
    return wanted.map((column) => columns.find((each) => each.name === column)!);
  const what = [
    ...(strange.length > 0 ? [`has ${strange.join(', ')}`] : []),
    ...(lacking.length > 0 ? [`lacks ${lacking.join(', ')}`] : []),
  ];
  throw new StrataError(
    'definition',
    `the header of the file ${what.join(' and ') || 'names a column twice'}, unlike the table ${name}. Keep the header that strata quarantine export wrote`,
  );
}
