import { ObjectChangedError } from '../../engine/object-store.js';
import type { BadHeader } from '../../engine/read/csv/header/header-reader.js';
import { identifier } from '../../engine/sql/identifier.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { ColumnsChangedError } from './file-columns.js';
import { insertChunks } from './land-chunk.js';
import { readLoad, shownKey, type Load } from '../../gear/loads/load-row.js';
import { quarantineRejects } from '../../gear/loads/quarantine.js';
import type { ActivityScope } from '../run-activity.js';

/** Characters of a refusal's two lines: why, for everybody, and what was found, for those who may see rows. */
const maxProblem = 640;
const maxFound = 380;

/** A file whose header is no header of the feed: one entry in quarantine, no rows; its object is moved, not deleted. */
export async function refuseLoad(warehouse: Warehouse, load: Load, header: BadHeader, scope: ActivityScope): Promise<void> {
  await warehouse.transaction(async (transaction) => {
    if (!(await stillClaimed(transaction, load.loadId))) return;
    const { lineNumber, raw } = header;
    await quarantineRejects(transaction, load, [{ lineNumber, rowOffset: 0, rowBytes: load.object.size, reasons: ['bad_header'], raw }]);
    await transaction.execute('insert into gear.refusals (load_id, problem) values (?, ?)', [load.loadId, textOf(header)]);
    await transaction.execute(
      `update gear.load_chunks set state = 'staged', end_offset = 0, committed_at = utc_timestamp(6) where load_id = ?`,
      [load.loadId],
    );
    await transaction.execute(`update gear.loads set state = 'refused', move_source = true where load_id = ?`, [load.loadId]);
  }, scope);
  scope.log.warn(`refused ${shownKey(load.object.key)} (load ${load.loadId}): ${header.problem}`);
}

function textOf({ problem, found }: BadHeader): string {
  const lines = [problem.slice(0, maxProblem), ...(found === undefined ? [] : [found.slice(0, maxFound)])];
  return lines.map((line) => line.replaceAll('\n', ' ')).join('\n');
}

/**
 * Takes back what was landed of a load that can't go on as it was begun: its object or its feed's columns changed. Returns whether it is
 * to be landed anew; throws any other error.
 */
export async function takeBack(warehouse: Warehouse, load: Load, error: unknown, scope: ActivityScope): Promise<boolean> {
  if (error instanceof ColumnsChangedError) {
    await landAnew(warehouse, load, scope);
    return true;
  }
  if (!(error instanceof ObjectChangedError)) throw error;
  await dropHalfRead(warehouse, load, error.change, scope.signal);
  return false;
}

/** The object was replaced or vanished before it was read whole: no row of the half-read version stays. */
async function dropHalfRead(warehouse: Warehouse, load: Load, change: 'replaced' | 'gone', signal: AbortSignal): Promise<void> {
  await dropRows(warehouse, load, signal, async (transaction) => {
    await transaction.execute(`update gear.loads set state = ?, source_state = if(kind = 'backfill', source_state, ?) where load_id = ?`, [
      change,
      change,
      load.loadId,
    ]);
  });
}

/** The feed has another contract than that with which the load was begun: it begins anew, with nothing landed, unless a twin has done that. */
async function landAnew(warehouse: Warehouse, load: Load, scope: ActivityScope): Promise<void> {
  const isBegunSo = async (transaction: Transaction) => {
    const { header, contract } = await readLoad(transaction, load.loadId);
    return contract === load.contract && JSON.stringify(header) === JSON.stringify(load.header);
  };
  await dropRows(
    warehouse,
    load,
    scope.signal,
    async (transaction) => {
      await transaction.execute('update gear.loads set header = null where load_id = ?', [load.loadId]);
      await insertChunks(transaction, load.loadId, [{ number: 0, startOffset: 0, startLine: 1, endOffset: undefined }]);
    },
    isBegunSo,
  );
  scope.log.warn(`the contract of feed ${load.feed} changed while load ${load.loadId} was landed: it is landed from its start again`);
}

async function dropRows(
  warehouse: Warehouse,
  { loadId, feed }: Load,
  signal: AbortSignal,
  rest: (transaction: Transaction) => Promise<void>,
  isDue: (transaction: Transaction) => Promise<boolean> = () => Promise.resolve(true),
): Promise<void> {
  await warehouse.transaction(
    async (transaction) => {
      if (!(await stillClaimed(transaction, loadId)) || !(await isDue(transaction))) return;
      await transaction.execute(`delete from staging.${identifier(feed)} where load_id = ?`, [loadId]);
      await transaction.execute('delete from gear.quarantine where load_id = ?', [loadId]);
      await transaction.execute('delete from gear.load_chunks where load_id = ?', [loadId]);
      await transaction.execute('delete from gear.load_contracts where load_id = ?', [loadId]);
      await transaction.execute(
        'update gear.loads set rows_staged = 0, rows_quarantined = 0, bytes_read = 0, move_source = false where load_id = ?',
        [loadId],
      );
      await rest(transaction);
    },
    { signal },
  );
}

/** Takes the chunks' rows before the load's, as a landing chunk does, so that twins wait for one another instead of deadlocking. */
export async function stillClaimed(transaction: Transaction, loadId: number): Promise<boolean> {
  await transaction.query('select chunk_number from gear.load_chunks where load_id = ? for update', [loadId]);
  const [row] = await transaction.query<{ state: string }>('select state from gear.loads where load_id = ? for update', [loadId]);
  return row?.state === 'claimed';
}
