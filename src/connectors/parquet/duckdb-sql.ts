/** Rows of a row group: a reader that looks for few of them skips the others. */
export const rowGroup = 122_880;

/** How `csvRow` writes: NULL is an empty field without quotes, an empty text is `""`. */
export const csvDialect = `header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = '', allow_quoted_nulls = false`;

/** Options of `copy`, for columns in their order. */
export function parquetForm(columns: readonly string[], rows = rowGroup): string {
  const ids = columns.map((name, index) => `${quoted(name)}: ${index + 1}`).join(', ');
  return `format parquet, compression snappy, row_group_size ${rows}, field_ids {${ids}}`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
