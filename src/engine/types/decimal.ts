import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import { decimalCheck } from './bytes/number-checks.js';
import { shortSigned } from './staged-field.js';
import type { TypeTraits } from './traits.js';

export const decimalSchema = z
  .strictObject({
    kind: z.literal('decimal'),
    precision: z.int().min(1, 'must be 1..65').max(65, 'must be 1..65').describe('Digits in all.'),
    scale: z.int().min(0, 'must be 0..30').max(30, 'must be 0..30').describe('Digits after the point, at most.'),
  })
  .describe('A number with a point before its decimals: -?digits or -?digits.digits.');

export function decimalTraits({ precision, scale }: Definition<typeof decimalSchema>): TypeTraits {
  const bytes = digitBytes(precision - scale) + digitBytes(scale);
  return {
    sqlType: `decimal(${precision},${scale})`,
    keyBytes: bytes,
    rowBytes: bytes,
    rule:
      scale === 0
        ? `must be a number of at most ${digits(precision)} without decimals, in digits alone but for a minus sign`
        : `must be a number with a point before its decimals: at most ${digits(precision - scale)} before the point, 1 to ${scale} after it, and no other sign than a minus`,
    mistakes: scale > precision ? [{ property: 'scale', text: `must not be greater than precision, ${precision}` }] : [],
    makeCheck: () => decimalCheck(precision, scale),
    convert: (field) => `cast(${field.number(shortSigned(field))} as decimal(${precision},${scale}))`,
  };
}

/** Decimals are stored in groups of nine digits of four bytes, the rest in 1 to 4 bytes. */
function digitBytes(count: number): number {
  return Math.floor(count / 9) * 4 + Math.ceil((count % 9) / 2);
}

function digits(count: number): string {
  return count === 1 ? '1 digit' : `${count} digits`;
}
