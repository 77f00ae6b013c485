import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import { timeCheck } from './bytes/date-checks.js';
import { ascii } from './staged-field.js';
import type { TypeTraits } from './traits.js';

export const fractionDigits = z.int().min(0, 'must be 0..6').max(6, 'must be 0..6').describe('Digits of a fraction of a second, at most.');

export const timeSchema = z
  .strictObject({ kind: z.literal('time'), precision: fractionDigits })
  .describe('A time of day as hh:mm, hh:mm:ss or hh:mm:ss.f, from 00:00 to before 24:00.');

export function timeTraits({ precision }: Definition<typeof timeSchema>): TypeTraits {
  const bytes = 3 + fractionBytes(precision);
  return {
    sqlType: precision === 0 ? 'time' : `time(${precision})`,
    keyBytes: bytes,
    rowBytes: bytes,
    rule: `must be a time of day as hh:mm or hh:mm:ss, such as 23:59:59${fractionRule(precision)}`,
    mistakes: [],
    makeCheck: () => timeCheck(precision),
    convert: ({ text }) => `cast(${ascii(text)} as time(${precision}))`,
  };
}

export function fractionBytes(precision: number): number {
  return Math.ceil(precision / 2);
}

export function fractionRule(precision: number): string {
  if (precision === 0) return ', without a fraction of a second';
  return `, with at most ${precision === 1 ? '1 digit' : `${precision} digits`} of a fraction of a second`;
}
