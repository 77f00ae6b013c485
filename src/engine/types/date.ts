import { z } from 'zod';
import { otherDates } from '../definition/wishes.js';

export const dateSchema = z
  .strictObject({
    kind: z.literal('date'),
    format: z
      .enum(['d/m/yyyy', 'yyyy-mm-dd'], { error: `must be 'd/m/yyyy' or 'yyyy-mm-dd'; ${otherDates}` })
      .describe('How the file writes a day.'),
  })
  .describe('A day that exists, of the years 1000 to 9999; day and month may be zero-padded.');
