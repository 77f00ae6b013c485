import { StrataError } from '../../engine/strata-error.js';
import type { Statements, Transaction } from '../../engine/warehouse.js';
import { shownKey, type Load } from '../loads/load-row.js';

/** The same bytes were loaded before into the feed. */
export class DuplicateFileError extends Error {
  override readonly name = 'DuplicateFileError';
}

interface SameBytes {
  readonly load_id: number;
  readonly copy: number;
  readonly state: string;
  readonly object_key: string;
  [column: string]: string | number | null;
}

/** Whether the file of a load was read as a whole, so that its rows may be appended. */
export async function isAppendBegun(statements: Statements, loadId: number): Promise<boolean> {
  return (await statements.query('select load_id from gear.append_loads where load_id = ?', [loadId])).length > 0;
}

/**
 * Notes that rows of a load are about to be appended. Throws DuplicateFileError if another load brought the same bytes, unless a person
 * accepted the duplicate. Throws `contention` while the other load is still landing, because it may yet be rolled back.
 */
export async function beginAppend(transaction: Transaction, load: Load, { entity, sha256 }: AppendBegin): Promise<void> {
  const { loadId, pipeline, feed } = load;
  const accepted = await isAccepted(transaction, load);
  const [last] = accepted
    ? await transaction.query<{ copy: number | null }>(
        'select max(copy) + 1 as copy from gear.append_loads where pipeline = ? and feed = ? and sha256 = ?',
        [pipeline, feed, sha256],
      )
    : [];
  await transaction.execute(
    `insert into gear.append_loads (load_id, pipeline, feed, entity, sha256, copy) values (?, ?, ?, ?, ?, ?)
     on duplicate key update load_id = load_id`,
    [loadId, pipeline, feed, entity, sha256, last?.copy ?? 0],
  );
  const same = await transaction.query<SameBytes>(
    `select a.load_id, a.copy, l.state, l.object_key from gear.append_loads a join gear.loads l on l.load_id = a.load_id
     where a.pipeline = ? and a.feed = ? and a.sha256 = ? order by a.copy`,
    [pipeline, feed, sha256],
  );
  if (same.some(({ load_id: id }) => Number(id) === loadId)) return;
  const former = same[0];
  const name = `load ${former?.load_id} (${shownKey(former?.object_key ?? '')})`;
  if (!former || accepted || former.state === 'claimed')
    throw new StrataError('contention', `load ${loadId} has the same bytes as ${name}, which is being loaded. It waits for that one's end`);
  throw new DuplicateFileError(`the same bytes were loaded before, as ${name}. ${acceptDuplicateAdvice(load.firstLoadId ?? loadId)}`);
}

/** What to do with a load that was refused as a duplicate. */
export function acceptDuplicateAdvice(loadId: number): string {
  return `To load them once more, run: strata quarantine replay ${loadId} --accept-duplicate`;
}

export interface AppendBegin {
  readonly entity: string;
  /** Of the file's bytes. */
  readonly sha256: Buffer;
}

/** A load that replays a refused duplicate, if somebody said so. */
async function isAccepted(transaction: Transaction, { firstLoadId }: Load): Promise<boolean> {
  if (firstLoadId === undefined) return false;
  return (await transaction.query('select load_id from gear.accepted_duplicates where load_id = ?', [firstLoadId])).length > 0;
}

/** Whether a load was refused because the same bytes were loaded before. */
export async function isRefusedDuplicate(statements: Statements, loadId: number): Promise<boolean> {
  const found = await statements.query("select load_id from gear.quarantine where load_id = ? and reasons = 'duplicate_file'", [loadId]);
  return found.length > 0;
}

/** Lets the file of a refused duplicate be loaded when it is replayed. */
export async function acceptDuplicate(statements: Statements, loadId: number): Promise<void> {
  await statements.execute(
    'insert into gear.accepted_duplicates (load_id, accepted_at) values (?, utc_timestamp(6)) on duplicate key update load_id = load_id',
    [loadId],
  );
}

/** Forgets what was appended of a load: its runs no longer count, and their rows are deleted later. */
export async function dropAppended(transaction: Transaction, loadId: number): Promise<void> {
  await transaction.execute(
    `insert into gear.dropped_runs (run, pipeline, feed)
     select r.run, l.pipeline, l.feed from gear.append_runs r join gear.loads l on l.load_id = r.load_id where r.load_id = ?`,
    [loadId],
  );
  await transaction.execute('delete from gear.run_copies where run in (select run from gear.append_runs where load_id = ?)', [loadId]);
  await transaction.execute('delete from gear.append_runs where load_id = ?', [loadId]);
  await transaction.execute('delete from gear.append_loads where load_id = ?', [loadId]);
}
