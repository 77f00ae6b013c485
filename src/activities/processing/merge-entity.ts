import type { EntityLoad, MergedRows } from '../../engine/bulk/entity-loads.js';
import type { EntityMerge } from '../../engine/bulk/merge.js';
import type { Transaction } from '../../engine/warehouse.js';
import { appendLoads } from './append-loads.js';
import { missingKeys, recordAbsent, type Absence } from './deletions/delete-absent.js';
import type { Batch, BatchLoad } from '../../gear/batches.js';
import type { Filling } from './fill-entity.js';

/** On average in a batch; to look for common keys costs about 2 µs a row, and two statements for a load about 3 ms. */
const rowsOfSmallLoad = 1_000;

/**
 * Merges a batch into one entity: bulk, changes and counts of each load as if it had come alone, then ids. Loads whose keys all lie above
 * bulk are appended; from the first other one on, all go through the work table. Returns the number of changes that were recorded.
 */
export async function mergeEntity(
  transaction: Transaction,
  batch: Batch,
  load: EntityLoad & { readonly how: MergedRows },
  { onStep, appendFrom }: Filling,
): Promise<number> {
  const { merge, append } = load.how;
  const isLatest = !batch.isReplay && !(await laterWasProcessed(transaction, batch));
  const appended =
    append && isLatest ? await appendLoads(transaction, batch, load, { append, merge }, onStep, appendFrom) : { loads: 0, changes: 0 };
  const others = { ...batch, loads: batch.loads.slice(appended.loads) };
  const absence = absenceOf(batch, load);
  const isAppended = others.loads.length === 0;
  let missing = absence && isAppended ? await missingKeys(transaction, absence, 'appended') : undefined;
  const beforeMerge = async () => (missing = absence && (await missingKeys(transaction, absence, 'before')));
  const merged = isAppended ? 0 : await mergeLoads(transaction, others, load, { isLatest, onStep, beforeMerge });
  const deleted = absence && missing !== undefined ? await deleteAbsent(transaction, batch, load.how.merge, absence, missing) : 0;
  for (const { surrogate, sql } of merge.assignIds) {
    // Feeds that give ids of the same surrogate wait for one another.
    await transaction.query('select name from gear.surrogates where name = ? for update', [surrogate]);
    await transaction.execute(sql, [batch.number]);
  }
  return appended.changes + merged + deleted;
}

/** What the batch's load, which is alone in it, may delete as a snapshot. */
function absenceOf({ loads: [only], isReplay }: Batch, { entity, bulk, how: { snapshot } }: EntityLoad & { readonly how: MergedRows }) {
  return snapshot && only && !isReplay ? { loadId: only.loadId, entity, bulk, snapshot } : undefined;
}

/** Deletes what the batch's load lacks as a snapshot. Returns the number of keys. */
async function deleteAbsent(
  transaction: Transaction,
  batch: Batch,
  { deletes }: EntityMerge,
  absence: Absence,
  missing: number,
): Promise<number> {
  const absent = await recordAbsent(transaction, batch, absence, missing);
  if (absent > 0) await transaction.execute(deletes!.deleteRows, ofRun(batch, batch.loads));
  return absent;
}

/** What statements of a run of loads bind. */
function ofRun({ pipeline, feed, number }: Batch, run: readonly BatchLoad[]): readonly (string | number)[] {
  return [pipeline, feed, number, run[0]!.loadDatetime, run.at(-1)!.loadDatetime];
}

/** Deletes the keys that rows of a run say are deleted. Returns their number. */
async function deleteTombstones(transaction: Transaction, { deletes }: EntityMerge, inRun: readonly (string | number)[]): Promise<number> {
  if (deletes?.recordTombstones === undefined) return 0;
  const { affectedRows: deleted } = await transaction.execute(deletes.recordTombstones, inRun);
  for (const sql of [...deletes.countTombstones, ...deletes.remember]) await transaction.execute(sql, inRun);
  if (deleted > 0) await transaction.execute(deletes.deleteRows, inRun);
  return deleted;
}

/** Marks rows that bulk holds from a later delivery, or that a later one deleted. */
async function markOutdated(transaction: Transaction, { pipeline }: Batch, merge: EntityMerge): Promise<void> {
  await transaction.execute(merge.markOutdated);
  for (const { sql, bindsPipeline } of merge.deletes?.markOutdated ?? []) await transaction.execute(sql, bindsPipeline ? [pipeline] : []);
}

/** Loads at the end of the batch. Returns the number of changes that were recorded. */
async function mergeLoads(
  transaction: Transaction,
  batch: Batch,
  { bulk, how: { merge, fillWork } }: EntityLoad & { readonly how: MergedRows },
  {
    isLatest,
    onStep,
    beforeMerge,
  }: Pick<Filling, 'onStep'> & {
    readonly isLatest: boolean;
    /** Called when the rows are in the work table. */
    readonly beforeMerge: () => Promise<unknown>;
  },
): Promise<number> {
  const ofBatch = [batch.pipeline, batch.feed, batch.number];
  const sinceFirst = [...ofBatch, batch.loads[0]!.loadDatetime];
  onStep(`reading staging for ${merge.entity}`);
  await transaction.execute(merge.dropWork);
  await transaction.execute(merge.createWork);
  await transaction.execute(fillWork, sinceFirst);
  if (!isLatest) await markOutdated(transaction, batch, merge);
  await beforeMerge();
  let merged = 0;
  let changes = 0;
  for (const run of await runsOf(transaction, batch, merge)) {
    merged += run.length;
    onStep(`merging into ${bulk}, load ${merged} of ${batch.loads.length}`);
    const [first, last] = [run[0]!, run.at(-1)!];
    const inRun = ofRun(batch, run);
    if (first === last) {
      changes += (await transaction.execute(merge.recordChanges, [batch.number, first.loadId])).affectedRows;
      await transaction.execute(merge.mergeBulk, [first.loadDatetime, first.loadId]);
      await transaction.execute(merge.recordCounts, [first.loadId]);
    } else {
      changes += (await transaction.execute(merge.recordChangesOfRun, [batch.number, ...inRun])).affectedRows;
      await transaction.execute(merge.mergeBulkOfRun, inRun);
      await transaction.execute(merge.recordCountsOfRun, inRun);
    }
    changes += await deleteTombstones(transaction, merge, inRun);
    if (merge.giveIds !== undefined) await transaction.execute(merge.giveIds, inRun);
  }
  await transaction.execute(merge.dropWork);
  return changes;
}

/**
 * The batch's loads in delivery order, in runs that are merged by one statement each: within a run no key comes twice, so that one load
 * after the other would give the same. Statements cost more than small loads do; large loads are merged one by one.
 */
async function runsOf(transaction: Transaction, { loads }: Batch, merge: EntityMerge): Promise<readonly BatchLoad[][]> {
  const rows = loads.reduce((sum, load) => sum + load.rowsStaged, 0);
  if (loads.length === 1 || rows > loads.length * rowsOfSmallLoad) return loads.map((load) => [load]);
  const followers = await transaction.query<{ load_id: number; follows: string }>(merge.findFollowers);
  const follows = new Map(followers.map((load) => [Number(load.load_id), load.follows]));
  const runs: BatchLoad[][] = [];
  for (const load of loads) {
    const run = runs.at(-1);
    const earlier = follows.get(load.loadId);
    if (!run || (earlier !== undefined && earlier >= run[0]!.loadDatetime)) runs.push([load]);
    else run.push(load);
  }
  return runs;
}

/**
 * Only then, and before a replay, can bulk hold a later row of a key; most batches are the latest of their group's and are spared the
 * comparison.
 */
async function laterWasProcessed(transaction: Transaction, { pipeline, group, loads }: Batch): Promise<boolean> {
  const [row] = await transaction.query<{ later: number }>(
    `select exists (
       select 1 from gear.loads l
       join gear.feeds f on f.pipeline = l.pipeline and f.feed = l.feed and f.feed_group = ?
       join gear.loads first_of_batch on first_of_batch.load_id = ?
       where l.pipeline = ? and l.state = 'processed' and l.delivery_order >= first_of_batch.delivery_order
     ) as later`,
    [group, loads[0]!.loadId, pipeline],
  );
  return row?.later === 1;
}
