import type { ProcessedTable } from '../../engine/processed/processed-table.js';
import type { Statements } from '../../engine/warehouse.js';
import { upperBatches } from '../watermarks.js';
import { knownMarks, processedState, type ProcessedState } from './processed-state.js';

/** With the last run of the bucket that the warehouse knows. */
export interface BucketPosition extends ProcessedState {
  /** How far each mart is, and the bucket's changes of it: another text where one of them has gone on. */
  readonly batches: string;
  /** Marts that have changes which the bucket lacks, as far as the warehouse knows. */
  readonly behind: readonly string[];
}

/** Where the warehouse's marts and their processed bucket are. */
export async function bucketPosition(statements: Statements, pipeline: string, tables: readonly ProcessedTable[]): Promise<BucketPosition> {
  const state = await processedState(statements, pipeline);
  const marks = await knownMarks(statements, pipeline);
  const behind: string[] = [];
  const batches: string[] = [];
  for (const table of tables) {
    const mark = marks.get(table.target);
    const upTo = await upperBatches(statements, table);
    for (const [feed, batch] of upTo) batches.push(`${table.mart} ${feed} ${batch} ${mark?.batches.get(feed)}`);
    if (!mark?.checksum.equals(table.checksum) || [...upTo].some(([feed, batch]) => (mark.batches.get(feed) ?? -1n) < batch))
      behind.push(table.mart);
  }
  return { ...state, batches: batches.join('\n'), behind };
}
