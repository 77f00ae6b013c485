import { z } from 'zod';
import { isDate } from '../../../contracts/dates/dates.js';
import { into, name, schedule, setting } from './parts.js';

const placeholder = z.string().regex(/^(?!date$)[a-z][a-z0-9_]*$/, 'must be snake_case, and not date');
const part = z.string().regex(/^[A-Za-z0-9_.-]{1,32}$/, 'must have 1 to 32 letters, digits, and _ . -');
const member = z.string().min(1, 'must not be empty');

export const httpExtractSchema = z
  .strictObject({
    name: name(48).describe(
      'The name of the extract in `strata extract --extract` and in the tables of gear. Its answers are in a folder of this name.',
    ),
    kind: z.literal('http').describe('A server that answers HTTP requests with JSON documents, one for each day.'),
    setting: setting('RATES_URL').describe(
      'The environment variable that holds the address that every request begins with, https://host/path?key=value. It may hold a user and a password.',
    ),
    tokenSetting: setting('RATES_TOKEN')
      .optional()
      .describe('The environment variable that holds a token, which is sent as Authorization: Bearer.'),
    optional: z
      .literal(true, { error: 'must be true, or be left out' })
      .optional()
      .describe('If its setting is not set, the extract does nothing. Without this it fails.'),
    into,
    schedule,
    since: z
      .string()
      .refine(isDate, 'must be a date that exists, of the years 1000 to 9999, such as 2026-01-31')
      .describe('The first day that is asked for.'),
    path: z
      .string()
      .regex(
        /^\/[^#\s]*\{date\}[^#\s]*$|^\?[^#\s]*\{date\}[^#\s]*$/,
        "must begin with / or ? and hold {date}, such as '/{date}?base={base}'",
      )
      .describe('What a request adds to the address: {date} is the day, yyyy-mm-dd, and other names in braces are those of values.'),
    values: z
      .record(placeholder, z.array(part).min(1, 'must hold at least one value'))
      .optional()
      .describe("The values of other names in the path, each with its own requests: { base: ['GBP'] }."),
    answer: z
      .strictObject({
        entries: member.optional().describe('The member of the answer that must be an object, such as rates.'),
        date: member
          .optional()
          .describe(
            'The member of the answer that holds its day, yyyy-mm-dd. If that is not the day that was asked for, later runs ask again until the day is a week old.',
          ),
      })
      .describe('What an answer must have to be stored.'),
  })
  .describe('A server with one document for each day. Each is stored unchanged in a lake, where a feed reads it.');
