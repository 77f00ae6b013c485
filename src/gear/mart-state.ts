import type { PipelineDefinition } from '../engine/definition/types.js';
import type { Mart, MartCatalog } from '../engine/marts/mart.js';
import { StrataError } from '../engine/strata-error.js';
import type { Statements, Transaction, Warehouse } from '../engine/warehouse.js';

/** Last batch by feed. */
export type Batches = ReadonlyMap<string, bigint>;

export interface MartState {
  /** Filled by the SQL that the catalog holds now. */
  readonly current: boolean;
  readonly watermarks: Batches;
}

/** The feeds that fill the entities whose changes affect a mart. */
export function feedsOf(definition: PipelineDefinition, mart: Pick<Mart, 'reads'>): readonly string[] {
  return definition.feeds.filter((feed) => feed.entities.some((entity) => mart.reads.includes(entity.name))).map((feed) => feed.name);
}

/** Takes the mart's row, made when it is not there, until the transaction ends: refreshes of one mart stand in line. */
export async function lockMart(transaction: Transaction, pipeline: string, mart: Mart): Promise<MartState> {
  await transaction.execute('insert into gear.marts (target, pipeline, checksum) values (?, ?, ?) on duplicate key update pipeline = ?', [
    mart.target,
    pipeline,
    Buffer.alloc(32),
    pipeline,
  ]);
  const [row] = await transaction.query<{ checksum: Buffer }>('select checksum from gear.marts where target = ? for update', [mart.target]);
  return { current: row?.checksum.equals(mart.checksum) ?? false, watermarks: await watermarksOf(transaction, mart.target) };
}

/**
 * How far a refresh may go, by feed: the lowest watermark of the marts that it reads and that read the feed; without such a mart the
 * feed's last batch. Bulk may be newer, which is harmless: those changes come later and recompute the same keys.
 */
export async function upperBatches(
  statements: Statements,
  definition: PipelineDefinition,
  catalog: MartCatalog,
  mart: Mart,
): Promise<Batches> {
  const before: { mart: Mart; watermarks: Batches }[] = [];
  for (const other of martsBefore(catalog, mart)) before.push({ mart: other, watermarks: await watermarksOf(statements, other.target) });
  const feeds = await statements.query<{ feed: string; batch_number: number | string }>(
    'select feed, batch_number from gear.feeds where pipeline = ?',
    [definition.name],
  );
  const last = new Map(feeds.map(({ feed, batch_number }) => [feed, BigInt(batch_number)]));
  return new Map(
    feedsOf(definition, mart).map((feed) => {
      const limits = before
        .filter((other) => feedsOf(definition, other.mart).includes(feed))
        .map((other) => other.watermarks.get(feed) ?? 0n);
      return [feed, limits.length > 0 ? lowest(limits) : (last.get(feed) ?? 0n)] as const;
    }),
  );
}

/**
 * Refuses while a mart that it reads is not what its present SQL gives: its own refresh, which came before this one, has failed. That
 * is not tried again, or one mart that can't be built would keep a whole aggregation from ending. Before the transaction: once it is
 * built, it stays so.
 */
export async function requireBuilt(statements: Statements, catalog: MartCatalog, mart: Mart): Promise<void> {
  for (const other of martsBefore(catalog, mart)) {
    const [row] = await statements.query<{ checksum: Buffer }>('select checksum from gear.marts where target = ?', [other.target]);
    if (!row?.checksum.equals(other.checksum))
      throw new StrataError(
        'definition',
        `${mart.target} reads ${other.target}, which its present SQL has not built yet: see why that failed; a refresh that builds it builds this one too`,
      );
  }
}

/**
 * Holds the changes that a mart will take once it is built, in a transaction before the one that builds it: until that one commits nobody
 * sees its watermarks, and a worker of another release, whose definition lacks the mart or a feed of it, would prune what comes meanwhile.
 */
export async function holdChanges(
  warehouse: Warehouse,
  definition: PipelineDefinition,
  catalog: MartCatalog,
  mart: Mart,
  signal?: AbortSignal,
): Promise<void> {
  const feeds = feedsOf(definition, mart);
  const held = await warehouse.query<{ checksum: Buffer; feed: string | null }>(
    'select m.checksum, w.feed from gear.marts m left join gear.mart_watermarks w on w.target = m.target where m.target = ?',
    [mart.target],
  );
  if (feeds.every((name) => held.some(({ checksum, feed }) => feed === name && checksum.equals(mart.checksum)))) return;
  await warehouse.transaction(
    async (transaction) => {
      const { current, watermarks } = await lockMart(transaction, definition.name, mart);
      if (current && feeds.every((feed) => watermarks.has(feed))) return;
      // With all watermarks there, it is the checksum that says that it is yet to be built.
      if (current) await transaction.execute('update gear.marts set checksum = ? where target = ?', [Buffer.alloc(32), mart.target]);
      for (const [feed, batch] of await upperBatches(transaction, definition, catalog, mart)) {
        await transaction.execute(
          `insert into gear.mart_watermarks (target, feed, batch_number) values (?, ?, ?)
         on duplicate key update batch_number = least(batch_number, ?)`,
          [mart.target, feed, batch, batch],
        );
      }
    },
    { signal },
  );
}

function martsBefore(catalog: MartCatalog, mart: Mart): readonly Mart[] {
  return catalog.marts.filter(({ target }) => mart.after.includes(target));
}

async function watermarksOf(statements: Statements, target: string): Promise<Batches> {
  const rows = await statements.query<{ feed: string; batch_number: number | string }>(
    'select feed, batch_number from gear.mart_watermarks where target = ?',
    [target],
  );
  return new Map(rows.map(({ feed, batch_number }) => [feed, BigInt(batch_number)]));
}

/**
 * Sets the watermarks together with the rows that they speak of. Those of a refresh never go back; those of a rebuild are what it was
 * computed from: new SQL may read a mart that has not come as far as the old SQL had, or no longer read a feed.
 */
export async function saveMart(transaction: Transaction, mart: Mart, batches: Batches, rebuilt: boolean): Promise<void> {
  if (rebuilt) await transaction.execute('delete from gear.mart_watermarks where target = ?', [mart.target]);
  for (const [feed, batch] of batches) {
    await transaction.execute(
      `insert into gear.mart_watermarks (target, feed, batch_number) values (?, ?, ?)
       on duplicate key update batch_number = greatest(batch_number, ?)`,
      [mart.target, feed, batch, batch],
    );
  }
  await transaction.execute(
    `update gear.marts set checksum = ?, refreshed_at = utc_timestamp(6)${rebuilt ? ', rebuilt_at = utc_timestamp(6)' : ''} where target = ?`,
    [mart.checksum, mart.target],
  );
}

function lowest(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (b < a ? b : a));
}
