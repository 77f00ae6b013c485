/** How the bytes of a CSV file are divided; decoding comes before. */
export interface Dialect {
  /** An ASCII byte; -1 where a row is one field. */
  readonly delimiter: number;
  /** An ASCII byte; undefined where no byte has a meaning around a field. */
  readonly quote: number | undefined;
  /**
   * Whether the first line names the columns, is left out (they are those of the definition, in its order), or is a row; 'places': it is
   * a row, unless it says that each line begins with its former place.
   */
  readonly header: 'names' | 'position' | 'none' | 'places';
  /** The byte that stands for each line of the file, in rows and between them; the line feed when left out. */
  readonly lineSign?: number;
  /** Bytes of the longest row that is read; 1 MiB when left out. */
  readonly longestRow?: number;
}

export const standardDialect: Dialect = { delimiter: 0x2c, quote: 0x22, header: 'names' };

/** Rows of JSON, one on each line. A carriage return in a row stands for a line break in the file. */
export const jsonDialect: Dialect = { delimiter: -1, quote: undefined, header: 'none', lineSign: 0x0d };

/** How formats of one row a line are divided: no byte but the line feed has a meaning. */
export const lineDialect: Dialect = { delimiter: -1, quote: undefined, header: 'none' };
