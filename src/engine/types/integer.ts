import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import { signedCheck, unsignedCheck } from './bytes/number-checks.js';
import { shortSigned, withoutZeros } from './staged-field.js';
import type { TypeTraits } from './traits.js';

const bound = z
  .string()
  .regex(/^(0|-?[1-9]\d{0,19})$/, "must be a whole number from -2^63 to 2^64-1, written as text ('4294967295' or '-100')");

export const integerSchema = z
  .strictObject({
    kind: z.literal('integer'),
    min: bound.describe('The smallest good value, written as text, because it may pass 2^53. Values below 0 have a minus sign.'),
    max: bound.describe('The greatest good value, written as text.'),
  })
  .describe('A whole number in ASCII digits of up to 64 bits; leading zeros are allowed.');

const [lowest, greatestSigned, greatest] = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n];

export function integerTraits({ min, max }: Definition<typeof integerSchema>): TypeTraits {
  const signed = min.startsWith('-');
  const [low, high] = [BigInt(min), BigInt(max)];
  const bytes = (signed ? low >= -(2n ** 31n) && high < 2n ** 31n : high < 2n ** 32n) ? 4 : 8;
  return {
    sqlType: `${bytes === 4 ? 'int' : 'bigint'}${signed ? '' : ' unsigned'}`,
    keyBytes: bytes,
    rowBytes: bytes,
    rule: `must be a whole number from ${min} to ${max}, in digits alone${signed ? ' but for a minus sign' : ''}`,
    mistakes: [
      ...(high > greatest ? [{ property: 'max', text: 'must be at most 18446744073709551615 (2^64-1)' }] : []),
      ...(signed && high > greatestSigned && high <= greatest
        ? [{ property: 'max', text: 'must be at most 9223372036854775807 (2^63-1) where min is below 0' }]
        : []),
      ...(low < lowest ? [{ property: 'min', text: 'must be at least -9223372036854775808 (-2^63)' }] : []),
      ...(low > high ? [{ property: 'min', text: `must not be greater than max, ${max}` }] : []),
    ],
    makeCheck: () => (signed ? signedCheck(min, max) : unsignedCheck(min, max)),
    convert: (field) =>
      signed ? `cast(${field.number(shortSigned(field))} as signed)` : `cast(${field.number(withoutZeros)} as unsigned)`,
  };
}
