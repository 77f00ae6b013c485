import { randomUUID } from 'node:crypto';
import type { Statements } from '../../engine/warehouse.js';

/**
 * Gives the warehouse its UUID, once; a copy of another one that was made under another prefix gets one of its own. Bound, for the
 * server's own uuid() differs on a replica of statements.
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
