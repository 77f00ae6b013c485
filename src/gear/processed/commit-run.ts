import type { ProcessedManifest } from '../../contracts/lake/processed-manifest.js';
import type { Batches } from '../../engine/change-consumer.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Statements, Transaction, Warehouse } from '../../engine/warehouse.js';
import { saveWatermarks } from '../watermarks.js';

/** Up to which batches a run has the changes of a table, and by which SQL its rows were made. */
export interface Mark {
  readonly target: string;
  readonly checksum: Buffer;
  readonly batches: Batches;
}

export interface WrittenRun {
  readonly manifest: ProcessedManifest;
  /** SHA-256 of the manifest's text, hexadecimal. */
  readonly sha256: string;
}

/**
 * Notes an attempt before its manifest is written. Nothing of it counts before `commitRun`: one that dies in between is found by its
 * manifest, or is forgotten with the next run.
 */
export async function prepareRun(
  warehouse: Warehouse,
  pipeline: string,
  { manifest, sha256 }: WrittenRun,
  marks: readonly Mark[],
  signal?: AbortSignal,
): Promise<void> {
  await warehouse.transaction(
    async (transaction) => {
      if ((await runIdOf(transaction, pipeline, manifest.run, sha256)) !== undefined) return;
      const runId = await insertRun(transaction, pipeline, { manifest, sha256 });
      for (const { target, checksum, batches } of marks)
        for (const [feed, batch] of batches)
          await transaction.execute(
            'insert into gear.processed_marks (run_id, target, feed, batch_number, checksum) values (?, ?, ?, ?, ?)',
            [runId, target, feed, batch, checksum],
          );
    },
    { signal },
  );
}

async function insertRun(transaction: Transaction, pipeline: string, { manifest, sha256 }: WrittenRun): Promise<number> {
  const objects = manifest.tables.flatMap((table) => table.objects);
  await transaction.execute(
    `insert into gear.processed_runs (pipeline, run, state, manifest_sha256, row_count, byte_size, object_count, prepared_at)
     values (?, ?, 'prepared', ?, ?, ?, ?, utc_timestamp(6))`,
    [
      ...[pipeline, manifest.run, Buffer.from(sha256, 'hex'), manifest.tables.reduce((sum, { rows }) => sum + rows, 0)],
      ...[objects.reduce((sum, { bytes }) => sum + bytes, 0), objects.length],
    ],
  );
  const runId = await runIdOf(transaction, pipeline, manifest.run, sha256);
  if (runId === undefined) throw new StrataError('invariant', 'a run of a processed bucket that was just noted is not there');
  return runId;
}

async function runIdOf(statements: Statements, pipeline: string, run: number, sha256: string): Promise<number | undefined> {
  const [row] = await statements.query<{ run_id: number }>(
    'select run_id from gear.processed_runs where pipeline = ? and run = ? and manifest_sha256 = ?',
    [pipeline, run, Buffer.from(sha256, 'hex')],
  );
  return row && Number(row.run_id);
}

/**
 * Follows a manifest that is in the bucket: its run counts from now on. Repeating it changes nothing. Of a run that was not prepared here
 * nobody knows which changes it has: its tables are compared with the bucket next time.
 */
export async function commitRun(warehouse: Warehouse, pipeline: string, written: WrittenRun, signal?: AbortSignal): Promise<void> {
  const { manifest, sha256 } = written;
  await warehouse.transaction(
    async (transaction) => {
      const last = await lockRun(transaction, pipeline);
      if (last >= manifest.run) return;
      if (last !== manifest.run - 1)
        throw new StrataError('invariant', `run ${manifest.run} of a processed bucket follows run ${last}: there is a gap`);
      const prepared = await runIdOf(transaction, pipeline, manifest.run, sha256);
      const runId = prepared ?? (await insertRun(transaction, pipeline, written));
      if (prepared === undefined)
        for (const { name } of manifest.tables)
          await transaction.execute('delete from gear.mart_watermarks where target = ?', [`processed.${name}`]);
      else await saveMarks(transaction, pipeline, await marksOf(transaction, runId));
      await transaction.execute("update gear.processed_runs set state = 'committed', committed_at = utc_timestamp(6) where run_id = ?", [
        runId,
      ]);
      await transaction.execute(
        'update gear.processed set run = ?, manifest_sha256 = ?, ingest_run = coalesce(?, ingest_run) where pipeline = ?',
        [manifest.run, Buffer.from(sha256, 'hex'), manifest.ingest?.last ?? null, pipeline],
      );
      await forgetRuns(transaction, pipeline, manifest.run);
    },
    { signal },
  );
}

/** Notes changes that have changed no row of the bucket. Does nothing where another run came first. */
export async function saveEmptyRun(
  warehouse: Warehouse,
  pipeline: string,
  run: number,
  marks: readonly Mark[],
  signal?: AbortSignal,
): Promise<void> {
  await warehouse.transaction(
    async (transaction) => {
      if ((await lockRun(transaction, pipeline)) === run) await saveMarks(transaction, pipeline, marks);
    },
    { signal },
  );
}

/** The last run, whose row nobody else takes until the transaction ends. */
async function lockRun(transaction: Transaction, pipeline: string): Promise<number> {
  await transaction.execute('insert into gear.processed (pipeline) values (?) on duplicate key update run = run', [pipeline]);
  const [row] = await transaction.query<{ run: number }>('select run from gear.processed where pipeline = ? for update', [pipeline]);
  return Number(row?.run ?? 0);
}

async function saveMarks(transaction: Transaction, pipeline: string, marks: readonly Mark[]): Promise<void> {
  for (const mark of marks) {
    await transaction.execute('insert into gear.marts (target, pipeline, checksum) values (?, ?, ?) on duplicate key update pipeline = ?', [
      ...[mark.target, pipeline, mark.checksum, pipeline],
    ]);
    await saveWatermarks(transaction, mark, mark.batches, 'rebuilt');
  }
}

async function marksOf(transaction: Transaction, runId: number): Promise<Mark[]> {
  const rows = await transaction.query<{ target: string; feed: string; batch_number: number | string; checksum: Buffer }>(
    'select target, feed, batch_number, checksum from gear.processed_marks where run_id = ?',
    [runId],
  );
  return [...new Set(rows.map(({ target }) => target))].map((target) => {
    const of = rows.filter((row) => row.target === target);
    return { target, checksum: of[0]!.checksum, batches: new Map(of.map(({ feed, batch_number: batch }) => [feed, BigInt(batch)])) };
  });
}

/** Runs that gear keeps: three days of one in five minutes. */
const keptRuns = 1_000;

/** Attempts whose manifest was never written, or not first; marks that were taken over; runs of long ago. */
async function forgetRuns(transaction: Transaction, pipeline: string, run: number): Promise<void> {
  await transaction.execute(
    'delete from gear.processed_marks where run_id in (select run_id from gear.processed_runs where pipeline = ? and run <= ?)',
    [pipeline, run],
  );
  await transaction.execute("delete from gear.processed_runs where pipeline = ? and run <= ? and (state = 'prepared' or run <= ?)", [
    ...[pipeline, run, run - keptRuns],
  ]);
}
