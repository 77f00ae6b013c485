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
  object_key: string;
  problem: string | null;
  at: string;
}

/**
 * The newest refused files of a feed that were not loaded since, newest first: neither from their quarantine folder, nor by a file of the
 * same name. A refused snapshot counts until a later one was processed, after which its rows leave staging.
 */
export async function refusedFiles(statements: Statements, { pipeline, feed }: FeedRef): Promise<RefusedFile[]> {
  const refused = await statements.query<RefusedRow>(
    `select l.load_id, l.object_key, r.problem, l.claimed_at as at
     from gear.loads l left join gear.refusals r on r.load_id = l.load_id
     where l.pipeline = ? and l.feed = ? and l.state = 'refused' and l.pruned_at is null
     order by l.load_id desc limit ${lookedAt}`,
    [pipeline, feed],
  );
  const oldest = refused.at(-1)?.load_id;
  if (oldest === undefined) return [];
  const later = await statements.query<{ load_id: number; store_url: string; object_key: string }>(
    `select load_id, store_url, object_key from gear.loads
     where pipeline = ? and feed = ? and state in ('staged', 'processed') and load_id > ?
       and (store_url like '%quarantine/%' or object_key like '%quarantine/%' or object_key in (${refused.map(() => '?').join(', ')}))`,
    [pipeline, feed, oldest, ...refused.map(({ object_key: key }) => key)],
  );
  const loadedAgain = ({ load_id: id, object_key: key }: RefusedRow) =>
    later.some(
      (load) =>
        Number(load.load_id) > Number(id) &&
        (load.object_key === key || `${load.store_url}${load.object_key}`.includes(`quarantine/${id}-`)),
    );
  return refused
    .filter((row) => !loadedAgain(row))
    .map(({ load_id: loadId, problem, at }) => ({
      loadId: Number(loadId),
      // Its second line says what was found in the file.
      problem: problem?.split('\n')[0] ?? 'it breaks its contract',
      at: `${at.slice(0, 19).replace(' ', 'T')}Z`,
    }));
}
