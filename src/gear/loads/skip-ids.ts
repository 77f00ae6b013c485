import { randomBytes } from 'node:crypto';
import type { Transaction } from '../../engine/warehouse.js';

/**
 * Makes the ids of later loads higher than `highest`. A row of that id, though it goes at once, makes the server count on from there:
 * workers' logins may not alter tables.
 */
export async function skipIds(transaction: Transaction, highest: number): Promise<void> {
  await transaction.execute(
    `insert into gear.loads (load_id, pipeline, feed, kind, store_url, object_key, etag, size_bytes, last_modified, identity, delivery_order, claimed_at)
     values (?, '', '', '', '', '', '', 0, utc_timestamp(6), ?, '', utc_timestamp(6))`,
    [highest, randomBytes(32)],
  );
  await transaction.execute('delete from gear.loads where load_id = ?', [highest]);
}
