import { z } from 'zod';
import { stringLiteral } from '../sql/identifier.js';
import { anyCaseCheck } from './choice.js';
import type { TypeTraits } from './traits.js';

export const booleanSchema = z
  .strictObject({ kind: z.literal('boolean') })
  .describe('true or false, also as t, yes, y, on, 1 and f, no, n, off, 0, in any case; stored as 1 or 0.');

const yes = ['true', 't', 'yes', 'y', 'on', '1'];
const no = ['false', 'f', 'no', 'n', 'off', '0'];

export function booleanTraits(): TypeTraits {
  return {
    sqlType: 'boolean',
    keyBytes: 1,
    rowBytes: 1,
    rule: 'must be true or false, or one of t, yes, y, on, 1, f, no, n, off, 0',
    mistakes: [],
    makeCheck: () => anyCaseCheck([...yes, ...no]),
    convert: ({ text }) => `if(lower(${text}) in (${yes.map(stringLiteral).join(', ')}), true, false)`,
  };
}
