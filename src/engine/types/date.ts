import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import { otherDates } from '../definition/wishes.js';
import { isDayFirstDate, isYearFirstDate, yearFirstCheck, yearLastCheck } from './bytes/date-checks.js';
import { ascii } from './staged-field.js';
import type { TypeTraits, ValueCheck } from './traits.js';

interface DateForm {
  readonly makeCheck: () => ValueCheck;
  /** As str_to_date takes it. */
  readonly sql: string;
  /** The last day of 2025. */
  readonly example: string;
}

const yearLast = (separator: string, monthFirst = false): Pick<DateForm, 'makeCheck'> => ({
  makeCheck: () => yearLastCheck(separator.charCodeAt(0), monthFirst),
});

const forms = {
  'd/m/yyyy': { makeCheck: () => isDayFirstDate, sql: '%d/%m/%Y', example: '31/12/2025' },
  'd.m.yyyy': { ...yearLast('.'), sql: '%d.%m.%Y', example: '31.12.2025' },
  'd-m-yyyy': { ...yearLast('-'), sql: '%d-%m-%Y', example: '31-12-2025' },
  'm/d/yyyy': { ...yearLast('/', true), sql: '%m/%d/%Y', example: '12/31/2025' },
  'yyyy-mm-dd': { makeCheck: () => isYearFirstDate, sql: '%Y-%m-%d', example: '2025-12-31' },
  'yyyy/mm/dd': { makeCheck: () => yearFirstCheck('/'.charCodeAt(0)), sql: '%Y/%m/%d', example: '2025/12/31' },
  yyyymmdd: { makeCheck: () => yearFirstCheck(), sql: '%Y%m%d', example: '20251231' },
} as const satisfies Readonly<Record<string, DateForm>>;

/** From the commonest to the rarest; where a file's days fit several, the first one is the likelier. */
export const dateFormats = Object.keys(forms) as (keyof typeof forms)[];

export const dateSchema = z
  .strictObject({
    kind: z.literal('date'),
    format: z
      .enum(dateFormats, { error: `must be ${dateFormats.map((format) => `'${format}'`).join(', ')}; ${otherDates}` })
      .describe('How the file writes a day. d and m have one digit or two, mm and dd have two.'),
    form: z
      .enum(['any', 'strict'], { error: "must be 'any' or 'strict'" })
      .optional()
      .describe("'strict': no white space around the day. Without it, white space is trimmed."),
  })
  .describe('A day that exists, of the years 1000 to 9999.');

export function dateTraits({ format, form }: Definition<typeof dateSchema>): TypeTraits {
  const { makeCheck, sql, example } = forms[format];
  return {
    sqlType: 'date',
    keyBytes: 3,
    rowBytes: 3,
    rule: `must be a day that exists, of the years 1000 to 9999, as ${format}, such as ${example}`,
    mistakes: [],
    ...(form === 'strict' && { exact: true }),
    nullKey: "cast('0001-01-01' as date)",
    makeCheck,
    convert: ({ text }) => `str_to_date(${ascii(text)}, '${sql}')`,
  };
}
