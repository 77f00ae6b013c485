import { z } from 'zod';

const bound = z.string().regex(/^(0|[1-9]\d{0,19})$/, "must be a whole number from 0 to 2^64-1, written as text ('4294967295')");

export const integerSchema = z
  .strictObject({
    kind: z.literal('integer'),
    min: bound.describe('The smallest good value, written as text, because it may pass 2^53.'),
    max: bound.describe('The greatest good value, written as text.'),
  })
  .describe('A whole number in ASCII digits; leading zeros are allowed.');
