import type { ColumnDefinition } from './types.js';

/** Why a row with another value there is put into quarantine. */
export const badReplayedRow = 'bad_strata_row';

/**
 * The column that `strata quarantine export` puts before a file's own: the byte of its file at which a row began. Rows that are loaded
 * again with it keep their places among that file's rows.
 */
export const replayedRow: ColumnDefinition = {
  name: 'strata_row',
  header: 'strata_row',
  type: { kind: 'integer', min: '0', max: String(Number.MAX_SAFE_INTEGER) },
  reason: badReplayedRow,
};
