import type { SourceState } from '../../contracts/activities/landing.js';
import type { Reject } from '../../engine/read/reject.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { firstChunk, insertChunks, type PlannedChunk } from './chunks.js';
import { beginContract, type ReadHeader } from './contracts.js';
import type { LandedRows } from './landed-rows.js';
import { readLoad, type Load } from './load-row.js';
import { quarantineRejects } from './quarantine.js';
import { dropPlace } from './replays.js';

/** A load, and how to delete its landed rows. */
export interface LandedLoad {
  readonly load: Load;
  readonly rows: LandedRows;
}

interface Cancellable {
  readonly signal: AbortSignal;
}

/** What a load's ranges begin with. */
export interface DividedLoad extends ReadHeader {
  readonly ranges: readonly PlannedChunk[];
  /** Bytes before the first range: the header's. */
  readonly headerBytes: number;
}

/** Runs `work` on a load that is still being landed, in one transaction. Does nothing if the landing has ended. */
export async function whileClaimed(
  warehouse: Warehouse,
  loadId: number,
  scope: Cancellable,
  work: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  await warehouse.transaction(async (transaction) => {
    if (await lockClaimed(transaction, loadId)) await work(transaction);
  }, scope);
}

/** Commits header and ranges of a load together, unless a duplicate attempt has begun to land it in the meantime. */
export async function divideLoad(warehouse: Warehouse, load: Load, divided: DividedLoad, scope: Cancellable): Promise<void> {
  await whileClaimed(warehouse, load.loadId, scope, (transaction) => divide(transaction, load, divided));
}

/** The same for a load that is locked. */
export async function divide(transaction: Transaction, load: Load, { header, contract, ranges, headerBytes }: DividedLoad): Promise<void> {
  const [row] = await transaction.query('select load_id from gear.loads where load_id = ? and header is null', [load.loadId]);
  if (!row) return;
  await transaction.execute('delete from gear.load_chunks where load_id = ?', [load.loadId]);
  await insertChunks(transaction, load.loadId, ranges);
  await transaction.execute('update gear.loads set header = ?, bytes_read = ? where load_id = ?', [
    JSON.stringify(header),
    headerBytes,
    load.loadId,
  ]);
  await beginContract(transaction, load, contract);
  await dropPlace(transaction, load, header);
}

/** Refuses the whole file: its first lines go to quarantine with the reason, no row of it is kept, and its object will be moved. */
export async function refuseLoad(
  warehouse: Warehouse,
  landed: LandedLoad,
  { reject, problem }: { readonly reject: Reject; readonly problem: string },
  scope: Cancellable,
): Promise<void> {
  await whileClaimed(warehouse, landed.load.loadId, scope, async (transaction) => {
    const { load } = landed;
    await deleteLanded(transaction, landed);
    await insertChunks(transaction, load.loadId, [firstChunk]);
    await quarantineRejects(transaction, load, [reject]);
    await transaction.execute('insert into gear.refusals (load_id, problem) values (?, ?)', [load.loadId, problem]);
    await transaction.execute(
      `update gear.load_chunks set state = 'staged', end_offset = 0, committed_at = utc_timestamp(6) where load_id = ?`,
      [load.loadId],
    );
    await transaction.execute(`update gear.loads set state = 'refused', header = null, move_source = true where load_id = ?`, [
      load.loadId,
    ]);
  });
}

/** Ends the load as `replaced` or `gone`, because its object changed before it was read whole. No row of it stays. */
export async function dropLoad(warehouse: Warehouse, landed: LandedLoad, change: 'replaced' | 'gone', scope: Cancellable): Promise<void> {
  const { load } = landed;
  await whileClaimed(warehouse, load.loadId, scope, async (transaction) => {
    await deleteLanded(transaction, landed);
    await transaction.execute(`update gear.loads set state = ?, source_state = if(kind = 'backfill', source_state, ?) where load_id = ?`, [
      change,
      change,
      load.loadId,
    ]);
  });
}

/**
 * Starts a landing over, with nothing landed, because the feed has another contract than when the load was begun. Does nothing if a
 * duplicate attempt has restarted it already.
 */
export async function restartLoad(warehouse: Warehouse, landed: LandedLoad, scope: Cancellable): Promise<void> {
  const { load } = landed;
  await whileClaimed(warehouse, load.loadId, scope, async (transaction) => {
    const { header, contract } = await readLoad(transaction, load.loadId);
    if (contract !== load.contract || JSON.stringify(header) !== JSON.stringify(load.header)) return;
    await deleteLanded(transaction, landed);
    await transaction.execute('update gear.loads set header = null where load_id = ?', [load.loadId]);
    await insertChunks(transaction, load.loadId, [firstChunk]);
  });
}

/** Records what became of the object of a landed load. */
export async function releaseLoad(warehouse: Warehouse, loadId: number, source: SourceState): Promise<void> {
  await warehouse.execute(
    `update gear.loads set source_state = ?, released_at = ${source === 'kept' ? 'null' : 'utc_timestamp(6)'} where load_id = ? and source_state = 'present'`,
    [source, loadId],
  );
}

async function deleteLanded(transaction: Transaction, { load, rows }: LandedLoad): Promise<void> {
  const { loadId } = load;
  await rows.drop(transaction, load);
  await transaction.execute('delete from gear.quarantine where load_id = ?', [loadId]);
  await transaction.execute('delete from gear.load_chunks where load_id = ?', [loadId]);
  await transaction.execute('delete from gear.load_contracts where load_id = ?', [loadId]);
  await transaction.execute('delete from gear.load_enrichments where load_id = ?', [loadId]);
  await transaction.execute(
    'update gear.loads set rows_staged = 0, rows_quarantined = 0, bytes_read = 0, move_source = false where load_id = ?',
    [loadId],
  );
}

/**
 * Locks a load that may change as a whole; false when its landing has ended. Takes the chunks' rows before the load's, as a landing
 * chunk does, so that duplicate attempts wait for one another instead of deadlocking.
 */
async function lockClaimed(transaction: Transaction, loadId: number): Promise<boolean> {
  await transaction.query('select chunk_number from gear.load_chunks where load_id = ? for update', [loadId]);
  const [row] = await transaction.query<{ state: string }>('select state from gear.loads where load_id = ? for update', [loadId]);
  return row?.state === 'claimed';
}
