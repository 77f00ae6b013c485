import type { Batches } from '../../engine/change-consumer.js';
import type { Statements, Warehouse } from '../../engine/warehouse.js';

/** What the warehouse knows of a pipeline's processed bucket. */
export interface ProcessedState {
  /** The last run whose manifest is known; 0 before the first. */
  readonly run: number;
  /** Of the manifest of that run, hexadecimal; undefined before the first. */
  readonly manifestSha256: string | undefined;
  /** The runs of the lake up to it are whole in the bucket; undefined where no manifest has said so. */
  readonly ingestRun: number | undefined;
}

export async function processedState(statements: Pick<Statements, 'query'>, pipeline: string): Promise<ProcessedState> {
  const [row] = await statements.query<{ run: number; digest: string | null; ingest_run: number | null }>(
    'select run, lower(hex(manifest_sha256)) as digest, ingest_run from gear.processed where pipeline = ?',
    [pipeline],
  );
  return {
    run: Number(row?.run ?? 0),
    manifestSha256: row?.digest ?? undefined,
    ingestRun: row === undefined || row.ingest_run === null ? undefined : Number(row.ingest_run),
  };
}

/** A table of the bucket and the batches up to which the warehouse knows that the bucket has its changes. */
export interface KnownMark {
  readonly checksum: Buffer;
  readonly batches: Batches;
}

/** By target. A table without one has to be compared with the bucket. */
export async function knownMarks(statements: Pick<Statements, 'query'>, pipeline: string): Promise<ReadonlyMap<string, KnownMark>> {
  const rows = await statements.query<{ target: string; checksum: Buffer; feed: string; batch_number: number | string }>(
    `select m.target, m.checksum, w.feed, w.batch_number from gear.marts m
     join gear.mart_watermarks w on w.target = m.target
     where m.pipeline = ? and m.target like 'processed.%'`,
    [pipeline],
  );
  const marks = new Map<string, { readonly checksum: Buffer; readonly batches: Map<string, bigint> }>();
  for (const { target, checksum, feed, batch_number: batch } of rows) {
    const mark = marks.get(target) ?? { checksum, batches: new Map<string, bigint>() };
    mark.batches.set(feed, BigInt(batch));
    marks.set(target, mark);
  }
  return marks;
}

/** Changes need not be kept for a bucket that nobody writes. What it has is looked up once it has an address again. */
export async function forgetMarks(warehouse: Warehouse, pipeline: string, signal?: AbortSignal): Promise<void> {
  if ((await knownMarks(warehouse, pipeline)).size === 0) return;
  await warehouse.transaction(
    (transaction) =>
      transaction.execute(
        `delete from gear.mart_watermarks where target in
           (select target from gear.marts where pipeline = ? and target like 'processed.%')`,
        [pipeline],
      ),
    { signal },
  );
}
