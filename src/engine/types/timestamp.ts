import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import { isBelow, isFullDate, isTime } from './bytes/calendar.js';
import { minus } from './bytes/digits.js';
import { ascii } from './staged-field.js';
import { fractionBytes, fractionDigits, fractionRule } from './time.js';
import type { TypeTraits, ValueCheck } from './traits.js';

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

const [blank, letterT, letterZ, plus, colon] = [0x20, 0x54, 0x5a, 0x2b, 0x3a];

export function timestampTraits({ zone, precision }: Definition<typeof timestampSchema>): TypeTraits {
  const bytes = 5 + fractionBytes(precision);
  const given = zone === 'given';
  return {
    sqlType: precision === 0 ? 'datetime' : `datetime(${precision})`,
    keyBytes: bytes,
    rowBytes: bytes,
    rule: `must be a day and a time that exist, as yyyy-mm-dd hh:mm:ss${given ? ' with Z or an offset such as +02:00 at its end' : ' without a zone'}${fractionRule(precision)}`,
    mistakes: [],
    makeCheck: () => (given ? givenCheck(precision) : localCheck(precision, zone === 'utc')),
    convert: ({ text }) => inUtc(ascii(text), zone, precision),
  };
}

/** A value without a zone. Years that another zone could leave behind are left out: 1000 and 9999. */
function localCheck(precision: number, utc: boolean): ValueCheck {
  return (bytes, start, end) => isLocal(bytes, start, end, precision) && (utc || isInnerYear(bytes, start));
}

function givenCheck(precision: number): ValueCheck {
  return (bytes, start, end) => {
    const zone = zoneStart(bytes, start, end);
    return zone !== -1 && isLocal(bytes, start, zone, precision) && isInnerYear(bytes, start);
  };
}

function isLocal(bytes: Buffer, start: number, end: number, precision: number): boolean {
  const between = bytes[start + 10];
  return (
    end - start >= 16 && (between === blank || between === letterT) && isFullDate(bytes, start) && isTime(bytes, start + 11, end, precision)
  );
}

function isInnerYear(bytes: Buffer, start: number): boolean {
  const year = bytes.toString('latin1', start, start + 4);
  return year !== '1000' && year !== '9999';
}

/** Where `Z`, `+hh`, `+hhmm` or `+hh:mm` begin, up to 14:59 on either side; -1 without one of them. */
function zoneStart(bytes: Buffer, start: number, end: number): number {
  if (bytes[end - 1] === letterZ) return end - 1;
  for (const length of [3, 5, 6]) {
    const at = end - length;
    if (at < start + 16 || (bytes[at] !== plus && bytes[at] !== minus) || !isBelow(bytes, at + 1, 15)) continue;
    if (length === 3) return at;
    if (length === 6 && bytes[at + 3] !== colon) continue;
    if (isBelow(bytes, end - 2, 60)) return at;
  }
  return -1;
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
