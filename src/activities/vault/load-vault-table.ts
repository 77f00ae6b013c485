import type { VaultResult } from '../../contracts/activities.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';
import { identifier } from '../../engine/sql/identifier.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import { StrataError } from '../../engine/strata-error.js';
import type { VaultLoad, VaultStatement } from '../../engine/vault/vault-load.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';

/** Batch numbers by feed; a feed that the table has never been loaded from is not there. */
type Batches = ReadonlyMap<string, bigint>;

/** A number of a batch as it came from the driver, and its feed. */
type BatchRow = { feed: string; batch_number: number | string };

export interface LoadVaultTableOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told before each statement that may take long. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/**
 * Brings one vault table up to the last committed batch of its feeds, in one transaction with its watermarks: it can be repeated,
 * by several workers at once, and adds each version once.
 *
 * A table that was never loaded starts from all changes, or from bulk as it is now when older changes have been pruned. One that has rows
 * but no watermark came back after it had gone from the definition: what changed meanwhile is not known, and hubs alone need not know it.
 */
export async function loadVaultTable(
  warehouse: Warehouse,
  pipeline: PipelineDefinition,
  load: VaultLoad,
  options: LoadVaultTableOptions = {},
): Promise<VaultResult> {
  const rowsInserted = await warehouse.transaction(async (transaction) => {
    const state = await lockTarget(transaction, pipeline, load);
    if (!state.loaded) {
      const isEmpty = (await transaction.query(`select 1 as found from ${qualifiedName(load.target)} limit 1`)).length === 0;
      if (isEmpty) return begin(transaction, pipeline, load, options);
      if (load.whenChanged === 'refuse') throw cameBack(load);
      return fillFromBulk(transaction, pipeline, load, options);
    }
    if (!state.sameRecipe && load.whenChanged === 'refuse') throw changedRecipe(load);
    const isFillNeeded = !state.sameRecipe || load.feeds.some((feed) => !state.watermarks.has(feed));
    if (isFillNeeded) return fillFromBulk(transaction, pipeline, load, options);
    return addChanges(transaction, load, state.watermarks, await lastBatches(transaction, pipeline, load), options);
  }, options);
  return { rowsInserted };
}

/** Takes the table's row, made when it is not there, until the transaction ends: loads of one table stand in line. */
async function lockTarget(transaction: Transaction, pipeline: PipelineDefinition, load: VaultLoad) {
  await transaction.execute('insert into gear.marts (target, pipeline, checksum) values (?, ?, ?) on duplicate key update pipeline = ?', [
    load.target,
    pipeline.name,
    load.checksum,
    pipeline.name,
  ]);
  const [row] = await transaction.query<{ checksum: Buffer }>('select checksum from gear.marts where target = ? for update', [load.target]);
  const marks = await transaction.query<BatchRow>('select feed, batch_number from gear.mart_watermarks where target = ?', [load.target]);
  return { loaded: marks.length > 0, sameRecipe: row?.checksum.equals(load.checksum) ?? false, watermarks: batchesOf(marks) };
}

function cameBack({ target }: VaultLoad): StrataError {
  return new StrataError(
    'definition',
    `${target} has rows of before it was taken out of the definition, and what changed until it came back is not known: going on would leave versions and links active that have ended. ` +
      `As an administrator rename the table (such as to ${target}_before), which keeps its history, and run: strata migrate. Or give the part another name in vault. The next run fills the new table`,
  );
}

function changedRecipe({ target }: VaultLoad): StrataError {
  return new StrataError(
    'definition',
    `${target} is insert-only, and the definition now makes its keys in another way than its rows have them; ` +
      `take the change back, or give the new form a name of its own in vault (the old table keeps the history), then run: strata migrate`,
  );
}

/** The first load: all history where every change is still there, which is so until the first pruning. */
async function begin(
  transaction: Transaction,
  pipeline: PipelineDefinition,
  load: VaultLoad,
  options: LoadVaultTableOptions,
): Promise<number> {
  const upTo = await lastBatches(transaction, pipeline, load);
  if (!(await areChangesComplete(transaction, pipeline, load, upTo))) return fillFromBulk(transaction, pipeline, load, options);
  const rows = await addChanges(transaction, load, new Map(), upTo, options);
  // Nobody holds changes back for a table without a watermark that an older worker does not know.
  if (await areChangesComplete(transaction, pipeline, load, upTo)) return rows;
  throw new StrataError('contention', `changes were pruned while ${load.target} was filled for the first time; it is tried again`);
}

/** Every load says how many changes it made of an entity: as many must be there. */
async function areChangesComplete(
  transaction: Transaction,
  pipeline: PipelineDefinition,
  load: VaultLoad,
  upTo: Batches,
): Promise<boolean> {
  for (const { feed, entity } of load.entities) {
    const batch = upTo.get(feed) ?? 0n;
    const [row] = await transaction.query<{ complete: number }>(
      `select (
         select coalesce(sum(n.inserted + n.updated), 0) from gear.loads l join gear.load_counts n on n.load_id = l.load_id and n.entity = ?
         where l.pipeline = ? and l.feed = ? and l.batch_number <= ? and l.state = 'processed'
       ) = (select count(*) from gear.${identifier(`changes_${entity}`)} c where c.batch_number <= ?) as complete`,
      [entity, pipeline.name, feed, batch, batch],
    );
    if (row?.complete !== 1) return false;
  }
  return true;
}

/** Holds the feeds, so that bulk is exactly what the noted batches made of it: the next change must not be in the table yet. */
async function fillFromBulk(
  transaction: Transaction,
  pipeline: PipelineDefinition,
  load: VaultLoad,
  options: LoadVaultTableOptions,
): Promise<number> {
  options.onStep?.('filling it from bulk');
  const upTo = await lastBatches(transaction, pipeline, load, 'for update');
  const rows = await run(transaction, load.fromBulk, () => [], options);
  await saveWatermarks(transaction, load, upTo);
  return rows;
}

async function addChanges(
  transaction: Transaction,
  load: VaultLoad,
  after: Batches,
  upTo: Batches,
  options: LoadVaultTableOptions,
): Promise<number> {
  const range = (feed: string): [bigint, bigint] => [after.get(feed) ?? 0n, upTo.get(feed) ?? 0n];
  const isAhead = (feed: string) => {
    const [from, to] = range(feed);
    return to > from;
  };
  const needed = load.fromChanges.filter(({ ranges }) => ranges.some(isAhead));
  const rows = await run(transaction, needed, ({ ranges }) => ranges.flatMap(range), options);
  if (needed.length > 0 || after.size === 0) await saveWatermarks(transaction, load, upTo);
  return rows;
}

async function run(
  transaction: Transaction,
  statements: readonly VaultStatement[],
  values: (statement: VaultStatement) => readonly bigint[],
  options: LoadVaultTableOptions,
): Promise<number> {
  let rows = 0;
  for (const [index, statement] of statements.entries()) {
    options.onStep?.(`statement ${index + 1} of ${statements.length}`);
    rows += (await transaction.execute(statement.sql, values(statement))).affectedRows;
  }
  return rows;
}

async function lastBatches(transaction: Transaction, pipeline: PipelineDefinition, load: VaultLoad, lock = ''): Promise<Batches> {
  const rows = await transaction.query<BatchRow>(
    `select feed, batch_number from gear.feeds where pipeline = ? and feed in (${load.feeds.map(() => '?').join(', ')}) order by feed ${lock}`,
    [pipeline.name, ...load.feeds],
  );
  if (rows.length < load.feeds.length) {
    throw new StrataError(
      'misconfigured',
      `gear.feeds lacks a row for one of ${load.feeds.join(', ')} of ${pipeline.name}; run: strata migrate`,
    );
  }
  return batchesOf(rows);
}

async function saveWatermarks(transaction: Transaction, load: VaultLoad, batches: Batches): Promise<void> {
  for (const [feed, batch] of batches) {
    await transaction.execute(
      'insert into gear.mart_watermarks (target, feed, batch_number) values (?, ?, ?) on duplicate key update batch_number = ?',
      [load.target, feed, batch, batch],
    );
  }
  await transaction.execute('update gear.marts set checksum = ?, refreshed_at = utc_timestamp(6) where target = ?', [
    load.checksum,
    load.target,
  ]);
}

function batchesOf(rows: readonly BatchRow[]): Batches {
  return new Map(rows.map(({ feed, batch_number }) => [feed, BigInt(batch_number)]));
}
