import type { FeedRef } from '../../contracts/activities/refs.js';
import type { SqlRow, Statements } from '../../engine/warehouse.js';

/** Rows counted at most: of more, that there are more says enough. */
export const mostCounted = 1_000;

/** Rows of a feed in quarantine that nobody has loaded again. */
export interface QuarantinedRows {
  /** At most `mostCounted`, the newest ones, and one more where there are more. */
  readonly rows: number;
  readonly byReasons: Readonly<Record<string, number>>;
  /** Number of the newest entry. */
  readonly newest: number;
  /** When that one came; ISO 8601, UTC. */
  readonly at: string;
}

interface Counted extends SqlRow {
  reasons: string;
  entries: number;
  newest: number | string;
  at: string;
}

/**
 * Undefined where there are none. Entries of refused files don't count, nor those of loads whose rows were corrected: from whose folder a file
 * was loaded, with the places of its rows or without, or from whose rows a run of the lake was made that the feed has taken in. The file of a
 * folder may have bad rows too: they have a folder of their own, but their file is linked to the load whose file had the rows first.
 */
export async function quarantinedRows(statements: Statements, { pipeline, feed }: FeedRef): Promise<QuarantinedRows | undefined> {
  const counted = await statements.query<Counted>(
    `select reasons, count(*) as entries, max(quarantine_id) as newest, max(quarantined_at) as at
     from (
       select q.reasons, q.quarantine_id, q.quarantined_at
       from gear.quarantine q
       left join gear.loads l on l.load_id = q.load_id
       where q.pipeline = ? and q.feed = ? and coalesce(l.state, '') <> 'refused'
         and q.load_id not in (
           select r.first_load_id from gear.replays r
           join gear.loads c on c.load_id = r.load_id
           where c.pipeline = ? and c.feed = ? and c.state in ('staged', 'processed')
           union all
           select r.first_load_id from gear.corrections r
           join gear.loads c on c.load_id = r.load_id
           where c.pipeline = ? and c.feed = ? and c.state in ('staged', 'processed')
           union all
           select own.load_id from gear.corrections own
           join gear.corrections again on again.first_load_id = own.first_load_id and again.load_id > own.load_id
           join gear.loads c on c.load_id = again.load_id
           where c.pipeline = ? and c.feed = ? and c.state in ('staged', 'processed')
             and instr(concat(c.store_url, c.object_key), concat('quarantine/', own.load_id, '-')) > 0
           union all
           select k.first_load_id from gear.corrected_runs k
           join gear.extract_runs r on r.run_id = k.run_id and r.state = 'committed'
           join gear.lake_feeds f on f.pipeline = ? and f.feed = ? and f.run >= r.run)
       order by q.quarantined_at desc
       limit ${mostCounted + 1}
     ) newest_rows
     group by reasons
     order by entries desc, reasons`,
    Array.from({ length: 5 }, () => [pipeline, feed]).flat(),
  );
  if (counted.length === 0) return undefined;
  const at = counted.map((row) => row.at).reduce((a, b) => (a > b ? a : b));
  return {
    rows: counted.reduce((sum, { entries }) => sum + Number(entries), 0),
    byReasons: Object.fromEntries(counted.map(({ reasons, entries }) => [reasons, Number(entries)])),
    newest: Math.max(...counted.map(({ newest }) => Number(newest))),
    at: `${at.slice(0, 19).replace(' ', 'T')}Z`,
  };
}
