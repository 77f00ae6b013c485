import type { SqlRow, Statements, Warehouse } from '../../engine/warehouse.js';
import { shownKey } from '../loads/load-row.js';

/** A feed, and what says how far it has come: its group, and the marts that take in the group's batches. */
export interface ToldFeed {
  readonly pipeline: string;
  readonly feed: string;
  readonly group: string;
  readonly marts: readonly string[];
}

/** Batches that have reached every mart, and of which people do not know yet: those after `after`, up to `upTo`. */
export interface NewBatches {
  readonly after: string;
  readonly upTo: string;
}

/**
 * Notes which batches people are being told of, so that whoever is asked again before `endTelling` names the same ones. Undefined where
 * there are none: what had reached the marts when this was asked for the first time is no news.
 */
export function beginTelling(warehouse: Warehouse, told: ToldFeed, signal?: AbortSignal): Promise<NewBatches | undefined> {
  const { pipeline, feed } = told;
  return warehouse.transaction(
    async (transaction) => {
      const reached = await reachedBatch(transaction, told);
      await transaction.execute('insert ignore into gear.told_batches (pipeline, feed, batch_number) values (?, ?, ?)', [
        pipeline,
        feed,
        reached,
      ]);
      const [row] = await transaction.query<{ batch_number: string | number; telling: string | number | null }>(
        'select batch_number, telling from gear.told_batches where pipeline = ? and feed = ? for update',
        [pipeline, feed],
      );
      const after = BigInt(row!.batch_number);
      const upTo = BigInt(row!.telling ?? reached);
      if (upTo <= after) return undefined;
      await transaction.execute('update gear.told_batches set telling = ? where pipeline = ? and feed = ?', [upTo, pipeline, feed]);
      return { after: String(after), upTo: String(upTo) };
    },
    { signal },
  );
}

/** People know of the batches, or will whatever happens. */
export async function endTelling(warehouse: Statements, { pipeline, feed }: ToldFeed, { upTo }: NewBatches): Promise<void> {
  await warehouse.execute('update gear.told_batches set batch_number = ?, telling = null where pipeline = ? and feed = ? and telling = ?', [
    upTo,
    pipeline,
    feed,
    upTo,
  ]);
}

/** The last batch of the group that all of the marts have taken in. */
async function reachedBatch(statements: Statements, { pipeline, group, marts }: ToldFeed): Promise<bigint> {
  const [row] = await statements.query<{ batch_number: string | number }>(
    'select batch_number from gear.feeds where pipeline = ? and feed = ?',
    [pipeline, group],
  );
  const last = BigInt(row?.batch_number ?? 0);
  if (marts.length === 0) return last;
  const [mark] = await statements.query<{ lowest: string | number | null }>(
    `select min(batch_number) as lowest from gear.mart_watermarks where feed = ? and target in (${marts.map(() => '?').join(', ')})`,
    [group, ...marts],
  );
  const lowest = BigInt(mark?.lowest ?? last);
  return lowest < last ? lowest : last;
}

export interface LoadedFiles {
  readonly files: number;
  readonly rows: number;
  readonly quarantined: number;
  readonly bytes: number;
  /** When the last one was processed: ISO 8601 in UTC, to the microsecond. */
  readonly at: string;
  /** The newest ones. */
  readonly newest: readonly { readonly loadId: number; readonly object: string; readonly rows: number; readonly quarantined: number }[];
}

interface SumRow extends SqlRow {
  files: number | string;
  rows_staged: number | string | null;
  quarantined: number | string | null;
  bytes: number | string | null;
  at: string | null;
}

/** The files of the feed in these batches; undefined where all of them are of other feeds of its group. */
export async function loadedFiles(
  statements: Statements,
  { pipeline, feed }: Pick<ToldFeed, 'pipeline' | 'feed'>,
  { after, upTo }: NewBatches,
  shown: number,
): Promise<LoadedFiles | undefined> {
  const which = `pipeline = ? and feed = ? and batch_number > ? and batch_number <= ? and state = 'processed'`;
  const values = [pipeline, feed, after, upTo];
  const [sum] = await statements.query<SumRow>(
    `select count(*) as files, sum(rows_staged) as rows_staged, sum(rows_quarantined) as quarantined, sum(bytes_read) as bytes,
       max(processed_at) as at
     from gear.loads where ${which}`,
    values,
  );
  if (!sum?.at) return undefined;
  const newest = await statements.query<{
    load_id: number | string;
    object_key: string;
    rows_staged: number | string;
    rows_quarantined: number | string;
  }>(
    `select load_id, object_key, rows_staged, rows_quarantined from gear.loads where ${which} order by load_id desc limit ${shown}`,
    values,
  );
  return {
    files: Number(sum.files),
    rows: Number(sum.rows_staged),
    quarantined: Number(sum.quarantined),
    bytes: Number(sum.bytes),
    at: `${sum.at.replace(' ', 'T')}Z`,
    newest: newest.map((load) => ({
      loadId: Number(load.load_id),
      object: shownKey(load.object_key),
      rows: Number(load.rows_staged),
      quarantined: Number(load.rows_quarantined),
    })),
  };
}
