import { randomBytes } from 'node:crypto';
import { landInRanges } from '../../contracts/land-in-ranges.js';
import type { FeedRef } from '../../contracts/activities/refs.js';
import type { ObjectVersion } from '../../engine/object-store.js';
import type { WarehouseSchema } from '../../engine/schema/warehouse-schema.js';
import type { Transaction } from '../../engine/warehouse.js';
import { insertLoads, warehouseTime } from '../../gear/loads/claims.js';
import { readLoad } from '../../gear/loads/load-row.js';
import { deliveryOrderAt } from '../../gear/loads/object-identity.js';
import { acceptDuplicateAdvice } from '../../gear/append/append-loads.js';
import { appendedRowCount } from '../../gear/append/append-runs.js';
import { applyDefinitions } from '../../gear/migrate/applied-definitions.js';
import { appendEntity } from '../../engine/entities/entity.js';
import { StrataError } from '../../engine/strata-error.js';
import { feedOf } from '../pipeline-set.js';
import { acceptDeletionsAdvice } from '../processing/deletions/too-many-deletions-error.js';
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
 * Lands and processes a file as if it were delivered now, in one transaction that is rolled back: a file of a lake as if it were of a run
 * behind all others. Staged loads of the feed are processed in the same transaction, because they come first; not those of an append
 * entity, whose rows have nothing to do with one another. Other processing of the feed waits meanwhile.
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
  const { definition, feed } = await feedOf(deps.pipelines, file.pipeline, file.feed, transaction);
  const entity = appendEntity(definition, feed.name);
  // Rows of an append entity are in its table once they are landed: what is left is to let marts add them, which nobody asked about.
  if (outcome === 'staged' && !entity) for (let more = true; more;) ({ more } = await processBatch(deps, file, scope));
  const { state, result } = await current();
  if (state === 'staged' && !entity)
    throw new StrataError(
      'contention',
      `the file can't be processed before files of ${feed.name} from earlier runs of the lake, which are still being loaded. Wait for them, and try the file again`,
    );
  return {
    rowsStaged: result.rowsStaged,
    rowsQuarantined: result.rowsQuarantined,
    problem: result.problem === undefined ? null : withoutAdvice(result.problem, loadId),
    reasons: outcome === 'staged' ? await reasonsOf(transaction, loadId) : [],
    entities: entity && outcome === 'staged' ? [await appendedOf(transaction, loadId, entity.name)] : await countsOf(transaction, loadId),
  };
}

/** What to do with a refused load says nothing of a trial, whose load is gone at its end. */
function withoutAdvice(problem: string, loadId: number): string {
  return [acceptDuplicateAdvice(loadId), acceptDeletionsAdvice(loadId)].reduce((text, advice) => text.replace(`. ${advice}`, ''), problem);
}

async function appendedOf(transaction: Transaction, loadId: number, entity: string): Promise<TriedEntity> {
  const inserted = await appendedRowCount(transaction, loadId);
  return { entity, inserted, updated: 0, unchanged: 0, superseded: 0, outdated: 0, leftOut: 0, deleted: 0 };
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
