import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bothTables, csvRows, isNewest, lastRows, writeDifference } from '../../connectors/parquet/bucket-sql.js';
import { queryFiles, writeParquet } from '../../connectors/parquet/write-parquet.js';
import type { Part } from '../../connectors/lake/write-lake.js';
import type { ProcessedManifest } from '../../contracts/lake/processed-manifest.js';
import { rangeValues, type Batches } from '../../engine/change-consumer.js';
import type { ObjectStore } from '../../engine/object-store.js';
import type { ProcessedTable } from '../../engine/processed/processed-table.js';
import { allWithNewest } from '../../engine/processed/changed-rows.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { bringTable, partOf } from './bucket-files.js';
import { writeRows } from './row-files.js';

export interface TableWork {
  readonly warehouse: Warehouse;
  readonly bucket: ObjectStore;
  readonly table: ProcessedTable;
  /** A folder of the worker's machine. */
  readonly folder: string;
  /** Of one object. */
  readonly rowsOfPart: number;
  readonly signal: AbortSignal;
  readonly onRows: (rows: number) => void;
  /** Gets each part when it is whole. */
  readonly take: (part: Part) => Promise<void>;
}

/** Writes the rows that changes affect, or all, as Parquet files of about the same size. Returns how many rows. */
export async function selectedRows(work: TableWork, range: { readonly after: Batches; readonly upTo: Batches } | 'all'): Promise<number> {
  const { warehouse, table, folder, rowsOfPart, signal, onRows, take } = work;
  const stream =
    range === 'all'
      ? warehouse.stream(table.all, [], { signal })
      : warehouse.stream(table.changed.sql, rangeValues(table.changed, range), { signal });
  const rows = stream[Symbol.asyncIterator]();
  const source = join(folder, 'rows.csv');
  const target = join(folder, 'rows.parquet');
  let written = 0;
  try {
    for (;;) {
      const count = await writeRows(rows, source, rowsOfPart, (some) => onRows(written + some));
      if (count > 0) {
        await writeParquet({ source, target, temporary: folder }, table.columns, signal);
        await take(await partOf(target, count));
      }
      written += count;
      if (count < rowsOfPart) return written;
    }
  } finally {
    await rows.return?.();
    await Promise.all([source, target].map((file) => rm(file, { force: true })));
  }
}

/** Writes the rows that the bucket lacks, or has otherwise, by reading all of both. Returns how many rows. */
export async function differingRows(work: TableWork, manifests: readonly ProcessedManifest[]): Promise<number> {
  const { warehouse, bucket, table, folder, signal, onRows, take } = work;
  const own = join(folder, 'compared');
  await mkdir(own, { recursive: true });
  try {
    const files = await bringTable(bucket, manifests, table, own, signal);
    const source = join(own, 'rows.csv');
    const rows = warehouse.stream(allWithNewest(table), [], { signal })[Symbol.asyncIterator]();
    await writeRows(rows, source, Infinity, onRows);
    const target = join(own, 'rows.parquet');
    const { columns, key, newest } = table;
    const [[count] = []] = await queryFiles(
      {
        temporary: own,
        statements: [
          ...bothTables(lastRows(files), csvRows(source, columns, newest ? [isNewest] : [])),
          ...(newest ? [`create temporary table newest as ${lastRows({ ...files, key: newest.key })}`] : []),
          ...writeDifference({ columns, key, things: newest?.key, target }),
        ],
      },
      `${table.mart} could not be compared with the processed bucket`,
      signal,
    );
    if (Number(count) > 0) await take(await partOf(target, Number(count)));
    return Number(count);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
