import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processedRuns } from '../../connectors/lake/read-lake.js';
import { bothTables, countDifferences, csvRows, lastRows, type TableFiles } from '../../connectors/parquet/bucket-sql.js';
import { queryFiles } from '../../connectors/parquet/write-parquet.js';
import { inTemporaryFolder } from '../../connectors/temporary-folder.js';
import type { ObjectStore } from '../../engine/object-store.js';
import type { ProcessedTable } from '../../engine/processed/processed-table.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import { columnList } from '../../engine/sql/identifier.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { bucketPosition } from '../../gear/processed/bucket-position.js';
import { bringTable } from './bucket-files.js';
import { writeRows } from './row-files.js';
import { followBucket } from './write-run.js';

export interface VerifiedTable {
  /** A mart or a view: `bus.current_payment`. */
  readonly table: string;
  /** In the warehouse. */
  readonly rows: number;
  /** Keys that only the warehouse has. */
  readonly missing: number;
  /** Keys that only the bucket has. */
  readonly extra: number;
  /** Keys that both have, with other values. */
  readonly different: number;
}

export interface Verified {
  /** The last run that was read. */
  readonly run: number;
  readonly tables: readonly VerifiedTable[];
  /** Marts that have changes of which no run of the bucket is yet, before or after they were read. */
  readonly behind: readonly string[];
  /** The warehouse or the bucket went on during each comparison, so differences may be no mistake. */
  readonly moved: boolean;
}

export interface VerifyWork {
  readonly warehouse: Warehouse;
  readonly bucket: ObjectStore;
  readonly pipeline: string;
  readonly tables: readonly ProcessedTable[];
  readonly signal: AbortSignal;
  readonly onTable?: (name: string) => void;
}

/** Comparisons of a warehouse that goes on. */
const mostComparisons = 3;

/**
 * Compares until nothing differs, or nothing has gone on in the meantime; at most three times. See `compareBucket`.
 */
export async function verifyBucket(work: VerifyWork): Promise<Verified> {
  for (let comparison = 1; ; comparison += 1) {
    const verified = await compareBucket(work);
    const isSame = verified.tables.every(({ missing, extra, different }) => missing + extra + different === 0);
    if (!verified.moved || (isSame && verified.behind.length === 0)) return { ...verified, moved: false };
    if (comparison === mostComparisons) return verified;
  }
}

/**
 * Reads every run of a processed bucket in order and counts how the tables that they make differ from those of the warehouse: every column,
 * ids included, and the newest rows of facts as the order of the bucket has them. No value of a row leaves this machine.
 */
async function compareBucket(work: VerifyWork): Promise<Verified> {
  const { warehouse, bucket, pipeline, tables, signal, onTable } = work;
  const before = await bucketPosition(warehouse, pipeline, tables);
  const { run } = await followBucket(warehouse, bucket, pipeline, signal);
  const manifests = await processedRuns.manifestsOf(bucket, 1, run, signal);
  const verified: VerifiedTable[] = [];
  await inTemporaryFolder('verify', async (folder) => {
    for (const table of tables) {
      onTable?.(table.mart);
      const own = join(folder, table.name);
      await mkdir(own);
      const files = await bringTable(bucket, manifests, table, own, signal);
      verified.push(await compare(work, { of: table.mart, files, folder: own }));
      if (table.newest) {
        const { mart: of, key, columns, view } = table.newest;
        verified.push(await compare(work, { of, files: { ...files, key, columns }, folder: own }));
        if (view !== undefined) verified.push(await compare(work, { of: view, files: { ...files, key }, folder: own }));
      }
      await rm(own, { recursive: true });
    }
  });
  const after = await bucketPosition(warehouse, pipeline, tables);
  const moved = after.run !== run || after.batches !== before.batches;
  return { run, tables: verified, behind: [...new Set([...before.behind, ...after.behind])], moved };
}

async function compare(
  { warehouse, signal }: VerifyWork,
  { of, files, folder }: { readonly of: string; readonly files: TableFiles; readonly folder: string },
): Promise<VerifiedTable> {
  const source = join(folder, 'rows.csv');
  const { columns, key } = files;
  const select = `select ${columnList(columns.map(({ name }) => name))} from ${qualifiedName(of)}`;
  await writeRows(warehouse.stream(select, [], { signal })[Symbol.asyncIterator](), source, Infinity, () => undefined);
  const statements = [...bothTables(lastRows(files), csvRows(source, columns)), countDifferences(columns, key)];
  const [row = []] = await queryFiles({ temporary: folder, statements }, `${of} could not be compared with the processed bucket`, signal);
  const [rows = 0, missing = 0, extra = 0, different = 0] = row.map(Number);
  return { table: of, rows, missing, extra, different };
}
