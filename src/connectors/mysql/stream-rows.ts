import type { Connection } from 'mysql2';
import type { PoolConnection } from 'mysql2/promise';
import type { SqlValue } from '../../engine/warehouse.js';
import { workWatch } from '../work-watch.js';

/** Rows read ahead of who takes them. */
const rowsAhead = 1_000;

/** The rows of a SELECT whose names are qualified, each an array of its values as text. Who stops early must end the connection. */
export async function* streamRows(
  connection: PoolConnection,
  sql: string,
  values: readonly SqlValue[],
): AsyncGenerator<readonly (string | null)[]> {
  // The driver's wrapper with promises has no streams; what it wraps has.
  const inner = connection.connection as unknown as Connection;
  const query = inner.query({ sql, values: [...values], rowsAsArray: true, typeCast: (field) => field.string() });
  const work = workWatch();
  for await (const row of query.stream({ highWaterMark: rowsAhead })) {
    work?.sign('reading rows');
    yield row as (string | null)[];
  }
}
