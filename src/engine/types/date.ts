import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import { otherDates } from '../definition/wishes.js';
import { isDayFirstDate, isYearFirstDate } from './bytes/date-checks.js';
import { ascii } from './staged-field.js';
import type { TypeTraits } from './traits.js';

export const dateSchema = z
  .strictObject({
    kind: z.literal('date'),
    format: z
      .enum(['d/m/yyyy', 'yyyy-mm-dd'], { error: `must be 'd/m/yyyy' or 'yyyy-mm-dd'; ${otherDates}` })
      .describe('How the file writes a day.'),
  })
  .describe('A day that exists, of the years 1000 to 9999; day and month may be zero-padded.');

export function dateTraits({ format }: Definition<typeof dateSchema>): TypeTraits {
  const dayFirst = format === 'd/m/yyyy';
  return {
    sqlType: 'date',
    keyBytes: 3,
    rowBytes: 3,
    rule: `must be a day that exists, as ${format}, such as ${dayFirst ? '31/12/2025' : '2025-12-31'}`,
    mistakes: [],
    makeCheck: () => (dayFirst ? isDayFirstDate : isYearFirstDate),
    convert: ({ text }) => `str_to_date(${ascii(text)}, ${dayFirst ? "'%d/%m/%Y'" : "'%Y-%m-%d'"})`,
  };
}
