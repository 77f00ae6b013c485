import { durationSeconds, releaseKindOf } from '../../../engine/definition/release.js';
import type { PipelineDefinition } from '../../../engine/definition/types.js';
import type { Statements } from '../../../engine/warehouse.js';
import type { Load } from '../../../gear/loads/load-row.js';
import { pipelineOf } from '../../pipeline-set.js';
import type { LandDeps } from '../land-deps.js';

/** What says when sources may go. */
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

/** Whether a row of gear.loads that is not released has something to be done now; its value is the delay in seconds. */
export const isDue = `(state = 'claimed' or coalesce(staged_at, claimed_at) <= utc_timestamp(6) - interval ? second)`;

/** By the warehouse's clock, which said when the load was landed. */
export async function isReleaseDue(warehouse: Pick<Statements, 'query'>, loadId: number, delay: number): Promise<boolean> {
  const rows = await warehouse.query(`select load_id from gear.loads where load_id = ? and ${isDue}`, [loadId, delay]);
  return rows.length > 0;
}

/**
 * A landing came to its end some time ago, and left the source until its release is due. A load is listed again only then; a landing that
 * is tried again, or settles what its ranges came to, comes sooner.
 */
export async function isLaterRelease(deps: LandDeps, { loadId, pipeline, state, kind }: Load): Promise<boolean> {
  if (state === 'claimed' || kind === 'backfill') return false;
  const { definition } = await pipelineOf(deps.pipelines, pipeline, deps.warehouse);
  const delay = await releaseDelayOf(deps, definition);
  return delay > 0 && (await isReleaseDue(deps.warehouse, loadId, delay));
}
