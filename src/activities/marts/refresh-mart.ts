import type { Period, RefreshResult } from '../../contracts/activities.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';
import { appendColumns, appendedAbove, countAppended, highestValues, insertAppended, type Appended } from '../../engine/marts/appended.js';
import { dropEmptyCounts, moveCounts, recount } from '../../engine/marts/count-tables.js';
import {
  countAffectedKeys,
  countKeysUpTo,
  countKnownKeys,
  dayOf,
  deleteRows,
  emptyKeyTable,
  insertAffectedKeys,
  insertRows,
  replaceDays,
  type ChangeRange,
} from '../../engine/marts/mart-statements.js';
import type { Mart, MartCatalog } from '../../engine/marts/mart.js';
import { StrataError } from '../../engine/strata-error.js';
import type { SqlRow, Transaction, Warehouse } from '../../engine/warehouse.js';
import { newRows } from './new-rows.js';
import { numberOf } from '../../gear/number-of.js';
import { feedsOf, holdChanges, lockMart, requireBuilt, saveMart, upperBatches, type Batches } from '../../gear/mart-state.js';

/**
 * From so many affected keys on, where they are more than half of the target's, computing everything is faster; so it is for first loads.
 * From so many new rows on, ranges of new keys are looked for.
 */
export const rebuildFrom = 10_000;

/** Enough of them to tell a half from two thirds. */
const sampledKeys = 2_000;
/**
 * Of the target's keys. A key by itself costs one to two times what it costs among all: with 860,000 affected ones of 1.6 million,
 * total_users took 47 s by its keys and 53 as a whole, players 15 and 17, user_game_types 35 and 73.
 */
const largeShare = 1 / 2;

export interface RefreshOptions {
  readonly rebuild?: boolean | undefined;
  /** Rebuilds only the rows of these days. Throws `definition` for a mart without a day in its key. */
  readonly period?: Period | undefined;
  /** New rows or affected keys from which a rebuild is considered. */
  readonly rebuildFrom?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told before each statement that may take long. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/**
 * Brings one mart up to the changes that were committed when it began, or further, in one transaction; repeating it is harmless.
 *
 * A rebuild deletes and inserts all rows in that one transaction: readers see the old rows until it commits, an ending of any kind
 * leaves them as they were, the watermark moves with the rows, and the worker needs no right to rename or truncate tables (a rename
 * would also wait for every open query of an analyst, and let all later ones wait behind it).
 */
export async function refreshMart(
  warehouse: Warehouse,
  definition: PipelineDefinition,
  catalog: MartCatalog,
  mart: Mart,
  options: RefreshOptions = {},
): Promise<RefreshResult> {
  await requireBuilt(warehouse, catalog, mart);
  await holdChanges(warehouse, definition, catalog, mart, options.signal);
  return warehouse.transaction((transaction) => refresh(transaction, definition, catalog, mart, options), { signal: options.signal });
}

async function refresh(
  transaction: Transaction,
  definition: PipelineDefinition,
  catalog: MartCatalog,
  mart: Mart,
  options: RefreshOptions,
): Promise<RefreshResult> {
  const { current, watermarks } = await lockMart(transaction, definition.name, mart);
  const upper = await upperBatches(transaction, definition, catalog, mart);
  const feeds = feedsOf(definition, mart);
  const isBuilt = current && feeds.every((feed) => watermarks.has(feed));
  if (options.period && isBuilt) return rebuildPeriod(transaction, mart, options.period, options);
  if (options.rebuild || !isBuilt) return rebuild(transaction, mart, upper, 0, options);
  const ahead = feeds.filter((feed) => (upper.get(feed) ?? 0n) > (watermarks.get(feed) ?? 0n));
  if (ahead.length === 0) return { mode: 'current', keys: 0, rows: 0 };
  const ranges = rangesOf(definition, mart, watermarks, upper);
  const rebuildAt = options.rebuildFrom ?? rebuildFrom;
  const news = await newRows(transaction, definition, mart, ranges, rebuildAt);
  if (news.areMost) return rebuild(transaction, mart, upper, 0, options);
  options.onStep?.('looking for affected keys');
  const appended = news.inserted >= rebuildAt ? await appendedKeys(transaction, catalog, mart) : nothingAppended;
  const keys = await fillKeys(transaction, mart, ranges, appended.highest);
  if (keys >= rebuildAt && (await isLargeShare(transaction, mart, keys))) {
    await transaction.execute(emptyKeyTable(mart));
    return rebuild(transaction, mart, upper, keys, options);
  }
  let rows = keys > 0 ? await replaceRows(transaction, mart, keys, options) : 0;
  for (const range of appended.ranges) rows += await appendRows(transaction, mart, range, options);
  await saveMart(transaction, mart, upper, false);
  return { mode: 'incremental', keys, rows };
}

const nothingAppended = { highest: {}, ranges: [] as readonly Appended[] };

/** Ranges of keys above all that the target holds; an empty target has none. */
async function appendedKeys(
  transaction: Transaction,
  catalog: MartCatalog,
  mart: Mart,
): Promise<{ readonly highest: SqlRow; readonly ranges: readonly Appended[] }> {
  const columns = appendColumns(mart, catalog);
  if (columns.length === 0) return nothingAppended;
  const [highest] = await transaction.query(highestValues(mart, columns));
  return highest && columns.every((column) => highest[column] !== null)
    ? { highest, ranges: appendedAbove(columns, highest) }
    : nothingAppended;
}

/** Batches to look at, by entity. A feed that is not ahead gives none, also when the marts that it reads lag behind. */
function rangesOf(definition: PipelineDefinition, mart: Mart, watermarks: Batches, upper: Batches): ReadonlyMap<string, ChangeRange> {
  return new Map(
    definition.feeds.flatMap((feed) =>
      feed.entities
        .filter((entity) => mart.reads.includes(entity.name))
        .map((entity) => [entity.name, { after: watermarks.get(feed.name) ?? 0n, upTo: upper.get(feed.name) ?? 0n }] as const),
    ),
  );
}

/** The number of affected keys that don't lie above the highest values, now in the work table. */
async function fillKeys(transaction: Transaction, mart: Mart, ranges: ReadonlyMap<string, ChangeRange>, highest: SqlRow): Promise<number> {
  for (const { sql, values } of insertAffectedKeys(mart, ranges, highest)) await transaction.execute(sql, values);
  return numberOf(transaction, countAffectedKeys(mart));
}

/** Whether a large share of the target's keys is affected; new keys speak for neither way, for both compute their rows. */
async function isLargeShare(transaction: Transaction, mart: Mart, keys: number): Promise<boolean> {
  const step = Math.max(1, Math.floor(keys / sampledKeys));
  const known = step * (await numberOf(transaction, countKnownKeys(mart, step)));
  return known > 0 && (await numberOf(transaction, countKeysUpTo(mart, Math.ceil(known / largeShare)))) < known / largeShare;
}

async function replaceRows(transaction: Transaction, mart: Mart, keys: number, options: RefreshOptions): Promise<number> {
  options.onStep?.(`recomputing ${keys} keys`);
  for (const sql of moveCounts(mart, 'subtract')) await transaction.execute(sql);
  await transaction.execute(deleteRows(mart, 'affected'));
  const { affectedRows } = await transaction.execute(insertRows(mart, 'affected'));
  for (const sql of [...moveCounts(mart, 'add'), ...dropEmptyCounts(mart)]) await transaction.execute(sql);
  await transaction.execute(emptyKeyTable(mart));
  return affectedRows;
}

async function appendRows(transaction: Transaction, mart: Mart, range: Appended, options: RefreshOptions): Promise<number> {
  options.onStep?.(`computing new rows by ${range.at(-1)?.column}`);
  const insert = insertAppended(mart, range);
  const { affectedRows } = await transaction.execute(insert.sql, insert.values);
  if (affectedRows > 0) for (const { sql, values } of countAppended(mart, range)) await transaction.execute(sql, values);
  return affectedRows;
}

async function rebuild(
  transaction: Transaction,
  mart: Mart,
  upper: Batches,
  keys: number,
  options: RefreshOptions,
): Promise<RefreshResult> {
  options.onStep?.('computing all rows');
  await transaction.execute(deleteRows(mart, 'all'));
  const { affectedRows } = await transaction.execute(insertRows(mart, 'all'));
  for (const { sql, values } of recount(mart)) await transaction.execute(sql, values);
  await saveMart(transaction, mart, upper, true);
  return { mode: 'rebuilt', keys, rows: affectedRows };
}

/** Watermarks stay: bulk may be newer than they are, which is harmless. */
async function rebuildPeriod(transaction: Transaction, mart: Mart, { from, to }: Period, options: RefreshOptions): Promise<RefreshResult> {
  const day = dayOf(mart);
  if (day === undefined)
    throw new StrataError(
      'definition',
      `${mart.target} has no day in its key, so that it can only be rebuilt as a whole: leave the period out`,
    );
  options.onStep?.(`computing the rows of ${from} to ${to}`);
  let rows = 0;
  for (const sql of replaceDays(mart, day)) rows = (await transaction.execute(sql, [from, to])).affectedRows;
  for (const { sql, values } of recount(mart, { column: day, from, to })) await transaction.execute(sql, values);
  return { mode: 'rebuilt', keys: 0, rows };
}
