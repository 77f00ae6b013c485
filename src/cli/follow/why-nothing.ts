import type { RunReport } from '../../contracts/workflows.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';

/**
 * Why a run had no file to load. Undefined where it had some, or where its report says why not. `from`: the address of a backfill; a run
 * has none.
 */
export function whyNothing(
  { pickups = {}, dates }: Partial<RunReport>,
  definition: Pick<PipelineDefinition, 'feeds'> | undefined,
  from?: string,
): string | undefined {
  const counts = Object.values(pickups);
  if (counts.length === 0 || dates) return undefined;
  if (counts.some(({ found, failed, leftAlone }) => found + failed + (leftAlone?.files ?? 0) > 0)) return undefined;
  if (from !== undefined) return `no file at ${from} is one of the feed ${Object.keys(pickups).join(', ')}`;
  const isOfLake = definition?.feeds.some(({ name, manifest }) => name in pickups && manifest !== undefined);
  if (isOfLake) return 'the lake has nothing that is not loaded yet';
  return 'no file there matches a feed. To see the files of the source that match no feed, run: strata status';
}
