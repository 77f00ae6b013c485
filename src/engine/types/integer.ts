import { z } from 'zod';
import { list, type Definition } from '../definition/schema/parts.js';
import { listed } from '../read/csv/header/fields.js';
import { signedCheck, unsignedCheck } from './bytes/number-checks.js';
import { shortSigned, withoutZeros } from './staged-field.js';
import type { TypeTraits, ValueCheck } from './traits.js';

const bound = z
  .string()
  .regex(/^(0|-?[1-9]\d{0,19})$/, "must be a whole number from -2^63 to 2^64-1, written as text ('4294967295' or '-100')");

export const integerSchema = z
  .strictObject({
    kind: z.literal('integer'),
    min: bound.describe('The smallest good value, written as text, because it may be above 2^53. Values below 0 have a minus sign.'),
    max: bound.describe('The greatest good value, written as text.'),
    also: list(bound, 'value').optional().describe("Good values outside of these bounds, written as text, such as '-1' for none."),
  })
  .describe('A whole number in ASCII digits of up to 64 bits. Leading zeros are allowed.');

const [lowest, greatestSigned, greatest] = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n];

export function integerTraits({ min, max, also = [] }: Definition<typeof integerSchema>): TypeTraits {
  const signed = [min, ...also].some((bound) => bound.startsWith('-'));
  const numbers = [min, max, ...also].map(BigInt);
  const low = numbers.reduce((a, b) => (a < b ? a : b));
  const high = numbers.reduce((a, b) => (a > b ? a : b));
  const bytes = (signed ? low >= -(2n ** 31n) && high < 2n ** 31n : high < 2n ** 32n) ? 4 : 8;
  const inside = also.find((value) => BigInt(value) >= BigInt(min) && BigInt(value) <= BigInt(max));
  return {
    sqlType: `${bytes === 4 ? 'int' : 'bigint'}${signed ? '' : ' unsigned'}`,
    keyBytes: bytes,
    rowBytes: bytes,
    rule: `must be a whole number from ${min} to ${max}${also.length > 0 ? `, or ${listed(also)}` : ''}, in digits alone${signed ? ' but for a minus sign' : ''}`,
    mistakes: [
      ...(high > greatest ? [{ property: 'max', text: 'must be at most 18446744073709551615 (2^64-1)' }] : []),
      ...(signed && high > greatestSigned && high <= greatest
        ? [{ property: 'max', text: 'must be at most 9223372036854775807 (2^63-1) where a good value is below 0' }]
        : []),
      ...(low < lowest ? [{ property: 'min', text: 'must be at least -9223372036854775808 (-2^63)' }] : []),
      ...(BigInt(min) > BigInt(max) ? [{ property: 'min', text: `must not be greater than max, ${max}` }] : []),
      ...(inside === undefined ? [] : [{ property: 'also', text: `has ${inside}, which lies between min and max. Leave it out` }]),
    ],
    makeCheck: () => {
      if (also.length === 0) return rangeCheck(min, max);
      const checks = [rangeCheck(min, max), ...also.map((value) => rangeCheck(value, value))];
      return (bytes, start, end) => checks.some((check) => check(bytes, start, end));
    },
    convert: (field) =>
      signed ? `cast(${field.number(shortSigned(field))} as signed)` : `cast(${field.number(withoutZeros)} as unsigned)`,
  };
}

function rangeCheck(min: string, max: string): ValueCheck {
  return min.startsWith('-') ? signedCheck(min, max) : unsignedCheck(min, max);
}
