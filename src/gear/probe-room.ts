import { randomBytes } from 'node:crypto';
import type { Warehouse } from '../engine/warehouse.js';

/**
 * Statements, some MiB in all. This is more than the free space in the files of tables, so the server must ask its disk for more. Each row
 * fits into a page, because MariaDB 10.11 crashes when it finds no room for the pages of a long value, but only refuses a row.
 */
const statements = 12;
const rowsOfEach = 80;
const rowBytes = 5_000;

/**
 * Writes some MiB in a transaction and rolls it back. Throws the server's error if it has no room. There is no other way to ask, because no
 * server tells over a connection how much room it has.
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
