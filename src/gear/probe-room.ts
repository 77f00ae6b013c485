import { randomBytes } from 'node:crypto';
import type { Warehouse } from '../engine/warehouse.js';

/** Some MiB: more than what files of tables have left over, so that the server must ask its disk for more. */
const pieces = 8;
const pieceBytes = 750_000;

/**
 * Writes some MiB in a transaction and rolls it back. Throws what the server says when it has no room for them. No server says over a
 * connection how much room there is.
 */
export async function probeRoom(warehouse: Warehouse): Promise<void> {
  await warehouse
    .transaction(
      async (transaction) => {
        for (let piece = 0; piece < pieces; piece += 1) {
          await transaction.execute(
            `insert into gear.workers (worker_id, identity, host, process_id, namespace, task_queue, build, pipelines, worker_time, started_at, seen_at)
             values (uuid(), '', '', 0, '', '', null, ?, utc_timestamp(6), utc_timestamp(6), utc_timestamp(6))`,
            [JSON.stringify(randomBytes(pieceBytes).toString('base64'))],
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
