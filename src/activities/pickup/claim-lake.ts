import type { ClaimResult } from '../../contracts/activities/pickup.js';
import { readManifest, type ReadManifest } from '../../connectors/lake/read-lake.js';
import { feedOf } from '../pipeline-set.js';
import type { ActivityScope } from '../run-activity.js';
import type { ClaimDeps } from './claim-objects.js';
import { claimRuns } from './claim-runs.js';
import { markLoads, openSource } from './claim-source.js';

/**
 * Claims the new runs of a lake for several of its feeds, one after the other, as pickups of each would. The feeds have one source, which is
 * looked at and marked once, and the same manifests.
 */
export async function claimLake(
  deps: ClaimDeps,
  { pipeline, feeds }: { readonly pipeline: string; readonly feeds: readonly string[] },
  scope: Pick<ActivityScope, 'signal' | 'report' | 'log'>,
): Promise<ReadonlyMap<string, ClaimResult>> {
  const claims = new Map<string, ClaimResult>();
  const [first] = feeds;
  if (first === undefined) return claims;
  const { definition } = await feedOf(deps.pipelines, pipeline, first, deps.warehouse);
  const sourceDeps = { ...deps, definition, warn: (message: string) => scope.log.warn(message) };
  const source = await openSource(sourceDeps, { pipeline, feed: first, source: { kind: 'feed' } }, scope.signal);
  const known = new Map<number, Promise<ReadManifest | undefined>>();
  const read: typeof readManifest = (store, run, signal) => {
    const found = known.get(run) ?? readManifest(store, run, signal);
    known.set(run, found);
    return found;
  };
  for (const feed of feeds) {
    const { feed: named } = await feedOf(deps.pipelines, pipeline, feed, deps.warehouse);
    claims.set(feed, await claimRuns({ ...deps, feed: named, source, read }, { pipeline, feed }, scope));
  }
  await markLoads(sourceDeps, source, pipeline, scope.signal);
  return claims;
}
