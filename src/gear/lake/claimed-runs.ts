import type { FeedRef } from '../../contracts/activities/refs.js';
import type { Statements, Transaction } from '../../engine/warehouse.js';

/** The last run of a lake whose objects of the feed all have loads; 0 before the first. */
export async function claimedRun(statements: Pick<Statements, 'query'>, { pipeline, feed }: FeedRef): Promise<number> {
  const [row] = await statements.query<{ run: number }>('select run from gear.lake_feeds where pipeline = ? and feed = ?', [
    pipeline,
    feed,
  ]);
  return Number(row?.run ?? 0);
}

/** The same of all feeds of a pipeline that have come past the first run. */
export async function claimedRuns(statements: Pick<Statements, 'query'>, pipeline: string): Promise<ReadonlyMap<string, number>> {
  const rows = await statements.query<{ feed: string; run: number }>('select feed, run from gear.lake_feeds where pipeline = ?', [
    pipeline,
  ]);
  return new Map(rows.map(({ feed, run }) => [feed, Number(run)]));
}

/** In the transaction that makes the loads; it never goes back. */
export async function noteClaimedRun(transaction: Transaction, { pipeline, feed }: FeedRef, run: number): Promise<void> {
  await transaction.execute(
    'insert into gear.lake_feeds (pipeline, feed, run) values (?, ?, ?) on duplicate key update run = greatest(run, ?)',
    [pipeline, feed, run, run],
  );
}
