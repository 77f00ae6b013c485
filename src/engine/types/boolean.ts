import { z } from 'zod';
import { list, trimmed, type Definition } from '../definition/schema/parts.js';
import { listed } from '../read/csv/header/fields.js';
import { stringLiteral } from '../sql/identifier.js';
import { anyCaseCheck } from './choice.js';
import type { TypeTraits, ValueCheck } from './traits.js';

const words = list(trimmed.min(1, 'must not be empty').max(255), 'word');

export const booleanSchema = z
  .strictObject({
    kind: z.literal('boolean'),
    true: words.optional().describe('How files write true: true, t, yes, y, on and 1 when left out.'),
    false: words.optional().describe('How files write false: false, f, no, n, off and 0 when left out.'),
  })
  .describe('True or false, written as one of a few words, in upper or lower case. Stored as 1 or 0.');

type BooleanType = Definition<typeof booleanSchema>;

const wordsOfTrue = (type: BooleanType) => type.true ?? ['true', 't', 'yes', 'y', 'on', '1'];

/** Whether a good value is true. */
export function trueCheck(type: BooleanType): ValueCheck {
  return anyCaseCheck(wordsOfTrue(type));
}

export function booleanTraits(type: BooleanType): TypeTraits {
  const yes = wordsOfTrue(type);
  const no = type.false ?? ['false', 'f', 'no', 'n', 'off', '0'];
  const lower = yes.map((word) => word.toLowerCase());
  const shared = no.find((word) => lower.includes(word.toLowerCase()));
  return {
    sqlType: 'boolean',
    keyBytes: 1,
    rowBytes: 1,
    rule: `must be one of ${listed(yes)} (true) or ${listed(no)} (false)`,
    mistakes:
      shared === undefined ? [] : [{ property: 'false', text: `has ${shared}, which also means true. Keep it in one of the lists` }],
    makeCheck: () => anyCaseCheck([...yes, ...no]),
    convert: ({ text }) => `if(lower(${text}) in (${lower.map(stringLiteral).join(', ')}), true, false)`,
  };
}
