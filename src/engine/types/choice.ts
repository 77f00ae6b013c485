import { z } from 'zod';
import { list, trimmed, type Definition } from '../definition/schema/parts.js';
import { listed } from '../read/csv/header/fields.js';
import { stringLiteral } from '../sql/identifier.js';
import type { TypeTraits, ValueCheck } from './traits.js';

export const choiceSchema = z
  .strictObject({
    kind: z.literal('choice'),
    values: list(trimmed.min(1, 'must not be empty').max(255), 'value').describe('The good values, as they are stored.'),
  })
  .describe('One of a few values, in upper or lower case. Stored as written here.');

export function choiceTraits({ values }: Definition<typeof choiceSchema>): TypeTraits {
  const longest = Math.max(...values.map((value) => value.length));
  const lower = values.map((value) => value.toLowerCase());
  const differ = new Set(lower).size === values.length;
  return {
    sqlType: `varchar(${longest})`,
    keyBytes: 4 * longest,
    rowBytes: 4 * longest + 2,
    rule: `must be one of ${listed(values)}`,
    mistakes: differ ? [] : [{ property: 'values', text: 'must differ by more than their case, for files may write them in any case' }],
    makeCheck: () => anyCaseCheck(values),
    convert: ({ text }) => `elt(field(lower(${text}), ${lower.map(stringLiteral).join(', ')}), ${values.map(stringLiteral).join(', ')})`,
  };
}

/** Makes ASCII capitals small. Other bytes, also those of UTF-8 sequences, stay as they are. */
function fold(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/** Whether a value is one of a few in any ASCII case. */
export function anyCaseCheck(values: readonly string[]): ValueCheck {
  const choices = values.map((value) => Buffer.from(value).map(fold));
  return (bytes, start, end) => {
    for (const choice of choices) {
      if (choice.length !== end - start) continue;
      let i = 0;
      while (i < choice.length && fold(bytes[start + i]!) === choice[i]) i++;
      if (i === choice.length) return true;
    }
    return false;
  };
}
