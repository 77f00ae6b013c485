/** How the bytes of a CSV file are divided; decoding comes before. */
export interface Dialect {
  /** An ASCII byte. */
  readonly delimiter: number;
  /** An ASCII byte; undefined where no byte has a meaning around a field. */
  readonly quote: number | undefined;
  /** Whether the first line names the columns, is left out (they are those of the definition, in its order), or is a row. */
  readonly header: 'names' | 'position' | 'none';
}

export const standardDialect: Dialect = { delimiter: 0x2c, quote: 0x22, header: 'names' };
