/**
 * The column that `strata quarantine export` puts before a file's own, `<load id>@<byte>`: the load in whose file a row stood first, and
 * the byte at which it began there. Rows that are loaded again with it keep their places among that file's rows. No spreadsheet takes
 * it for a time, a date or a number.
 */
export const replayedRow = {
  column: 'strata_row',
  /** Why a row with another value there, one of another load too, is put into quarantine. */
  reason: 'bad_strata_row',
} as const;
