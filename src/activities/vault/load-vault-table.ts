import type { VaultResult } from '../../contracts/activities/marts.js';
import { rangeValues, withChanges, type BatchRanges, type ChangeStatement } from '../../engine/change-consumer.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import { StrataError } from '../../engine/strata-error.js';
import type { VaultLoad } from '../../engine/vault/vault-load.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { areChangesComplete } from '../../gear/complete-changes.js';
import { holdHistory, lockConsumer, saveWatermarks, upperBatches } from '../../gear/watermarks.js';

export interface LoadVaultTableOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before each statement that may take long. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/**
 * Loads one vault table up to the last committed batch of its feeds, in one transaction with its watermarks. It can be repeated, by several
 * workers at once, and adds each version once.
 *
 * A table that was never filled starts from all changes, or from the current rows of bulk if older changes have been pruned. A table with
 * rows but no watermark was removed from the definition and came back. The changes of the meantime are not known, and only hubs can do
 * without them: for links and satellites it throws `definition`.
 */
export async function loadVaultTable(warehouse: Warehouse, load: VaultLoad, options: LoadVaultTableOptions = {}): Promise<VaultResult> {
  await holdHistory(warehouse, load, options.signal);
  const bringUp = (first: FirstFill) => warehouse.transaction((transaction) => add(transaction, load, first, options), options);
  try {
    return { rowsInserted: await bringUp(beginWithHistory) };
  } catch (error) {
    if (!(error instanceof HistoryPruned)) throw error;
    return { rowsInserted: await bringUp(fillFromBulk) };
  }
}

type FirstFill = (transaction: Transaction, load: VaultLoad, options: LoadVaultTableOptions) => Promise<number>;

/** Rolls back a first fill from changes, because some of them were pruned. */
class HistoryPruned extends Error {}

async function add(transaction: Transaction, load: VaultLoad, first: FirstFill, options: LoadVaultTableOptions): Promise<number> {
  const { isCurrent, isBuilt, isUnfilled, watermarks } = await lockConsumer(transaction, load);
  if (isUnfilled) {
    const isEmpty = (await transaction.query(`select 1 as found from ${qualifiedName(load.target)} limit 1`)).length === 0;
    if (isEmpty) return first(transaction, load, options);
    if (load.whenChanged === 'refuse') throw cameBack(load);
    return fillFromBulk(transaction, load, options);
  }
  if (!isCurrent && load.whenChanged === 'refuse') throw changedRecipe(load);
  if (!isBuilt) return fillFromBulk(transaction, load, options);
  return addChanges(transaction, load, { after: watermarks, upTo: await upperBatches(transaction, load) }, options);
}

function cameBack({ target }: VaultLoad): StrataError {
  return new StrataError(
    'definition',
    `${target} was taken out of the definition and came back, and what changed meanwhile is not known. With its old rows, versions and links would stay active that have ended. ` +
      `As an administrator rename the table (such as to ${target}_before), which keeps its history, and run: strata migrate. Or give the part another name in vault. The next run fills the new table`,
  );
}

function changedRecipe({ target }: VaultLoad): StrataError {
  return new StrataError(
    'definition',
    `${target} is insert-only, and the definition now makes other keys than its rows have. ` +
      `Undo the change, or give the new form a name of its own in vault (the old table keeps the history). Then run: strata migrate`,
  );
}

/**
 * The first fill, from all changes. Afterwards it checks that every change that was ever made is still there. Changes are held for this
 * table, so only those can be missing that were pruned before.
 */
async function beginWithHistory(transaction: Transaction, load: VaultLoad, options: LoadVaultTableOptions): Promise<number> {
  const upTo = await upperBatches(transaction, load);
  const rows = await addChanges(transaction, load, { after: new Map(), upTo }, options);
  if (await areChangesComplete(transaction, load, upTo)) return rows;
  throw new HistoryPruned();
}

/** Locks the feeds, because a change that bulk shows and the watermark does not cover would be added a second time. */
async function fillFromBulk(transaction: Transaction, load: VaultLoad, options: LoadVaultTableOptions): Promise<number> {
  options.onStep?.('filling it from bulk');
  const upTo = await upperBatches(transaction, load, { hold: true });
  const rows = await run(transaction, load.fromBulk, { after: new Map(), upTo }, options);
  await saveWatermarks(transaction, load, upTo, 'rebuilt');
  return rows;
}

async function addChanges(transaction: Transaction, load: VaultLoad, ranges: BatchRanges, options: LoadVaultTableOptions): Promise<number> {
  const needed = withChanges(load.fromChanges, ranges);
  const rows = await run(transaction, needed, ranges, options);
  const isFirst = ranges.after.size === 0;
  if (needed.length > 0 || isFirst) await saveWatermarks(transaction, load, ranges.upTo, isFirst ? 'rebuilt' : 'refreshed');
  return rows;
}

async function run(
  transaction: Transaction,
  statements: readonly ChangeStatement[],
  ranges: BatchRanges,
  options: LoadVaultTableOptions,
): Promise<number> {
  let rows = 0;
  for (const [index, statement] of statements.entries()) {
    options.onStep?.(`statement ${index + 1} of ${statements.length}`);
    rows += (await transaction.execute(statement.sql, rangeValues(statement, ranges))).affectedRows;
  }
  return rows;
}
