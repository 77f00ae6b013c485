import { z } from 'zod';

export const decimalSchema = z
  .strictObject({
    kind: z.literal('decimal'),
    precision: z.int().min(1, 'must be 1..65').max(65, 'must be 1..65').describe('Digits in all.'),
    scale: z.int().min(0, 'must be 0..30').max(30, 'must be 0..30').describe('Digits after the point, at most.'),
  })
  .describe('A number with a point before its decimals: -?digits or -?digits.digits.');
