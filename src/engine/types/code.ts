import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import type { TypeTraits, ValueCheck } from './traits.js';

export const codeSchema = z
  .strictObject({
    kind: z.literal('code'),
    length: z.int().min(1, 'must be 1..255').max(255, 'must be 1..255').describe('Characters, no more and no fewer.'),
  })
  .describe('Text of a fixed length, such as the code of a country or a UUID. It is compared exactly, case included.');

export function codeTraits({ length }: Definition<typeof codeSchema>): TypeTraits {
  return {
    sqlType: `char(${length})`,
    keyBytes: 4 * length,
    rowBytes: 4 * length,
    rule: `must have ${length === 1 ? '1 character' : `${length} characters`}`,
    mistakes: [],
    makeCheck: () => exactCheck(length),
    convert: ({ text }) => text,
  };
}

/** Characters are code points: bytes of valid UTF-8 that don't continue one. */
function exactCheck(length: number): ValueCheck {
  return (bytes, start, end) => {
    let characters = 0;
    for (let at = start; at < end; at++) if ((bytes[at]! & 0xc0) !== 0x80) characters++;
    return characters === length;
  };
}
