import type { FeedRef, ProcessResult } from '../contracts/activities.js';
import type { EntityDefinition, FeedDefinition } from '../engine/definition/types.js';
import { renderMerge, type EntityMerge } from '../engine/sql/processing.js';
import { StrataError } from '../engine/strata-error.js';
import type { Transaction, Warehouse } from '../engine/warehouse.js';
import { definitionOf, feedOf, type PipelineSet } from './pipeline-set.js';
import type { ActivityScope } from './run-activity.js';

export interface ProcessDeps {
  readonly warehouse: Warehouse;
  readonly pipelines: PipelineSet;
}

/** Small files share a batch; a batch is one transaction, so its rows are bounded, though a single load may be larger. */
const maxLoads = 1_000;
const maxRows = 2_000_000;
/** On average in a batch; to look for common keys costs about 2 µs a row, and two statements for a load about 3 ms. */
const rowsOfSmallLoad = 1_000;

interface BatchLoad {
  readonly loadId: number;
  readonly rowsStaged: number;
  readonly loadDatetime: string;
}

interface Batch extends FeedRef {
  readonly number: number;
  readonly loads: readonly BatchLoad[];
  readonly more: boolean;
}

/**
 * Merges the feed's staged loads into its entities, in delivery order: bulk, changes, ids, counts, load states and the
 * batch number commit together. The feed's row is locked first, so batches of a feed never overlap and their numbers are
 * gapless. Returns batch null when nothing was staged.
 */
export async function processBatch(deps: ProcessDeps, input: FeedRef, scope: Pick<ActivityScope, 'signal' | 'report' | 'count'>): Promise<ProcessResult> {
  const feed = feedOf(deps.pipelines, input.pipeline, input.feed);
  const { surrogates } = definitionOf(deps.pipelines, input.pipeline);
  const result = await deps.warehouse.transaction(async (transaction) => {
    const batch = await beginBatch(transaction, input);
    if (!batch) return undefined;
    const rows = batch.loads.reduce((sum, load) => sum + load.rowsStaged, 0);
    const tell = (message: string) =>
      scope.report({ phase: 'processing', feed: input.feed, message: `${input.feed}, batch ${batch.number}: ${message}`, rows });
    for (const entity of feed.entities) {
      await mergeEntity(transaction, batch, renderMerge(feed, entity, surrogates), tell);
      await checkConservation(transaction, batch, entity);
    }
    await endBatch(transaction, batch, rows);
    return { ...(await countsOf(transaction, batch, feed)), rows };
  }, scope);
  if (!result) return { batch: null, loads: 0, inserted: 0, updated: 0, unchanged: 0, superseded: 0, outdated: 0, more: false };
  const { rows, ...processed } = result;
  scope.count('rowsProcessed', rows, { pipeline: input.pipeline, feed: input.feed });
  return processed;
}

/** Locks the feed, takes its staged loads in delivery order and gives them the batch's number and their load_datetimes. */
async function beginBatch(transaction: Transaction, { pipeline, feed }: FeedRef): Promise<Batch | undefined> {
  const [row] = await transaction.query<{ batch_number: number }>(
    'select batch_number from gear.feeds where pipeline = ? and feed = ? for update',
    [pipeline, feed],
  );
  if (!row) throw new StrataError('misconfigured', `gear.feeds has no row for ${pipeline}/${feed}; run: strata migrate`);
  const staged = await transaction.query<{ load_id: number; rows_staged: number }>(
    `select load_id, rows_staged from gear.loads where pipeline = ? and feed = ? and state = 'staged'
     order by delivery_order, load_id limit ${maxLoads + 1}`,
    [pipeline, feed],
  );
  if (staged.length === 0) return undefined;
  const taken = firstLoads(staged.map((load) => ({ loadId: Number(load.load_id), rowsStaged: Number(load.rows_staged) })));
  const number = Number(row.batch_number) + 1;
  // Strictly growing in the order of processing, whatever the clock does.
  const [clock] = await transaction.query<{ started: string }>(
    `select greatest(utc_timestamp(6), date_add(load_datetime, interval 1 microsecond)) as started
     from gear.feeds where pipeline = ? and feed = ?`,
    [pipeline, feed],
  );
  const ids = taken.map(({ loadId }) => loadId);
  const marks = ids.map(() => '?').join(', ');
  await transaction.execute(
    `update gear.loads l
     join (
       select load_id, row_number() over (order by delivery_order, load_id) - 1 as place from gear.loads where load_id in (${marks})
     ) ordered on ordered.load_id = l.load_id
     set l.batch_number = ?, l.load_datetime = date_add(?, interval ordered.place microsecond)`,
    [...ids, number, clock!.started],
  );
  const dated = await transaction.query<{ load_id: number; rows_staged: number; load_datetime: string }>(
    `select load_id, rows_staged, load_datetime from gear.loads where load_id in (${marks}) order by load_datetime`,
    ids,
  );
  const loads = dated.map((load) => ({ loadId: Number(load.load_id), rowsStaged: Number(load.rows_staged), loadDatetime: load.load_datetime }));
  return { pipeline, feed, number, loads, more: taken.length < staged.length };
}

function firstLoads<Load extends { readonly rowsStaged: number }>(loads: readonly Load[]): readonly Load[] {
  const taken: Load[] = [];
  let rows = 0;
  for (const load of loads.slice(0, maxLoads)) {
    rows += load.rowsStaged;
    if (taken.length > 0 && rows > maxRows) break;
    taken.push(load);
  }
  return taken;
}

async function mergeEntity(transaction: Transaction, batch: Batch, merge: EntityMerge, tell: (message: string) => void): Promise<void> {
  const ofBatch = [batch.pipeline, batch.feed, batch.number];
  tell(`reading staging for ${merge.entity}`);
  await transaction.execute(merge.dropWork);
  await transaction.execute(merge.createWork);
  await transaction.execute(merge.fillWork, ofBatch);
  if (await laterWasProcessed(transaction, batch)) await transaction.execute(merge.markOutdated);
  let merged = 0;
  for (const run of await runsOf(transaction, batch, merge)) {
    merged += run.length;
    tell(`merging into bulk.${merge.entity}, load ${merged} of ${batch.loads.length}`);
    const [first, last] = [run[0]!, run.at(-1)!];
    if (first === last) {
      await transaction.execute(merge.recordChanges, [batch.number, first.loadId]);
      await transaction.execute(merge.mergeBulk, [first.loadDatetime, first.loadId]);
    } else {
      const inRun = [...ofBatch, first.loadDatetime, last.loadDatetime];
      await transaction.execute(merge.recordChangesOfRun, [batch.number, ...inRun]);
      await transaction.execute(merge.mergeBulkOfRun, inRun);
    }
  }
  await transaction.execute(merge.recordCounts, [batch.number, ...ofBatch]);
  for (const { surrogate, sql } of merge.assignIds) {
    // Feeds that give ids of the same surrogate wait for one another.
    await transaction.query('select name from gear.surrogates where name = ? for update', [surrogate]);
    await transaction.execute(sql, [batch.number]);
  }
  await transaction.execute(merge.dropWork);
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

/** Only then can bulk hold a later delivery of a key; most batches are the latest and are spared the comparison. */
async function laterWasProcessed(transaction: Transaction, { pipeline, feed, loads }: Batch): Promise<boolean> {
  const [row] = await transaction.query<{ later: number }>(
    `select exists (
       select 1 from gear.loads l
       join gear.loads first_of_batch on first_of_batch.load_id = ?
       where l.pipeline = ? and l.feed = ? and l.state = 'processed' and l.delivery_order >= first_of_batch.delivery_order
     ) as later`,
    [loads[0]!.loadId, pipeline, feed],
  );
  return row?.later === 1;
}

/** Rows in the file = staged + quarantined is landing's; staged = inserted + updated + unchanged + superseded + outdated is checked here. */
async function checkConservation(transaction: Transaction, batch: Batch, { name }: EntityDefinition): Promise<void> {
  const wrong = await transaction.query<{ load_id: number; rows_staged: number; counted: string }>(
    `select l.load_id, l.rows_staged, c.inserted + c.updated + c.unchanged + c.superseded + c.outdated as counted
     from gear.loads l
     left join gear.load_counts c on c.load_id = l.load_id and c.entity = ?
     where l.pipeline = ? and l.feed = ? and l.batch_number = ?
       and not (l.rows_staged <=> c.inserted + c.updated + c.unchanged + c.superseded + c.outdated)`,
    [name, batch.pipeline, batch.feed, batch.number],
  );
  const [first] = wrong;
  if (first)
    throw new StrataError(
      'invariant',
      `load ${first.load_id} staged ${first.rows_staged} rows but ${first.counted} were merged into bulk.${name}; nothing was committed; was staging.${batch.feed} changed by hand?`,
    );
}

async function endBatch(transaction: Transaction, batch: Batch, rows: number): Promise<void> {
  const of = [batch.pipeline, batch.feed, batch.number];
  await transaction.execute(
    `update gear.loads set state = 'processed', processed_at = utc_timestamp(6) where pipeline = ? and feed = ? and batch_number = ?`,
    of,
  );
  await transaction.execute(
    'insert into gear.batches (pipeline, feed, batch_number, loads, rows_staged, committed_at) values (?, ?, ?, ?, ?, utc_timestamp(6))',
    [...of, batch.loads.length, rows],
  );
  await transaction.execute('update gear.feeds set batch_number = ?, load_datetime = ? where pipeline = ? and feed = ?', [
    batch.number,
    batch.loads.at(-1)!.loadDatetime,
    batch.pipeline,
    batch.feed,
  ]);
}

async function countsOf(transaction: Transaction, batch: Batch, feed: FeedDefinition): Promise<ProcessResult> {
  const [row] = await transaction.query<Record<'inserted' | 'updated' | 'unchanged' | 'superseded' | 'outdated', string>>(
    `select sum(c.inserted) as inserted, sum(c.updated) as updated, sum(c.unchanged) as unchanged, sum(c.superseded) as superseded, sum(c.outdated) as outdated
     from gear.load_counts c
     join gear.loads l on l.load_id = c.load_id
     where l.pipeline = ? and l.feed = ? and l.batch_number = ? and c.entity = ?`,
    [batch.pipeline, batch.feed, batch.number, feed.entities[0]!.name],
  );
  return {
    batch: batch.number,
    loads: batch.loads.length,
    inserted: Number(row?.inserted ?? 0),
    updated: Number(row?.updated ?? 0),
    unchanged: Number(row?.unchanged ?? 0),
    superseded: Number(row?.superseded ?? 0),
    outdated: Number(row?.outdated ?? 0),
    more: batch.more,
  };
}
