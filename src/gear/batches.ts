import type { FeedRef } from '../contracts/activities/refs.js';
import { StrataError } from '../engine/strata-error.js';
import type { Transaction } from '../engine/warehouse.js';

/** Small files share a batch; a batch is one transaction, so its rows are bounded, though a single load may be larger. */
const maxLoads = 1_000;
const maxRows = 2_000_000;

export interface BatchLoad {
  readonly loadId: number;
  readonly rowsStaged: number;
  readonly loadDatetime: string;
}

/** A feed, and the group whose batches hold its loads. */
export interface GroupedFeed extends FeedRef {
  readonly group: string;
  /** Its loads are processed in their order alone: none while an earlier one is still to be landed. */
  readonly inOrder?: boolean;
  /** Each of its loads is a batch: what it deletes depends on all loads before it. */
  readonly alone?: boolean;
  /** Only these loads can be processed now. All of them where there is none. */
  readonly ready?: ReadonlySet<number> | undefined;
}

/** Staged loads of a feed that are processed in one transaction, in delivery order. */
export interface Batch extends FeedRef {
  readonly group: string;
  /** Of the group's batches. */
  readonly number: number;
  readonly loads: readonly BatchLoad[];
  /** The one load brings rows again whose places may lie before those of other loads, whatever its own order. */
  readonly isReplay: boolean;
  readonly more: boolean;
}

/**
 * Locks the feed's group, takes the feed's staged loads in delivery order and gives them the batch's number and their load_datetimes. Their rows must
 * have been checked by the contract whose statements are to convert them. Returns undefined where none is staged, and `unready` where none of
 * those that are staged is ready.
 */
export async function beginBatch(
  transaction: Transaction,
  { pipeline, feed, group, inOrder = false, alone = false, ready }: GroupedFeed,
  contract: string,
): Promise<Batch | 'unready' | undefined> {
  const [row] = await transaction.query<{ batch_number: number }>(
    'select batch_number from gear.feeds where pipeline = ? and feed = ? for update',
    [pipeline, group],
  );
  if (!row) throw new StrataError('misconfigured', `gear.feeds has no row for ${pipeline}/${group}. Run: strata migrate`);
  const staged = await transaction.query<{ load_id: number; rows_staged: number; is_replay: number; same_contract: number }>(
    `select l.load_id, rows_staged, r.load_id is not null as is_replay, c.contract <=> ? as same_contract from gear.loads l
     left join gear.replays r on r.load_id = l.load_id
     left join gear.load_contracts c on c.load_id = l.load_id
     where pipeline = ? and feed = ? and state = 'staged'${inOrder ? ` and ${hasNoneBefore}` : ''}
     order by delivery_order, l.load_id limit ${maxLoads + 1}`,
    [contract, pipeline, feed],
  );
  if (staged.length === 0) return undefined;
  const prepared = staged.filter(({ load_id: loadId }) => ready?.has(Number(loadId)) ?? true);
  if (prepared.length === 0) return 'unready';
  const other = prepared.find((load) => Number(load.same_contract) !== 1);
  if (other)
    throw new StrataError(
      'contention',
      `load ${other.load_id} of ${feed} was staged by another contract than ${contract}, the contract of this worker's definitions. It is checked again before it is processed`,
    );
  const taken = firstLoads(
    prepared.map((load) => ({
      loadId: Number(load.load_id),
      rowsStaged: Number(load.rows_staged),
      isReplay: Number(load.is_replay) === 1,
    })),
    alone,
  );
  const number = Number(row.batch_number) + 1;
  // Strictly growing in the order of processing, whatever the clock does.
  const [clock] = await transaction.query<{ started: string }>(
    `select greatest(utc_timestamp(6), date_add(load_datetime, interval 1 microsecond)) as started
     from gear.feeds where pipeline = ? and feed = ?`,
    [pipeline, group],
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
  if (dated.length !== ids.length)
    throw new StrataError(
      'invariant',
      `${ids.length} loads of ${feed} were to be processed, but the server returned ${dated.length} of them. Does it limit statements (sql_select_limit)? Run: strata doctor`,
    );
  const loads = dated.map((load) => ({
    loadId: Number(load.load_id),
    rowsStaged: Number(load.rows_staged),
    loadDatetime: load.load_datetime,
  }));
  return { pipeline, feed, group, number, loads, isReplay: taken[0]!.isReplay, more: taken.length < staged.length };
}

const hasNoneBefore = `not exists (
       select 1 from gear.loads earlier
       where earlier.pipeline = l.pipeline and earlier.feed = l.feed and earlier.state = 'claimed' and earlier.delivery_order < l.delivery_order
     )`;

/** A replay is alone: what it finds outdated depends on all loads before it. */
function firstLoads<Load extends { readonly rowsStaged: number; readonly isReplay: boolean }>(
  loads: readonly Load[],
  alone: boolean,
): readonly Load[] {
  const taken: Load[] = [];
  let rows = 0;
  for (const load of loads.slice(0, maxLoads)) {
    rows += load.rowsStaged;
    if (taken.length > 0 && (alone || rows > maxRows || load.isReplay || taken[0]!.isReplay)) break;
    taken.push(load);
  }
  return taken;
}

export async function endBatch(transaction: Transaction, batch: Batch, rows: number): Promise<void> {
  const of = [batch.pipeline, batch.feed, batch.number];
  const { affectedRows: processed } = await transaction.execute(
    `update gear.loads set state = 'processed', processed_at = utc_timestamp(6) where pipeline = ? and feed = ? and batch_number = ?`,
    of,
  );
  if (processed !== batch.loads.length)
    throw new StrataError(
      'invariant',
      `batch ${batch.number} of ${batch.feed} merged ${batch.loads.length} loads, but ${processed} have its number. Nothing was committed. Run: strata doctor`,
    );
  await transaction.execute(
    'insert into gear.batches (pipeline, feed, batch_number, loads, rows_staged, committed_at) values (?, ?, ?, ?, ?, utc_timestamp(6))',
    [batch.pipeline, batch.group, batch.number, batch.loads.length, rows],
  );
  await transaction.execute('update gear.feeds set batch_number = ?, load_datetime = ? where pipeline = ? and feed = ?', [
    batch.number,
    batch.loads.at(-1)!.loadDatetime,
    batch.pipeline,
    batch.group,
  ]);
}
