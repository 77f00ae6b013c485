import { z } from 'zod';
import { trimmed, type Definition } from '../definition/schema/parts.js';
import { stringLiteral } from '../sql/identifier.js';
import type { TypeTraits, ValueCheck } from './traits.js';

export const textSchema = z
  .strictObject({
    kind: z.literal('text'),
    maxLength: z
      .int()
      .min(1, 'must be 1..1048576')
      .max(1_048_576, 'must be 1..1048576')
      .describe("The most characters, after `trim`. A text of more than 768 can't be in a key."),
    trim: z
      .enum(['both', 'end', 'none'], { error: "must be 'both', 'end' or 'none'" })
      .optional()
      .describe(
        "What is cut off: 'both': white space on both sides (when left out). 'end': only spaces at the end, such as those of a database's char(n). 'none': nothing.",
      ),
    dictionary: z
      .literal(true, { error: 'must be true, or be left out' })
      .optional()
      .describe('Only for append entities. Each different value is stored once, at most 65,535 values, and rows hold its number.'),
    empty: trimmed.optional().describe("What is stored for an empty value. When left out '', or NULL in a nullable column."),
  })
  .describe('Text, trimmed of ASCII space, tab, CR and LF unless `trim` says otherwise. It is compared exactly.');

/** Beyond that no key could hold it, and the widths of such columns would soon be more than a row may have. */
const longestVarchar = 768;

/** Ids of a dictionary are smallint unsigned, from 1 on. */
export const dictionarySize = 65_535;

export function textTraits({ maxLength, dictionary, empty = '', trim = 'both' }: Definition<typeof textSchema>): TypeTraits {
  const isLong = maxLength > longestVarchar;
  const fits = [...empty].length <= maxLength;
  return {
    sqlType: isLong ? 'mediumtext' : `varchar(${maxLength})`,
    keyBytes: 4 * maxLength,
    rowBytes: isLong ? 12 : 4 * maxLength + 2,
    rule: `must have at most ${maxLength} characters`,
    mistakes: [
      ...(fits ? [] : [{ property: 'empty', text: `must have at most maxLength, ${maxLength}, characters` }]),
      ...(dictionary && trim !== 'both'
        ? [{ property: 'trim', text: 'must be left out where dictionary is true, whose values differ by more than blanks at their end' }]
        : []),
      ...(dictionary && isLong ? [{ property: 'maxLength', text: `must be at most ${longestVarchar} where dictionary is true` }] : []),
    ],
    empty,
    ...(trim !== 'both' && { exact: true }),
    makeCheck: () => (trim === 'end' ? withoutSpaces(lengthCheck(maxLength)) : lengthCheck(maxLength)),
    convert: ({ text: trimmedText, delivered }) => {
      const text = trim === 'both' ? trimmedText : trim === 'end' ? `trim(trailing ' ' from ${delivered})` : delivered;
      // Null where the row was staged before there was such a column: then nothing is known of it.
      // Servers take blanks for an empty text where they compare.
      return empty === '' ? text : `if(${trim === 'none' ? `length(${text}) = 0` : `${text} = ''`}, ${stringLiteral(empty)}, ${text})`;
    },
  };
}

/** The check of a value without the spaces at its end. */
function withoutSpaces(check: ValueCheck): ValueCheck {
  return (bytes, start, end) => {
    let last = end;
    while (start < last && bytes[last - 1] === 0x20) last--;
    return check(bytes, start, last);
  };
}

/** Characters are code points: bytes of valid UTF-8 that don't continue one. */
function lengthCheck(maxLength: number): ValueCheck {
  return (bytes, start, end) => {
    if (end - start <= maxLength) return true;
    let characters = 0;
    for (let at = start; at < end; at++) if ((bytes[at]! & 0xc0) !== 0x80) characters++;
    return characters <= maxLength;
  };
}
