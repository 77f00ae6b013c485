import { randomBytes } from 'node:crypto';
import type { Warehouse } from '../engine/warehouse.js';

/**
 * Some MiB: more than what files of tables have left over, so that the server must ask its disk for more. In rows that fit into a page:
 * MariaDB 10.11 ends itself where it finds no room for the pages of a long value, and refuses a row in good order.
 */
const statements = 12;
const rowsOfEach = 80;
const rowBytes = 5_000;

/**
 * Writes some MiB in a transaction and rolls it back. Throws what the server says when it has no room for them. No server says over a
 * connection how much room there is.
 */
export async function probeRoom(warehouse: Warehouse): Promise<void> {
  await warehouse
    .transaction(
      async (transaction) => {
        const row = `(uuid(), '', '', 0, '', '', null, ?, utc_timestamp(6), utc_timestamp(6), utc_timestamp(6))`;
        for (let statement = 0; statement < statements; statement += 1) {
          await transaction.execute(
            `insert into gear.workers (worker_id, identity, host, process_id, namespace, task_queue, build, pipelines, worker_time, started_at, seen_at)
             values ${Array.from({ length: rowsOfEach }, () => row).join(', ')}`,
            Array.from({ length: rowsOfEach }, () => JSON.stringify(randomBytes(rowBytes).toString('base64'))),
          );
        }
        throw new RolledBack();
      },
      { attempts: 1 },
    )
    .catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error;
    });
}

class RolledBack extends Error {}
