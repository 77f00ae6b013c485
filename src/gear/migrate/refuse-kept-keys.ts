import type { EntityDeletions, WarehouseSchema } from '../../engine/schema/warehouse-schema.js';
import { StrataError } from '../../engine/strata-error.js';
import type { SqlRow, Statements } from '../../engine/warehouse.js';

/** The first load of a feed that deleted keys of an entity in that way. */
interface FirstDeletion extends SqlRow {
  readonly load_id: number;
  readonly feed: string;
  /** Else by rows that say so. */
  readonly by_absence: number;
}

/**
 * Throws where keys of an entity were deleted in a way that its definition does not know any more: a late file would bring back keys that
 * were deleted after it, and where no key is deleted at all, the vault would take one that comes back for a new one.
 */
export async function refuseKeptKeys(statements: Statements, { fingerprints }: WarehouseSchema): Promise<void> {
  const refused: string[] = [];
  for (const { pipeline, deletions = [] } of fingerprints) {
    for (const each of deletions) {
      const found = await statements.query<FirstDeletion>(
        `select min(l.load_id) as load_id, l.feed, d.absent > 0 as by_absence
         from gear.load_deletions d join gear.loads l on l.load_id = d.load_id
         where d.entity = ? and l.pipeline = ? and (d.absent > 0 or d.deleted > 0)
         group by l.feed, d.absent > 0 order by load_id`,
        [each.entity, pipeline],
      );
      refused.push(...found.flatMap((first) => forgotten(each, first).map((problem) => `${pipeline}: ${each.entity}, ${problem}`)));
    }
  }
  if (refused.length === 0) return;
  throw new StrataError(
    'definition',
    `nothing was changed: keys of these entities were deleted in a way that the definitions do not have any more, so that late files would bring back deleted keys, or the vault would take keys that come back for new ones:
${refused.map((line) => `  - ${line}`).join('\n')}
Keep the feeds with their delivery, then run: strata migrate. If new files are to delete nothing, or in another way, give them a feed of their own beside those`,
  );
}

function forgotten({ snapshots, tombstones }: EntityDeletions, { load_id: loadId, feed, by_absence: byAbsence }: FirstDeletion): string[] {
  const first = `of which load ${loadId} of ${feed} deleted keys first`;
  if (Number(byAbsence) === 1) return snapshots.includes(feed) ? [] : [`${first}, as a snapshot: ${feed} must deliver snapshots`];
  return tombstones ? [] : [`${first}, by tombstones: ${feed} must deliver tombstones`];
}
