import type { LandResult } from '../../../contracts/activities/landing.js';
import { StrataError } from '../../../engine/strata-error.js';
import { outcomeOf, type Load } from '../../../gear/loads/load-row.js';
import type { LandDeps } from '../land-deps.js';
import { releaseSource } from './release-source.js';
import type { ActivityScope } from '../../run-activity.js';

/** Ends the landing of a load of which nothing is left to land: releases the source and counts the load. Repeating it is harmless. */
export async function settleLanding(
  deps: LandDeps,
  load: Load,
  { earlier }: Pick<LandResult, 'earlier'>,
  scope: ActivityScope,
): Promise<LandResult> {
  const outcome = outcomeOf(load.state);
  if (outcome === null)
    throw new StrataError('invariant', `load ${load.loadId} can not be settled yet, because parts of it are not landed`);
  const source = await releaseSource(deps, load, scope.signal);
  if (!earlier) countLanded(load, scope);
  return { outcome, ...load.result, source, ...(earlier && { earlier }) };
}

function countLanded(load: Load, scope: ActivityScope): void {
  const tags = { pipeline: load.pipeline, feed: load.feed };
  const { rowsStaged, rowsQuarantined, bytes, object } = load.result;
  scope.count('rowsStaged', rowsStaged, tags);
  scope.count('rowsQuarantined', rowsQuarantined, tags);
  scope.count('bytesRead', bytes, tags);
  if (load.state === 'refused') scope.count('filesRefused', 1, tags);
  scope.report({
    phase: 'landing',
    feed: load.feed,
    subject: object,
    message: `${object}: ${load.state}`,
    rows: rowsStaged,
    bytes,
    totalBytes: load.object.size,
    done: true,
  });
}
