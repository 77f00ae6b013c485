import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processedRuns } from '../../connectors/lake/read-lake.js';
import { lastRows, writeCsv, type TableFiles } from '../../connectors/parquet/bucket-sql.js';
import { queryFiles } from '../../connectors/parquet/write-parquet.js';
import { inTemporaryFolder } from '../../connectors/temporary-folder.js';
import type { ObjectStore } from '../../engine/object-store.js';
import type { MartRefresh } from '../../engine/marts/mart-refresh.js';
import type { ProcessedTable } from '../../engine/processed/processed-table.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import { columnList } from '../../engine/sql/identifier.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { lockConsumer, saveWatermarks, upperBatches } from '../../gear/watermarks.js';
import { bringTable } from './bucket-files.js';
import { followBucket } from './write-run.js';

export interface RestoreWork {
  readonly warehouse: Warehouse;
  readonly bucket: ObjectStore;
  readonly pipeline: string;
  readonly tables: readonly ProcessedTable[];
  readonly refreshes: readonly MartRefresh[];
  readonly signal: AbortSignal;
  readonly onTable?: (name: string) => void;
}

export interface Restored {
  /** The last run that was read. */
  readonly run: number;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
}

/**
 * Fills the marts of an empty warehouse from the runs of a processed bucket, and the ids of the facts, all of it or nothing. The tables of
 * bulk stay empty: they are filled from the lake, whose loads then find the ids that their keys have. Throws `misconfigured` where the
 * pipeline has loads or rows.
 */
export async function restoreBucket(work: RestoreWork): Promise<Restored> {
  const { warehouse, bucket, pipeline, tables, refreshes, signal, onTable } = work;
  await requireEmpty(warehouse, pipeline, tables);
  const { run } = await followBucket(warehouse, bucket, pipeline, signal);
  const manifests = await processedRuns.manifestsOf(bucket, 1, run, signal);
  return inTemporaryFolder('restore', (folder) =>
    warehouse.transaction(
      async (transaction) => {
        const restored: { table: string; rows: number }[] = [];
        for (const table of tables) {
          onTable?.(table.mart);
          const own = join(folder, table.name);
          await mkdir(own, { recursive: true });
          const files = await bringTable(bucket, manifests, table, own, signal);
          for (const { mart, key, columns } of table.newest ? [table, table.newest] : [table]) {
            const refresh = refreshes.find(({ target }) => target === mart);
            if (!refresh) throw new Error(`there is no mart ${mart}`);
            restored.push({ table: mart, rows: await fillMart(transaction, refresh, { ...files, key, columns }, own, signal) });
          }
          if (table.restoreIds !== undefined) await transaction.execute(table.restoreIds);
          await rm(own, { recursive: true });
        }
        return { run, tables: restored };
      },
      { signal },
    ),
  );
}

async function fillMart(
  transaction: Transaction,
  mart: MartRefresh,
  files: TableFiles,
  folder: string,
  signal: AbortSignal,
): Promise<number> {
  await lockConsumer(transaction, mart);
  const upTo = await upperBatches(transaction, mart);
  const target = join(folder, 'rows.csv');
  await rm(target, { force: true });
  const [[count] = []] = await queryFiles(
    {
      temporary: folder,
      statements: [
        `create temporary table bucket as ${lastRows(files)}`,
        writeCsv('bucket', files.columns, target),
        'select count(*) from bucket',
      ],
    },
    `${mart.target} could not be read from the processed bucket`,
    signal,
  );
  const { affectedRows } = await transaction.loadData(
    `load data local infile 'strata' into table ${qualifiedName(mart.target)} character set utf8mb4
     fields terminated by ',' optionally enclosed by '"' escaped by '' lines terminated by '\\n' (${columnList(files.columns.map(({ name }) => name))})`,
    createReadStream(target),
  );
  if (affectedRows !== Number(count))
    throw new StrataError('invariant', `${mart.target} was given ${affectedRows} rows, and the bucket has ${count}. Nothing was kept`);
  for (const { sql } of mart.all.after) await transaction.execute(sql);
  await saveWatermarks(transaction, mart, upTo, 'rebuilt');
  return affectedRows;
}

/** Throws `misconfigured` where a load of the pipeline, or a row of its marts, is there. */
export async function requireEmpty(warehouse: Warehouse, pipeline: string, tables: readonly ProcessedTable[]): Promise<void> {
  const loads = await warehouse.query('select 1 from gear.loads where pipeline = ? limit 1', [pipeline]);
  const marts = tables.flatMap(({ mart, newest }) => (newest ? [mart, newest.mart] : [mart]));
  const filled: string[] = loads.length > 0 ? ['gear.loads'] : [];
  for (const mart of marts) if ((await warehouse.query(`select 1 from ${qualifiedName(mart)} limit 1`)).length > 0) filled.push(mart);
  if (filled.length === 0) return;
  throw new StrataError(
    'misconfigured',
    `this warehouse is not empty: there are rows of ${pipeline} in ${filled.join(', ')}. Give a new warehouse by STRATA_SCHEMA_PREFIX, and run: strata migrate`,
  );
}
