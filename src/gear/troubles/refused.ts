import type { FeedRef } from '../../contracts/activities/refs.js';
import type { SqlRow, Statements } from '../../engine/warehouse.js';

/** Refused loads looked at, the newest ones. */
const lookedAt = 100;

export interface RefusedFile {
  readonly loadId: number;
  /** In words that hold no value of the file. */
  readonly problem: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

interface RefusedRow extends SqlRow {
  load_id: number;
  problem: string | null;
  at: string;
}

const loaded = "('staged', 'processed')";

/**
 * The newest refused files of a feed that were not loaded since, newest first: neither from their quarantine folder, nor by a file of the
 * same name. A refused snapshot counts until a later one was processed, after which its rows leave staging. Each refused file costs a look
 * into an index or two, however many files were loaded since: this is asked every minute, and the optimizer may take an index that
 * leads through all of them.
 */
export async function refusedFiles(statements: Statements, { pipeline, feed }: FeedRef): Promise<RefusedFile[]> {
  const refused = await statements.query<RefusedRow>(
    `select l.load_id, r.problem, l.claimed_at as at
     from (
       select load_id, object_key, claimed_at from gear.loads force index (pruned)
       where pipeline = ? and feed = ? and pruned_at is null and state = 'refused'
       order by load_id desc limit ${lookedAt}) l
     left join gear.refusals r on r.load_id = l.load_id
     left join gear.corrections own on own.load_id = l.load_id
     where (
         select n.load_id from gear.loads n force index (named)
         where n.pipeline = ? and n.feed = ? and n.object_key = l.object_key and n.load_id > l.load_id and n.state in ${loaded}
         limit 1) is null
       and (
         select c.load_id from gear.corrections c
         join gear.loads n on n.load_id = c.load_id
         where c.first_load_id = coalesce(own.first_load_id, l.load_id) and c.load_id > l.load_id and n.state in ${loaded}
           and instr(concat(n.store_url, n.object_key), concat('quarantine/', l.load_id, '-')) > 0
         limit 1) is null
     order by l.load_id desc`,
    [pipeline, feed, pipeline, feed],
  );
  return refused.map(({ load_id: loadId, problem, at }) => ({
    loadId: Number(loadId),
    // Its second line says what was found in the file.
    problem: problem?.split('\n')[0] ?? 'it breaks its contract',
    at: `${at.slice(0, 19).replace(' ', 'T')}Z`,
  }));
}
