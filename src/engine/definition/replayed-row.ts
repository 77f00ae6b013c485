/** The load in whose file the rows of a replay stood first. */
export interface FirstLoad {
  readonly loadId: number;
  /**
   * The bytes of its file, as positions of rows count them: of a packed file, the bytes of its unpacked content. Undefined if not known.
   */
  readonly bytes: number | undefined;
}

/**
 * The column that `strata quarantine export` puts before a file's own, `<load id>@<byte>`: the load in whose file a row stood first, and
 * the byte at which it began there. Rows that are loaded again with it keep their places among that file's rows. No spreadsheet takes
 * it for a time, a date or a number.
 */
export const replayedRow = {
  column: 'strata_row',
  /** Why a row with another value there is put into quarantine, also one of another load or past the end of its file. */
  reason: 'bad_strata_row',
} as const;
