import type { Batches, ChangeConsumer } from '../engine/change-consumer.js';
import { qualifiedName } from '../engine/sql/create-table.js';
import type { Statements } from '../engine/warehouse.js';

/** Whether no change of its entities was pruned. Every load says how many changes it made of an entity: as many must be there. */
export async function areChangesComplete(statements: Statements, { pipeline, entities }: ChangeConsumer, upTo: Batches): Promise<boolean> {
  for (const { entity, changes, group, feeds } of entities) {
    const batch = upTo.get(group) ?? 0n;
    const [row] = await statements.query<{ complete: number }>(
      `select (
         select coalesce(sum(n.inserted + n.updated + coalesce(d.deleted + d.absent, 0)), 0)
         from gear.loads l
         join gear.load_counts n on n.load_id = l.load_id and n.entity = ?
         left join gear.load_deletions d on d.load_id = l.load_id and d.entity = n.entity
         where l.pipeline = ? and l.feed in (${feeds.map(() => '?').join(', ')}) and l.batch_number <= ? and l.state = 'processed'
       ) = (select count(*) from ${qualifiedName(changes)} c where c.batch_number <= ?) as complete`,
      [entity, pipeline, ...feeds, batch, batch],
    );
    if (row?.complete !== 1) return false;
  }
  return true;
}
