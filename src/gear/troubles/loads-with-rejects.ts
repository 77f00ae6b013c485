import type { FeedRef } from '../../contracts/activities/refs.js';
import type { Statements } from '../../engine/warehouse.js';

/** A load that has had rows in quarantine, and whose rows somebody has to look at. */
export interface LoadWithRejects {
  readonly loadId: number;
  /** As they were put there: people may have deleted some since. */
  readonly rejects: number;
  /** It is processed, so nothing more comes to its rows in quarantine. */
  readonly isDone: boolean;
}

/** Loads looked at by one statement. */
const page = 500;

/** SQL that is null while no load with the rows corrected has landed, 0 once one has, and 1 once one was processed, which nothing undoes. */
const inPlace = "max(c.state = 'processed')";
const landed = "c.pipeline = ? and c.feed = ? and c.state in ('staged', 'processed')";

/**
 * From whose folder a file was loaded, with the places of its rows or without, or from whose rows a run of the lake was made that the feed
 * has taken in. The file of a folder may have bad rows too: they have a folder of their own, but their file is linked to the load whose file
 * had the rows first.
 */
const corrections = [
  `select ${inPlace} from gear.replays r join gear.loads c on c.load_id = r.load_id where r.first_load_id = l.load_id and ${landed}`,
  `select ${inPlace} from gear.corrections r join gear.loads c on c.load_id = r.load_id where r.first_load_id = l.load_id and ${landed}`,
  `select ${inPlace} from gear.corrections own
   join gear.corrections again on again.first_load_id = own.first_load_id and again.load_id > own.load_id
   join gear.loads c on c.load_id = again.load_id
   where own.load_id = l.load_id and ${landed} and instr(concat(c.store_url, c.object_key), concat('quarantine/', l.load_id, '-')) > 0`,
  `select max(1) from gear.corrected_runs k
   join gear.extract_runs r on r.run_id = k.run_id and r.state = 'committed'
   join gear.lake_feeds f on f.pipeline = ? and f.feed = ? and f.run >= r.run
   where k.first_load_id = l.load_id`,
];

/**
 * The feed's loads with rows in quarantine that were not corrected, newest first; refused files are no such loads. What is settled is left
 * out by an index, so the cost grows with what is open, not with what was.
 */
export async function* loadsWithRejects(statements: Statements, { pipeline, feed }: FeedRef): AsyncGenerator<LoadWithRejects[]> {
  for (let before: number | undefined; ;) {
    const found = await statements.query<{ load_id: number; rejects: number; state: string; corrected: number }>(
      `select l.load_id, l.rejects, own.state, greatest(${corrections.map((sql) => `coalesce((${sql}), -1)`).join(', ')}) as corrected
       from (
         select load_id, rows_quarantined as rejects from gear.loads force index (rejects)
         where pipeline = ? and feed = ? and settled = false and rows_quarantined > 0${before === undefined ? '' : ' and load_id < ?'}
         order by load_id desc limit ${page}) l
       join gear.loads own on own.load_id = l.load_id
       order by l.load_id desc`,
      [...Array.from({ length: corrections.length + 1 }, () => [pipeline, feed]).flat(), ...(before === undefined ? [] : [before])],
    );
    const loads = found.map((row) => ({ ...row, loadId: Number(row.load_id), corrected: Number(row.corrected) }));
    await settleLoads(
      statements,
      loads.filter(({ corrected }) => corrected === 1).map(({ loadId }) => loadId),
    );
    yield loads
      .filter(({ state, corrected }) => state !== 'refused' && corrected === -1)
      .map(({ loadId, rejects, state }) => ({ loadId, rejects: Number(rejects), isDone: state === 'processed' }));
    if (loads.length < page) return;
    before = loads.at(-1)!.loadId;
  }
}

/** Notes that nobody has to look at the rows of these loads any more, which stays so. */
export async function settleLoads(statements: Statements, loadIds: readonly number[]): Promise<void> {
  if (loadIds.length === 0) return;
  await statements.execute(`update gear.loads set settled = true where load_id in (${loadIds.map(() => '?').join(', ')})`, [...loadIds]);
}
