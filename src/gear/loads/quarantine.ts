import type { Reject } from '../../engine/read/reject.js';
import { StrataError } from '../../engine/strata-error.js';
import type { SqlValue, Transaction } from '../../engine/warehouse.js';
import type { Load } from './load-row.js';

/** A statement must stay below the server's max_allowed_packet (16 MiB on MariaDB); text of hex doubles the bytes. */
const maxStatementBytes = 4 << 20;
const maxStatementRows = 500;

/** Writes rejected rows to gear.quarantine with all that is needed to find and to replay them. */
export async function quarantineRejects(transaction: Transaction, load: Load, rejects: readonly Reject[]): Promise<void> {
  for (const part of parts(rejects)) {
    const { affectedRows } = await transaction.execute(
      `insert into gear.quarantine
         (load_id, pipeline, feed, object_key, line_number, row_offset, row_bytes, reasons, raw, quarantined_at)
       values ${part.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, utc_timestamp(6))').join(', ')}`,
      part.flatMap((reject): SqlValue[] => [
        load.loadId,
        load.pipeline,
        load.feed,
        load.object.key,
        reject.lineNumber,
        reject.rowOffset,
        reject.rowBytes,
        reject.reasons.join(','),
        reject.raw,
      ]),
    );
    if (affectedRows !== part.length)
      throw new StrataError(
        'invariant',
        `load ${load.loadId}: ${part.length} rows were sent to quarantine, but the server took ${affectedRows}. Nothing was kept. Run: strata doctor`,
      );
  }
}

function* parts(rejects: readonly Reject[]): Generator<readonly Reject[]> {
  let part: Reject[] = [];
  let bytes = 0;
  for (const reject of rejects) {
    if (part.length > 0 && (part.length >= maxStatementRows || bytes + reject.raw.length > maxStatementBytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(reject);
    bytes += reject.raw.length;
  }
  if (part.length > 0) yield part;
}
