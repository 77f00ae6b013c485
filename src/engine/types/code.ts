import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import { codeLists, isListed } from './bytes/code-lists.js';
import type { TypeTraits, ValueCheck } from './traits.js';

export const codeSchema = z
  .strictObject({
    kind: z.literal('code'),
    length: z.int().min(1, 'must be 1..255').max(255, 'must be 1..255').describe('The exact number of characters.'),
    list: z
      .enum(codeLists, { error: `must be ${codeLists.map((name) => `'${name}'`).join(' or ')}` })
      .optional()
      .describe(
        'A list of good codes, in upper or lower case. They are stored in capital letters. Without a list, any text of the length is good.',
      ),
  })
  .describe('Text of a fixed length, such as the code of a country or a UUID. It is compared exactly, case included.');

export function codeTraits({ length, list }: Definition<typeof codeSchema>): TypeTraits {
  return {
    sqlType: `char(${length})`,
    keyBytes: 4 * length,
    rowBytes: 4 * length,
    rule: list === undefined ? `must have ${length === 1 ? '1 character' : `${length} characters`}` : `must be a code of ${titles[list]}`,
    mistakes: list !== undefined && length !== 3 ? [{ property: 'length', text: `must be 3, as codes of ${titles[list]} have` }] : [],
    makeCheck: () => (list === undefined ? exactCheck(length) : isListed(list)),
    convert: ({ text }) => (list === undefined ? text : `upper(${text})`),
  };
}

const titles = { 'iso-4217': 'ISO 4217 (currencies)', 'iso-3166-1-alpha-3': 'ISO 3166-1 alpha-3 (countries)' } as const;

/** Characters are code points: bytes of valid UTF-8 that don't continue one. */
function exactCheck(length: number): ValueCheck {
  return (bytes, start, end) => {
    let characters = 0;
    for (let at = start; at < end; at++) if ((bytes[at]! & 0xc0) !== 0x80) characters++;
    return characters === length;
  };
}
