/** What makes a field of CSV need quotes, and what would be read as another value without them. */
const needsQuotes = /[",\r\n]|^$|^\s|\s$/;

/** A line of CSV (RFC 4180, with a line feed) from values as text: NULL is an empty field, an empty text is `""`. */
export function csvRow(values: readonly (string | null)[]): string {
  return `${values.map(csvField).join(',')}\n`;
}

function csvField(value: string | null): string {
  if (value === null) return '';
  return needsQuotes.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
