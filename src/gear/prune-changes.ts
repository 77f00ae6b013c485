import type { PruneResult } from '../contracts/activities/processing.js';
import type { ChangeConsumer } from '../engine/change-consumer.js';
import type { PipelineDefinition } from '../engine/definition/types.js';
import { keyedEntities } from '../engine/entities/entity.js';
import { qualifiedName } from '../engine/sql/create-table.js';
import type { Warehouse } from '../engine/warehouse.js';

/** Rows that one transaction deletes, few enough for short locks and a small undo log. */
const rowsAtATime = 20_000;

/**
 * Deletes the changes that every consumer has taken in. A consumer that never ran keeps all changes of its groups of feeds, so that a vault
 * table misses none. A consumer that is no longer in the definition keeps them too, until migrate deletes its watermarks.
 */
export async function pruneChanges(
  warehouse: Warehouse,
  definition: PipelineDefinition,
  consumers: readonly Pick<ChangeConsumer, 'target' | 'feeds'>[],
  signal?: AbortSignal,
): Promise<PruneResult> {
  let rows = 0;
  const entities = keyedEntities(definition);
  for (const group of new Set(entities.map((entity) => entity.group))) {
    const upTo = await lowestWatermark(warehouse, definition.name, group, consumers);
    if (upTo === null) continue;
    for (const entity of entities.filter((each) => each.group === group)) {
      const sql = `delete from ${qualifiedName(entity.tables.changes)} where batch_number <= ? limit ${rowsAtATime}`;
      for (let deleted = rowsAtATime; deleted === rowsAtATime; rows += deleted) {
        signal?.throwIfAborted();
        ({ affectedRows: deleted } = await warehouse.execute(sql, [upTo]));
      }
    }
  }
  return { rows };
}

/** The lowest watermark of a group's consumers. Null if a consumer has none yet, or if nothing reads the changes. */
async function lowestWatermark(
  warehouse: Warehouse,
  pipeline: string,
  group: string,
  consumers: readonly Pick<ChangeConsumer, 'target' | 'feeds'>[],
): Promise<bigint | null> {
  const watermarks = await warehouse.query<{ target: string; batch_number: number | string }>(
    `select w.target, w.batch_number from gear.mart_watermarks w
     join gear.marts m on m.target = w.target
     where m.pipeline = ? and w.feed = ?`,
    [pipeline, group],
  );
  const known = new Set(watermarks.map(({ target }) => target));
  if (consumers.some(({ target, feeds }) => feeds.includes(group) && !known.has(target))) return null;
  const [first, ...rest] = watermarks.map(({ batch_number }) => BigInt(batch_number));
  return first === undefined ? null : rest.reduce((a, b) => (b < a ? b : a), first);
}
