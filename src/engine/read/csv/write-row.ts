import type { NullRule } from '../contract.js';
import type { Dialect } from './dialect.js';

/** A row as a file of the dialect has it. A lone field has quotes, because a line of blanks is not a row. */
export function rowText(
  fields: readonly (string | null)[],
  { delimiter, quote }: Pick<Dialect, 'delimiter' | 'quote'>,
  nulls?: NullRule,
): string {
  const separator = String.fromCharCode(delimiter);
  const sign = quote === undefined ? undefined : String.fromCharCode(quote);
  const means = new Set(nulls?.tokens.map((token) => token.toString()));
  const written = fields.map((text) => {
    if (text === null) return nulls === undefined || nulls.emptyIsNull ? '' : (nulls.tokens[0]?.toString() ?? '');
    const isOther = means.has(text.trim()) || (nulls?.emptyIsNull && text.trim() === '');
    const isSafe =
      fields.length > 1 && !isOther && ![separator, sign, '\r', '\n'].some((each) => each !== undefined && text.includes(each));
    return isSafe || sign === undefined ? text : `${sign}${text.replaceAll(sign, sign + sign)}${sign}`;
  });
  return written.join(separator);
}
