import { randomBytes } from 'node:crypto';
import { landInRanges } from '../../contracts/land-in-ranges.js';
import type { FeedRef } from '../../contracts/activities/refs.js';
import type { ObjectVersion } from '../../engine/object-store.js';
import type { WarehouseSchema } from '../../engine/schema/warehouse-schema.js';
import type { Transaction } from '../../engine/warehouse.js';
import { insertLoads, warehouseTime } from '../../gear/loads/claims.js';
import { readLoad } from '../../gear/loads/load-row.js';
import { deliveryOrderAt } from '../../gear/loads/object-identity.js';
import { applyDefinitions } from '../../gear/migrate/applied-definitions.js';
import type { LandDeps } from '../landing/land-deps.js';
import { landRange } from '../landing/land-range.js';
import { planLanding } from '../landing/plan-landing.js';
import { processBatch, type ProcessDeps } from '../processing/process-batch.js';
import type { ActivityScope } from '../run-activity.js';
import { withinTransaction } from './within-transaction.js';

export interface TriedFile extends FeedRef {
  readonly storeUrl: string;
  readonly object: ObjectVersion;
  /** The date that it belongs to, of a feed with a partition. */
  readonly date: string | undefined;
}

/** What loading the file would change. */
export interface TrialResult {
  readonly rowsStaged: number;
  readonly rowsQuarantined: number;
  /** Why the whole file would be refused. */
  readonly problem: string | null;
  /** Rows that would go to quarantine, by their reasons. */
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
  readonly entities: readonly TriedEntity[];
}

export interface TriedEntity {
  readonly entity: string;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly superseded: number;
  readonly outdated: number;
  readonly leftOut: number;
  /** Keys that would be deleted. */
  readonly deleted: number;
}

/** Carries the result out of the transaction, which it rolls back. */
class RolledBack extends Error {
  constructor(readonly result: TrialResult) {
    super('the trial is over');
  }
}

/**
 * Lands and processes a file as if it were delivered now, in one transaction that is rolled back. Staged loads of the feed are processed in
 * the same transaction, because they come first. Other processing of the feed waits meanwhile.
 */
export async function tryFile(
  deps: LandDeps & ProcessDeps,
  schema: WarehouseSchema,
  file: TriedFile,
  scope: ActivityScope,
): Promise<TrialResult> {
  try {
    await deps.warehouse.transaction(
      async (transaction) => {
        throw new RolledBack(await load({ ...deps, warehouse: withinTransaction(transaction) }, transaction, schema, file, scope));
      },
      { signal: scope.signal, attempts: 1 },
    );
  } catch (error) {
    if (error instanceof RolledBack) return error.result;
    throw error;
  }
  throw new Error('the trial ended without a result');
}

async function load(
  deps: LandDeps & ProcessDeps,
  transaction: Transaction,
  schema: WarehouseSchema,
  file: TriedFile,
  scope: ActivityScope,
): Promise<TrialResult> {
  // Definitions that were not applied yet can be tried, as long as the tables are theirs.
  await applyDefinitions(transaction, schema);
  const order = deliveryOrderAt(await warehouseTime(transaction), file.object, file.date);
  // An identity of its own: the same file may have been loaded before.
  const claim = { object: file.object, identity: randomBytes(32), generation: 0, order, partitionDate: file.date, firstLoadId: undefined };
  await insertLoads(transaction, { ...file, kind: 'backfill' }, [claim]);
  const [row] = await transaction.query<{ load_id: number }>('select load_id from gear.loads where identity = ?', [claim.identity]);
  const loadId = Number(row!.load_id);
  const current = () => readLoad(transaction, loadId);
  // One stream: a transaction has one connection.
  const whole = { ...deps, rangeBytes: Number.MAX_SAFE_INTEGER };
  const { outcome } = await landInRanges({
    plan: async () => ({ ...(await planLanding(whole, await current(), scope)).plan, atOnce: 1 }),
    land: async (range) => landRange(whole, await current(), range, scope),
  });
  if (outcome === 'staged') for (let more = true; more;) ({ more } = await processBatch(deps, file, scope));
  const { result } = await current();
  return {
    rowsStaged: result.rowsStaged,
    rowsQuarantined: result.rowsQuarantined,
    problem: result.problem ?? null,
    reasons: outcome === 'staged' ? await reasonsOf(transaction, loadId) : [],
    entities: await countsOf(transaction, loadId),
  };
}

async function reasonsOf(transaction: Transaction, loadId: number): Promise<TrialResult['reasons']> {
  const rows = await transaction.query<{ reasons: string; n: number | string }>(
    'select reasons, count(*) as n from gear.quarantine where load_id = ? group by reasons',
    [loadId],
  );
  const counts = new Map<string, number>();
  for (const { reasons, n } of rows) for (const reason of reasons.split(',')) counts.set(reason, (counts.get(reason) ?? 0) + Number(n));
  return [...counts].map(([reason, n]) => ({ reason, rows: n })).sort((a, b) => b.rows - a.rows);
}

async function countsOf(transaction: Transaction, loadId: number): Promise<readonly TriedEntity[]> {
  const rows = await transaction.query<Record<string, string | number>>(
    `select n.entity, inserted, updated, unchanged, superseded, outdated, left_out as leftOut, coalesce(d.deleted + d.absent, 0) as deleted
     from gear.load_counts n left join gear.load_deletions d on d.load_id = n.load_id and d.entity = n.entity
     where n.load_id = ? order by n.entity`,
    [loadId],
  );
  return rows.map(({ entity, ...counts }) => ({
    entity: String(entity),
    ...(Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, Number(n)])) as Omit<TriedEntity, 'entity'>),
  }));
}
