import type { Dialect } from './dialect.js';

/** A row as a file of the dialect has it. A lone field has quotes, because a line of blanks is no row. */
export function rowText(fields: readonly string[], { delimiter, quote }: Pick<Dialect, 'delimiter' | 'quote'>): string {
  const separator = String.fromCharCode(delimiter);
  const sign = quote === undefined ? undefined : String.fromCharCode(quote);
  const written = fields.map((text) => {
    const isSafe = fields.length > 1 && ![separator, sign, '\r', '\n'].some((each) => each !== undefined && text.includes(each));
    return isSafe || sign === undefined ? text : `${sign}${text.replaceAll(sign, sign + sign)}${sign}`;
  });
  return written.join(separator);
}
