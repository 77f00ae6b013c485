import type { FeedRef } from '../../contracts/activities/refs.js';
import { contractChecksum, type Contract } from '../../engine/read/contract.js';
import { isExtra } from '../../engine/read/extra-columns.js';
import { StagedRowCheck, type StagedRow } from '../../engine/read/staged-row-check.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import { columnList, identifier } from '../../engine/sql/identifier.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { saveRecheck } from '../../gear/loads/contracts.js';
import { contractOf } from '../landing/file-columns.js';
import { readLoad, type Load } from '../../gear/loads/load-row.js';
import { quarantineRejects } from '../../gear/loads/quarantine.js';
import type { KnownFeed } from '../pipeline-set.js';
import type { ActivityScope } from '../run-activity.js';

const loadsAtOnce = 1_000;
/** Bytes of staging rows that are held in memory at once. */
const maxPageBytes = 8 << 20;
const maxPageRows = 2_000;

/**
 * Checks staged loads again that were checked by another contract, each in a transaction. Their rows are still text. Rows that break the
 * current contract go to quarantine, where they can be corrected. Otherwise they would block their feed for ever.
 */
export async function recheckStaged(
  warehouse: Warehouse,
  known: KnownFeed,
  of: FeedRef,
  scope: Pick<ActivityScope, 'signal' | 'report' | 'count' | 'log'>,
): Promise<void> {
  for (;;) {
    const loads = await warehouse.query<{ load_id: number }>(
      `select l.load_id from gear.loads l
       left join gear.load_contracts c on c.load_id = l.load_id
       where l.pipeline = ? and l.feed = ? and l.state = 'staged' and not (c.contract <=> ?)
       order by l.load_id limit ${loadsAtOnce}`,
      [of.pipeline, of.feed, contractChecksum(known.feed)],
    );
    if (loads.length === 0) return;
    for (const { load_id: loadId } of loads) {
      scope.report({ phase: 'processing', feed: of.feed, message: `${of.feed}: checking load ${loadId} again, by the current contract` });
      const rejected = await warehouse.transaction((transaction) => recheckLoad(transaction, known, Number(loadId)), scope);
      if (rejected === 0) continue;
      scope.count('rowsQuarantined', rejected, { pipeline: of.pipeline, feed: of.feed });
      scope.log.warn(
        `${rejected} staged rows of load ${loadId} break the contract that feed ${of.feed} has now. They went to quarantine: strata quarantine list --load ${loadId}`,
      );
    }
  }
}

/** Returns the number of rows that went to quarantine. A duplicate attempt finds the load checked. */
async function recheckLoad(transaction: Transaction, { feed, staging }: KnownFeed, loadId: number): Promise<number> {
  await transaction.query('select load_id from gear.loads where load_id = ? for update', [loadId]);
  const load = await readLoad(transaction, loadId);
  const contract = contractOf(load, feed);
  if (load.state !== 'staged' || load.contract === contract.checksum) return 0;
  const header = (load.header ?? contract.columns.map(({ name }) => name)).filter(
    (name) => isExtra(name) || contract.columns.some((column) => column.name === name),
  );
  const rejected = await rejectRows(transaction, load, qualifiedName(staging), contract, header);
  await saveRecheck(transaction, load, { header, contract: contract.checksum, rejected });
  return rejected;
}

async function rejectRows(
  transaction: Transaction,
  load: Load,
  staging: string,
  contract: Contract,
  header: readonly string[],
): Promise<number> {
  const check = new StagedRowCheck(contract, header);
  if (check.names.length === 0) return 0;
  const fields = check.names.map((name) => `cast(s.${identifier(name)} as binary) as ${identifier(name)}`).join(', ');
  const { bytes, rowsStaged } = load.result;
  const page = Math.max(1, Math.min(maxPageRows, Math.floor((maxPageBytes * rowsStaged) / Math.max(1, bytes))));
  let rejected = 0;
  for (let after = -1; ;) {
    const rows = await transaction.query<StagedRow>(
      `select ${columnList(['row_offset', 'line_number'])}, ${fields} from ${staging} s where load_id = ? and row_offset > ? order by row_offset limit ${page}`,
      [load.loadId, after],
    );
    const rejects = rows.flatMap((row) => check.rejectOf(row) ?? []);
    if (rejects.length > 0) {
      await quarantineRejects(transaction, load, rejects);
      const marks = rejects.map(() => '?').join(', ');
      await transaction.execute(`delete from ${staging} where load_id = ? and row_offset in (${marks})`, [
        load.loadId,
        ...rejects.map(({ rowOffset }) => rowOffset),
      ]);
    }
    rejected += rejects.length;
    if (rows.length < page) return rejected;
    after = Number(rows.at(-1)!.row_offset);
  }
}
