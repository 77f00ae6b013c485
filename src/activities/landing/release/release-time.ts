import { durationSeconds, releaseKindOf } from '../../../engine/definition/release.js';
import type { PipelineDefinition } from '../../../engine/definition/types.js';
import type { Statements } from '../../../engine/warehouse.js';
import type { Load } from '../../../gear/loads/load-row.js';
import { pipelineOf } from '../../pipeline-set.js';
import type { LandDeps } from '../land-deps.js';

/** When sources may be released. */
export interface ReleaseTimes {
  /** Seconds that sources stay where the definition says nothing: more than 0 while a crash of the server can lose commits. */
  readonly releaseDelay?: () => Promise<number>;
}

/** Seconds between a load's landing and the release of its source. What is kept has nothing to wait for. */
export async function releaseDelayOf(times: ReleaseTimes, definition: PipelineDefinition): Promise<number> {
  if (releaseKindOf(definition) === 'keep') return 0;
  const own = definition.releaseAfter === undefined ? undefined : durationSeconds(definition.releaseAfter);
  return own ?? (await times.releaseDelay?.()) ?? 0;
}

/** SQL: whether a load whose source is not released has work to do now. Binds the release delay in seconds. */
export const isDue = `(state = 'claimed' or coalesce(staged_at, claimed_at) <= utc_timestamp(6) - interval ? second)`;

/** Whether the source may be released now, by the warehouse's clock, which also gave the time of the landing. */
export async function isReleaseDue(warehouse: Pick<Statements, 'query'>, loadId: number, delay: number): Promise<boolean> {
  const rows = await warehouse.query(`select load_id from gear.loads where load_id = ? and ${isDue}`, [loadId, delay]);
  return rows.length > 0;
}

/**
 * Whether the load was landed some time ago, and its source is released only now. Pickups list such a load when its release is due. A
 * landing that is tried again, or that settles its ranges, comes sooner.
 */
export async function isLaterRelease(deps: LandDeps, { loadId, pipeline, state, kind }: Load): Promise<boolean> {
  if (state === 'claimed' || kind === 'backfill') return false;
  const { definition } = await pipelineOf(deps.pipelines, pipeline, deps.warehouse);
  const delay = await releaseDelayOf(deps, definition);
  return delay > 0 && (await isReleaseDue(deps.warehouse, loadId, delay));
}
