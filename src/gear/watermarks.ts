import type { Batches, ChangeConsumer } from '../engine/change-consumer.js';
import { StrataError } from '../engine/strata-error.js';
import type { Statements, Transaction, Warehouse } from '../engine/warehouse.js';

/** Of a table that nothing has filled yet. */
const noChecksum = Buffer.alloc(32);

/** A feed's batch number as it comes from the driver. */
type BatchRow = { feed: string; batch_number: number | string };

/** What the gear knows of a mart or vault table. */
export interface ConsumerState {
  /** Its rows are what its definition says now. */
  readonly isCurrent: boolean;
  /** Its rows are that, and it has a watermark of every feed: it can go on from there. */
  readonly isBuilt: boolean;
  /** It was never filled. If it has watermarks, they only keep the changes that it needs from being pruned. */
  readonly isUnfilled: boolean;
  readonly watermarks: Batches;
}

/** Takes the table's row, made when it is not there, until the transaction ends: refreshes of one table stand in line. */
export async function lockConsumer(transaction: Transaction, consumer: ChangeConsumer): Promise<ConsumerState> {
  const { pipeline, target, feeds } = consumer;
  await transaction.execute('insert into gear.marts (target, pipeline, checksum) values (?, ?, ?) on duplicate key update pipeline = ?', [
    target,
    pipeline,
    noChecksum,
    pipeline,
  ]);
  const [row] = await transaction.query<{ checksum: Buffer }>('select checksum from gear.marts where target = ? for update', [target]);
  const isCurrent = row?.checksum.equals(consumer.checksum) ?? false;
  const watermarks = await watermarksOf(transaction, target);
  const isUnfilled = watermarks.size === 0 || (row?.checksum.equals(noChecksum) ?? true);
  return { isCurrent, isBuilt: isCurrent && feeds.every((feed) => watermarks.has(feed)), isUnfilled, watermarks };
}

/**
 * How far a refresh may go, by feed: the lowest watermark of the tables that it reads and that take in the feed; without such a table
 * the feed's last batch. Bulk may be newer, which is harmless for marts: those changes come later and recompute the same keys. With
 * `hold` no batch of the feeds commits before the transaction ends, so that bulk is exactly what these batches made of it.
 */
export async function upperBatches(
  statements: Statements,
  consumer: ChangeConsumer,
  { hold = false }: { readonly hold?: boolean } = {},
): Promise<Batches> {
  const limits = new Map<string, bigint>();
  for (const other of consumer.after) {
    const watermarks = await watermarksOf(statements, other.target);
    for (const feed of other.feeds) {
      const batch = watermarks.get(feed) ?? 0n;
      const lowest = limits.get(feed);
      if (lowest === undefined || batch < lowest) limits.set(feed, batch);
    }
  }
  const last = await lastBatches(statements, consumer, hold);
  return new Map(consumer.feeds.map((feed) => [feed, limits.get(feed) ?? last.get(feed) ?? 0n]));
}

async function lastBatches(statements: Statements, { pipeline, feeds }: ChangeConsumer, hold: boolean): Promise<Batches> {
  if (feeds.length === 0) return new Map();
  const rows = await statements.query<BatchRow>(
    `select feed, batch_number from gear.feeds where pipeline = ? and feed in (${feeds.map(() => '?').join(', ')}) order by feed${hold ? ' for update' : ''}`,
    [pipeline, ...feeds],
  );
  if (rows.length === feeds.length) return batchesOf(rows);
  throw new StrataError('misconfigured', `gear.feeds lacks a row for one of ${feeds.join(', ')} of ${pipeline}. Run: strata migrate`);
}

/**
 * Throws if a table that it reads was not rebuilt with its current SQL: the refresh of that table, which came before this one, has failed.
 * The failure is not retried, because one mart that can't be built would keep the whole aggregation from ending. It is checked before the
 * transaction, because a built table stays built.
 */
export async function requireBuilt(statements: Statements, { target, after }: ChangeConsumer): Promise<void> {
  for (const other of after) {
    const [row] = await statements.query<{ checksum: Buffer }>('select checksum from gear.marts where target = ?', [other.target]);
    if (!row?.checksum.equals(other.checksum))
      throw new StrataError(
        'definition',
        `${target} depends on ${other.target}, whose last rebuild failed. Fix ${other.target}, and the next refresh builds both`,
      );
  }
}

/**
 * Holds the changes that a table will take in once it is built, in a transaction before the one that builds it: until that one commits
 * nobody sees its watermarks, and a worker of another release, whose definition lacks the table or a feed of it, would prune what comes
 * meanwhile.
 */
export async function holdChanges(warehouse: Warehouse, consumer: ChangeConsumer, signal?: AbortSignal): Promise<void> {
  const { target, feeds, checksum } = consumer;
  const held = await warehouse.query<{ checksum: Buffer; feed: string | null }>(
    'select m.checksum, w.feed from gear.marts m left join gear.mart_watermarks w on w.target = m.target where m.target = ?',
    [target],
  );
  if (feeds.every((name) => held.some((row) => row.feed === name && row.checksum.equals(checksum)))) return;
  await warehouse.transaction(
    async (transaction) => {
      const { isCurrent, isBuilt } = await lockConsumer(transaction, consumer);
      if (isBuilt) return;
      // With all watermarks there, it is the checksum that says that it is yet to be built.
      if (isCurrent) await transaction.execute('update gear.marts set checksum = ? where target = ?', [noChecksum, target]);
      for (const [feed, batch] of await upperBatches(transaction, consumer)) await setWatermark(transaction, target, feed, batch, 'least');
    },
    { signal },
  );
}

/**
 * Holds every change from the first one on for a vault table that nothing has filled, because it begins with all history: in a transaction
 * before the one that fills it, for the same reason. What a pruning that runs already still deletes is found out by the fill.
 */
export async function holdHistory(warehouse: Warehouse, consumer: ChangeConsumer, signal?: AbortSignal): Promise<void> {
  const { target, feeds } = consumer;
  if ((await watermarksOf(warehouse, target)).size > 0) return;
  await warehouse.transaction(
    async (transaction) => {
      const { watermarks } = await lockConsumer(transaction, consumer);
      if (watermarks.size > 0) return;
      await transaction.execute('update gear.marts set checksum = ? where target = ?', [noChecksum, target]);
      for (const feed of feeds) await setWatermark(transaction, target, feed, 0n, 'least');
    },
    { signal },
  );
}

/**
 * Sets the watermarks together with the rows that they are about. Watermarks of a refresh never go back. Watermarks of a rebuild are the
 * batches from which it was computed, which may be lower: a new definition may read a table that is behind, or no longer read a feed (whose
 * watermark would keep its changes from being pruned for ever).
 */
export async function saveWatermarks(
  transaction: Transaction,
  { target, checksum }: Pick<ChangeConsumer, 'target' | 'checksum'>,
  batches: Batches,
  how: 'refreshed' | 'rebuilt',
): Promise<void> {
  if (how === 'rebuilt') await transaction.execute('delete from gear.mart_watermarks where target = ?', [target]);
  for (const [feed, batch] of batches) await setWatermark(transaction, target, feed, batch, 'greatest');
  const rebuilt = how === 'rebuilt' ? ', rebuilt_at = utc_timestamp(6)' : '';
  await transaction.execute(`update gear.marts set checksum = ?, refreshed_at = utc_timestamp(6)${rebuilt} where target = ?`, [
    checksum,
    target,
  ]);
}

async function setWatermark(
  transaction: Transaction,
  target: string,
  feed: string,
  batch: bigint,
  of: 'least' | 'greatest',
): Promise<void> {
  await transaction.execute(
    `insert into gear.mart_watermarks (target, feed, batch_number) values (?, ?, ?)
     on duplicate key update batch_number = ${of}(batch_number, ?)`,
    [target, feed, batch, batch],
  );
}

async function watermarksOf(statements: Statements, target: string): Promise<Batches> {
  return batchesOf(await statements.query<BatchRow>('select feed, batch_number from gear.mart_watermarks where target = ?', [target]));
}

function batchesOf(rows: readonly BatchRow[]): Batches {
  return new Map(rows.map(({ feed, batch_number }) => [feed, BigInt(batch_number)]));
}
