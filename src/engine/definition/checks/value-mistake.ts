import type { EntityColumn } from '../../entities/entity.js';
import { traitsOf } from '../../types/column-traits.js';

/** What is wrong with a value that a definition writes as a file would have it: a file with it would be refused. */
export function valueMistake(
  text: string,
  { type, nullable }: Pick<EntityColumn, 'type'> & { readonly nullable?: boolean | undefined },
): string | undefined {
  const { empty, makeCheck, rule } = traitsOf(type);
  if (/^[ \t\r\n]|[ \t\r\n]$|\0/.test(text)) return 'must not begin or end with a blank, as values of files are trimmed';
  if (text === '') return nullable || empty !== undefined ? undefined : `is empty, but the column is not nullable. It ${rule}`;
  const bytes = Buffer.from(text);
  return makeCheck()(bytes, 0, bytes.length) ? undefined : rule;
}
