import type { Transaction } from '../engine/warehouse.js';

/** Counts the rows of a load whose keys were all new to an entity. For each key one row counts as inserted, the others as superseded. */
export async function countAppended(
  transaction: Transaction,
  { loadId, entity, inserted, superseded }: { loadId: number; entity: string; inserted: number; superseded: number },
): Promise<void> {
  await transaction.execute(
    'insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated) values (?, ?, ?, 0, 0, ?, 0)',
    [loadId, entity, inserted, superseded],
  );
}

/** Counts the rows of a load that replaced those of its partition, or came too late for it. */
export async function countReplaced(
  transaction: Transaction,
  { loadId, entity, inserted, outdated }: { loadId: number; entity: string; inserted: number; outdated: number },
): Promise<void> {
  await transaction.execute(
    'insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated) values (?, ?, ?, 0, 0, 0, ?)',
    [loadId, entity, inserted, outdated],
  );
}
