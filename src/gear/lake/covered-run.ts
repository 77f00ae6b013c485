import type { Batches } from '../../engine/change-consumer.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';
import { feedGroups } from '../../engine/entities/feed-groups.js';
import type { Statements } from '../../engine/warehouse.js';
import { runOf } from '../loads/object-identity.js';
import { claimedRuns } from './claimed-runs.js';

/**
 * The last run of the lake of which, and of all before it, every load of the groups' feeds is in batches up to these, or never will be in
 * any. Undefined where none of the feeds reads a lake.
 */
export async function coveredRun(
  statements: Pick<Statements, 'query'>,
  definition: PipelineDefinition,
  upTo: Batches,
): Promise<number | undefined> {
  const groups = feedGroups(definition);
  const feeds = definition.feeds.filter(({ name, manifest }) => manifest !== undefined && upTo.has(groups.get(name) ?? ''));
  if (feeds.length === 0) return undefined;
  // First: what is claimed later is of later runs.
  const claimed = await claimedRuns(statements, definition.name);
  let covered = Infinity;
  for (const { name } of feeds) {
    const open = await firstOpenRun(statements, definition.name, name, upTo.get(groups.get(name)!)!);
    covered = Math.min(covered, claimed.get(name) ?? 0, open === undefined ? Infinity : open - 1);
  }
  return covered;
}

/** The run of the first load that is not in these batches yet. */
async function firstOpenRun(
  statements: Pick<Statements, 'query'>,
  pipeline: string,
  feed: string,
  upTo: bigint,
): Promise<number | undefined> {
  // By one statement: a load goes from one of its parts to the next, and is in one of them always.
  const [row] = await statements.query<{ first: Buffer | null }>(
    `select min(first) as first from (
       select min(delivery_order) as first from gear.loads where pipeline = ? and feed = ? and state = 'claimed'
       union all select min(delivery_order) from gear.loads where pipeline = ? and feed = ? and state = 'staged'
       union all select min(delivery_order) from gear.loads where pipeline = ? and feed = ? and batch_number > ?
     ) open`,
    [pipeline, feed, pipeline, feed, pipeline, feed, upTo],
  );
  return row?.first ? runOf(row.first) : undefined;
}
