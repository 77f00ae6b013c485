/**
 * How a column of MySQL is written: `read` is the type that its text is parsed as, `write` that of the file. Only types that all readers
 * accept: INT32 and INT64 without sign flags, DECIMAL, DATE, TIME in microseconds, TIMESTAMP in microseconds of UTC, BOOLEAN, DOUBLE, UTF8.
 */
export interface ParquetType {
  readonly read: string;
  /** An SQL expression of the column's quoted name. */
  readonly write: (column: string) => string;
}

const same = (read: string): ParquetType => ({ read, write: (column) => column });

/** Of a column's SQL type, `null` or `not null` at its end or not; undefined where Parquet has none that fits. */
export function parquetType(type: string): ParquetType | undefined {
  const plain = type.replace(/ (not )?null$/, '');
  if (/^(tinyint|smallint)( unsigned)?$|^int$/.test(plain)) return same('INTEGER');
  if (/^(int unsigned|bigint)$/.test(plain)) return same('BIGINT');
  // Readers take an unsigned 64-bit integer for a signed one.
  if (plain === 'bigint unsigned') return same('DECIMAL(20,0)');
  const [, precision, scale] = /^decimal\((\d+),(\d+)\)$/.exec(plain) ?? [];
  if (precision !== undefined) return Number(precision) <= 38 ? same(`DECIMAL(${precision},${scale})`) : undefined;
  if (plain === 'boolean') return same('BOOLEAN');
  if (plain === 'date') return same('DATE');
  if (/^time(\([1-6]\))?$/.test(plain)) return same('TIME');
  if (plain === 'double') return same('DOUBLE');
  // An instant: without the cast readers would take it for a time of wherever they are.
  if (/^datetime(\([1-6]\))?$/.test(plain)) return { read: 'TIMESTAMP', write: (column) => `${column} at time zone 'UTC'` };
  if (/^(var)?char\(\d+\)$|^mediumtext$|^json$/.test(plain)) return same('VARCHAR');
  return undefined;
}
