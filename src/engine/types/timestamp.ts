import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import { timestampCheck } from './bytes/date-checks.js';
import { ascii } from './staged-field.js';
import { fractionBytes, fractionDigits, fractionRule } from './time.js';
import type { TypeTraits } from './traits.js';

const zonePattern = /^(?:none|utc|given|given-or-utc|([+-])(0\d|1[0-3]):([0-5]\d)|([+-])14:00)$/;

export const timestampSchema = z
  .strictObject({
    kind: z.literal('timestamp'),
    zone: z
      .string()
      .regex(
        zonePattern,
        "must be 'none' (stored as written), 'utc', 'given' (each value ends with Z or its offset), 'given-or-utc' (some do, the others are of UTC) or an offset such as '+02:00', at most 14:00",
      )
      .describe(
        "The zone of the values. 'utc', or an offset such as '+02:00'. 'given': each value ends with Z or its offset. 'given-or-utc': a value without an offset is UTC. 'none': a local time, stored as written.",
      ),
    precision: fractionDigits,
    extraDigits: z
      .enum(['refuse', 'cut'], { error: "must be 'refuse' or 'cut'" })
      .optional()
      .describe('What happens to more digits of a fraction than precision: the value is bad (when left out), or the digits are cut off.'),
    form: z
      .enum(['any', 'strict'], { error: "must be 'any' or 'strict'" })
      .optional()
      .describe(
        "'strict': a time needs seconds, and an offset has the form +02:00. Without it, hh:mm is a time too, and +02 and +0200 are offsets.",
      ),
  })
  .describe(
    'A day and a time as yyyy-mm-dd hh:mm:ss, with a T or a blank between them. It is stored in UTC, or as written if it has no zone.',
  );

type TimestampType = Definition<typeof timestampSchema>;

export function timestampTraits(type: TimestampType): TypeTraits {
  const { zone, precision, extraDigits, form } = type;
  const bytes = 5 + fractionBytes(precision);
  return {
    sqlType: precision === 0 ? 'datetime' : `datetime(${precision})`,
    keyBytes: bytes,
    rowBytes: bytes,
    rule: `must be a day and a time that exist, of the years 1000 to 9999, as yyyy-mm-dd hh:mm:ss${zoneRules[zone] ?? ' without a zone'}${extraDigits === 'cut' ? '' : fractionRule(precision)}`,
    mistakes: [],
    nullKey: `cast('0001-01-01 00:00:00' as datetime(${precision}))`,
    makeCheck: () =>
      timestampCheck({
        digits: extraDigits === 'cut' ? Infinity : precision,
        zone: zone === 'given' ? 'always' : zone === 'given-or-utc' ? 'maybe' : 'never',
        ahead: minutesAhead(zone),
        isStrict: form === 'strict',
      }),
    convert: ({ text }) => inUtc(ascii(text), type),
  };
}

const zoneRules: Readonly<Record<string, string>> = {
  given: ' with Z or an offset such as +02:00 at its end',
  'given-or-utc': ' with Z, an offset such as +02:00 or nothing at its end',
};

/** Minutes that a clock is ahead of UTC. */
function minutesAhead(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  return (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -1 : 1);
}

/** The offset is subtracted by hand: convert_tz leaves times before 1970 and after 2037 as they are. */
function inUtc(text: string, { zone, precision, extraDigits }: TimestampType): string {
  // Servers round what is too precise for the type, or cut it, as their settings are.
  const cut = (local: string) => (extraDigits === 'cut' ? `left(${local}, ${precision === 0 ? 19 : 20 + precision})` : local);
  const cast = (local: string) => `cast(replace(${cut(local)}, 'T', ' ') as datetime(${precision}))`;
  if (zone !== 'given' && zone !== 'given-or-utc') {
    const ahead = minutesAhead(zone);
    return ahead === 0 ? cast(text) : `${cast(text)} - interval ${ahead} minute`;
  }
  // The first ten characters are the day. A sign after them belongs to the offset.
  const at = `greatest(locate('+', ${text}, 11), locate('-', ${text}, 11))`;
  const digits = `replace(substring(${text}, ${at} + 1), ':', '')`;
  const minutes = `(substring(${digits}, 1, 2) * 60 + if(length(${digits}) = 4, substring(${digits}, 3, 2), 0))`;
  const signed = `${minutes} * if(locate('+', ${text}, 11) > 0, 1, -1)`;
  const letterZ = zone === 'given' ? '1' : `(right(${text}, 1) = 'Z')`;
  return `${cast(`left(${text}, if(${at} > 0, ${at} - 1, length(${text}) - ${letterZ}))`)} - interval if(${at} > 0, ${signed}, 0) minute`;
}
