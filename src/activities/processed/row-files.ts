import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { csvRow } from '../../engine/exports/csv-row.js';

/** Rows between two words of progress, and handed to the file at once. */
const stride = 10_000;

export type Rows = AsyncIterator<readonly (string | null)[]>;

/**
 * Writes the next rows as CSV without a header, but no more than `most`. Returns how many; as many as `most` may have others behind them.
 */
export async function writeRows(rows: Rows, path: string, most: number, onRows: (rows: number) => void): Promise<number> {
  const out = createWriteStream(path);
  const failed = once(out, 'error').then(([error]) => {
    throw error;
  });
  failed.catch(() => undefined);
  let lines: string[] = [];
  const flush = async () => {
    const drained = out.write(lines.join(''));
    lines = [];
    if (!drained) await Promise.race([once(out, 'drain'), failed]);
  };
  let count = 0;
  try {
    while (count < most) {
      const next = await rows.next();
      if (next.done) break;
      lines.push(csvRow(next.value));
      count += 1;
      if (count % stride > 0) continue;
      await flush();
      onRows(count);
    }
    await flush();
    out.end();
    await Promise.race([finished(out), failed]);
  } finally {
    out.destroy();
  }
  return count;
}
