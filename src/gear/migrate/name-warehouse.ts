import { randomUUID } from 'node:crypto';
import type { Statements } from '../../engine/warehouse.js';

/**
 * Gives the warehouse its UUID, once. A copy of another warehouse under another prefix gets a UUID of its own. The UUID is bound as a
 * value, because the server's uuid() gives another one on a replica that repeats statements.
 */
export async function nameWarehouse(statements: Statements, prefix: string): Promise<void> {
  const uuid = randomUUID();
  await statements.execute(
    `insert into gear.warehouse (one, uuid, schema_prefix, made_at)
     select 1, d.uuid, d.prefix, utc_timestamp(6) from (select ? as uuid, ? as prefix) d
     where not exists (select 1 from gear.warehouse)`,
    [uuid, prefix],
  );
  await statements.execute('update gear.warehouse set uuid = ?, schema_prefix = ?, made_at = utc_timestamp(6) where schema_prefix <> ?', [
    uuid,
    prefix,
    prefix,
  ]);
}
