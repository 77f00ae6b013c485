import type { Period } from '../../contracts/activities/refs.js';
import type { RefreshResult } from '../../contracts/activities/marts.js';
import { hasBatches, rangeValues, withChanges, type BatchRanges, type Batches } from '../../engine/change-consumer.js';
import { highestOf, type AppendedKeys, type AppendedRange } from '../../engine/marts/appended.js';
import type { KeySearch, MartRefresh, MartStatement, RowReplacement } from '../../engine/marts/mart-refresh.js';
import { StrataError } from '../../engine/strata-error.js';
import type { SqlValue, Transaction, Warehouse } from '../../engine/warehouse.js';
import { newRows } from '../../gear/new-rows.js';
import { numberOf } from '../../gear/number-of.js';
import { holdChanges, lockConsumer, requireBuilt, saveWatermarks, upperBatches } from '../../gear/watermarks.js';
import { counted } from '../../contracts/format-numbers.js';

/**
 * From this many affected keys on, if they are more than half of the target's keys, computing the whole mart is faster. From this many new
 * rows on, ranges of new keys are looked for.
 */
export const rebuildFrom = 10_000;

/** Keys of a sample, enough to tell a half from two thirds. */
const sampledKeys = 2_000;
/**
 * Share of the target's keys. Computing a key by itself costs one to two times as much as within the whole mart: with 860,000 affected keys
 * of 1.6 million, total_users took 47 s by keys and 53 s as a whole, players 15 and 17, user_game_types 35 and 73.
 */
const largeShare = 1 / 2;

export interface RefreshOptions {
  readonly rebuild?: boolean | undefined;
  /** Rebuilds only the rows of these days. Throws `definition` for a mart without a day in its key. */
  readonly period?: Period | undefined;
  /** New rows or affected keys from which a rebuild is considered. */
  readonly rebuildFrom?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called before each statement that may take long. */
  readonly onStep?: ((step: string) => void) | undefined;
}

type OnStep = (step: string) => void;
/** By the names that statements bind them by. */
type Values = Readonly<Record<string, SqlValue>>;

/**
 * Takes at least the changes into one mart that were committed when the refresh began, in one transaction. Repeating it is harmless.
 *
 * A rebuild deletes and inserts all rows in that transaction. So readers see the old rows until it commits, a failure leaves the old rows,
 * and the watermark moves with the rows. The worker needs no right to rename or truncate tables. A rename would also wait for every open
 * query of an analyst, and block all later queries.
 */
export async function refreshMart(warehouse: Warehouse, mart: MartRefresh, options: RefreshOptions = {}): Promise<RefreshResult> {
  await requireBuilt(warehouse, mart);
  await holdChanges(warehouse, mart, options.signal);
  return warehouse.transaction((transaction) => refresh(transaction, mart, options), { signal: options.signal });
}

async function refresh(transaction: Transaction, mart: MartRefresh, options: RefreshOptions): Promise<RefreshResult> {
  const { rebuildFrom: rebuildAt = rebuildFrom, onStep = () => undefined } = options;
  const { isBuilt, watermarks } = await lockConsumer(transaction, mart);
  const upTo = await upperBatches(transaction, mart);
  if (options.period && isBuilt) return rebuildPeriod(transaction, mart, options.period, onStep);
  if (options.rebuild || !isBuilt) return rebuild(transaction, mart, upTo, 0, onStep);
  const ranges = { after: watermarks, upTo };
  if (!mart.feeds.some((feed) => hasBatches(ranges, feed))) return { mode: 'current', keys: 0, rows: 0 };
  const { inserted, areMost } = await newRows(transaction, mart, ranges, rebuildAt);
  if (areMost) return rebuild(transaction, mart, upTo, 0, onStep);
  onStep('looking for affected keys');
  const appended = inserted >= rebuildAt ? await aboveHighest(transaction, mart.appended) : nothingAppended;
  const keys = await fillKeys(transaction, mart, appended.findKeys ?? mart.findKeys, ranges, appended.highest);
  if (keys >= rebuildAt && (await isLargeShare(transaction, mart, keys))) {
    await transaction.execute(mart.emptyKeys);
    return rebuild(transaction, mart, upTo, keys, onStep);
  }
  if (keys > 0) onStep(`recomputing ${counted(keys, 'key')}`);
  let rows = keys > 0 ? await replace(transaction, mart.ofKeys) : 0;
  for (const range of appended.ranges) {
    onStep(`computing new rows by ${range.column}`);
    rows += await appendRows(transaction, range, appended.highest);
  }
  await saveWatermarks(transaction, mart, upTo, 'refreshed');
  return { mode: 'incremental', keys, rows };
}

interface Above {
  readonly highest: Values;
  readonly ranges: readonly AppendedRange[];
  /** The search for the keys that no range holds; undefined where ranges hold none. */
  readonly findKeys?: readonly KeySearch[];
}

const nothingAppended: Above = { highest: {}, ranges: [] };

/** Ranges of keys above all that the target holds; an empty target has none. */
async function aboveHighest(transaction: Transaction, appended: AppendedKeys | undefined): Promise<Above> {
  if (!appended) return nothingAppended;
  const [row] = await transaction.query(appended.findHighest);
  const highest = highestOf(appended, row);
  return highest ? { highest, ranges: appended.ranges, findKeys: appended.findKeys } : nothingAppended;
}

/** The number of affected keys that the search finds, now in the work table. */
async function fillKeys(
  transaction: Transaction,
  mart: MartRefresh,
  findKeys: readonly KeySearch[],
  ranges: BatchRanges,
  highest: Values,
): Promise<number> {
  for (const search of withChanges(findKeys, ranges))
    await transaction.execute(search.sql, [...rangeValues(search, ranges), ...valuesOf(search, highest)]);
  return numberOf(transaction, mart.countKeys);
}

/** Whether a large share of the target's keys is affected. New keys don't count, because both ways compute their rows. */
async function isLargeShare(transaction: Transaction, mart: MartRefresh, keys: number): Promise<boolean> {
  const step = Math.max(1, Math.floor(keys / sampledKeys));
  const known = step * (await numberOf(transaction, mart.countKnownKeys, [step]));
  return known > 0 && (await numberOf(transaction, mart.countKeysUpTo, [Math.ceil(known / largeShare)])) < known / largeShare;
}

async function rebuild(transaction: Transaction, mart: MartRefresh, upTo: Batches, keys: number, onStep: OnStep): Promise<RefreshResult> {
  onStep('computing all rows');
  const rows = await replace(transaction, mart.all);
  await saveWatermarks(transaction, mart, upTo, 'rebuilt');
  return { mode: 'rebuilt', keys, rows };
}

/** Watermarks stay: bulk may be newer than they are, which is harmless. */
async function rebuildPeriod(transaction: Transaction, mart: MartRefresh, { from, to }: Period, onStep: OnStep): Promise<RefreshResult> {
  if (!mart.ofDays)
    throw new StrataError('definition', `${mart.target} has no day in its key, so it can only be rebuilt as a whole. Leave the period out`);
  onStep(`computing the rows of ${from} to ${to}`);
  return { mode: 'rebuilt', keys: 0, rows: await replace(transaction, mart.ofDays, { from, to }) };
}

/** Returns the number of new rows. */
async function replace(transaction: Transaction, { before, insert, after }: RowReplacement, values: Values = {}): Promise<number> {
  for (const statement of before) await run(transaction, statement, values);
  const rows = await run(transaction, insert, values);
  for (const statement of after) await run(transaction, statement, values);
  return rows;
}

async function appendRows(transaction: Transaction, { insert, count }: AppendedRange, highest: Values): Promise<number> {
  const rows = await run(transaction, insert, highest);
  if (rows > 0) for (const statement of count) await run(transaction, statement, highest);
  return rows;
}

async function run(transaction: Transaction, statement: MartStatement, values: Values): Promise<number> {
  return (await transaction.execute(statement.sql, valuesOf(statement, values))).affectedRows;
}

function valuesOf({ binds }: MartStatement, values: Values): SqlValue[] {
  return binds.map((name) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for ${name}`);
    return value;
  });
}
