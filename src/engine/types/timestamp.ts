import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import { givenTimestampCheck, localTimestampCheck } from './bytes/date-checks.js';
import { ascii } from './staged-field.js';
import { fractionBytes, fractionDigits, fractionRule } from './time.js';
import type { TypeTraits } from './traits.js';

const zonePattern = /^(?:utc|given|([+-])(0\d|1[0-4]):([0-5]\d))$/;

export const timestampSchema = z
  .strictObject({
    kind: z.literal('timestamp'),
    zone: z
      .string()
      .regex(zonePattern, "must be 'utc', 'given' (each value ends with Z or its offset) or an offset such as '+02:00'")
      .describe("Whose clock the values are of: 'utc', an offset such as '+02:00', or 'given' where each value ends with Z or its offset."),
    precision: fractionDigits,
  })
  .describe('A day and a time as yyyy-mm-dd hh:mm:ss, with a T or a blank between them. It is stored in UTC.');

export function timestampTraits({ zone, precision }: Definition<typeof timestampSchema>): TypeTraits {
  const bytes = 5 + fractionBytes(precision);
  const given = zone === 'given';
  return {
    sqlType: precision === 0 ? 'datetime' : `datetime(${precision})`,
    keyBytes: bytes,
    rowBytes: bytes,
    rule: `must be a day and a time that exist, as yyyy-mm-dd hh:mm:ss${given ? ' with Z or an offset such as +02:00 at its end' : ' without a zone'}${fractionRule(precision)}`,
    mistakes: [],
    makeCheck: () => (given ? givenTimestampCheck(precision) : localTimestampCheck(precision, zone === 'utc')),
    convert: ({ text }) => inUtc(ascii(text), zone, precision),
  };
}

/** The offset is subtracted by hand: convert_tz leaves times before 1970 and after 2037 as they are. */
function inUtc(text: string, zone: string, precision: number): string {
  const cast = (local: string) => `cast(replace(${local}, 'T', ' ') as datetime(${precision}))`;
  if (zone !== 'given') {
    const [, sign, hours, minutes] = zonePattern.exec(zone) ?? [];
    const behind = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -1 : 1);
    return behind === 0 ? cast(text) : `${cast(text)} - interval ${behind} minute`;
  }
  // The signs of the day are the first ten characters; one after them is that of the offset.
  const at = `greatest(locate('+', ${text}, 11), locate('-', ${text}, 11))`;
  const digits = `replace(substring(${text}, ${at} + 1), ':', '')`;
  const minutes = `(substring(${digits}, 1, 2) * 60 + if(length(${digits}) = 4, substring(${digits}, 3, 2), 0))`;
  const signed = `${minutes} * if(locate('+', ${text}, 11) > 0, 1, -1)`;
  return `${cast(`left(${text}, if(${at} > 0, ${at}, length(${text})) - 1)`)} - interval if(${at} > 0, ${signed}, 0) minute`;
}
