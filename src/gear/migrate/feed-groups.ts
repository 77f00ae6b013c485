import type { WarehouseSchema } from '../../engine/schema/warehouse-schema.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Statements } from '../../engine/warehouse.js';

/**
 * Moves feeds of which nothing was processed to their current groups. Throws for other feeds: their changes have batch numbers of the old
 * group, which watermarks of another group would skip or take in twice.
 */
export async function applyGroups(statements: Statements, { fingerprints }: WarehouseSchema): Promise<void> {
  const refused: string[] = [];
  for (const { pipeline, groups } of fingerprints) {
    const known = await statements.query<{ feed: string; feed_group: string; processed: number }>(
      `select f.feed, f.feed_group,
         exists (select 1 from gear.loads l where l.pipeline = f.pipeline and l.feed = f.feed and l.state = 'processed') as processed
       from gear.feeds f where f.pipeline = ? order by f.feed`,
      [pipeline],
    );
    for (const { feed, feed_group: group, processed } of known) {
      const now = groups.get(feed);
      if (now === undefined || now === group) continue;
      if (Number(processed) === 1)
        refused.push(`${pipeline}: the batches of ${feed} were counted with those of ${group}, now with those of ${now}`);
      else await statements.execute('update gear.feeds set feed_group = ? where pipeline = ? and feed = ?', [now, pipeline, feed]);
    }
  }
  if (refused.length === 0) return;
  throw new StrataError(
    'definition',
    `nothing was changed: feeds that fill a common entity count their batches together, and that can't change once files were processed:
${refused.map((line) => `  - ${line}`).join('\n')}
Let each entity be filled by the same feeds as before, in the same order of feeds, or load the pipeline from its files again: give it another name and other names of tables, then run: strata migrate`,
  );
}
