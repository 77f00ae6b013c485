/** Checks of days and times on bytes; for why the helpers stand here see number-checks.ts. */
import type { ValueCheck } from '../traits.js';

const zero = 0x30;
const minus = 0x2d;
const plus = 0x2b;
const point = 0x2e;
const slash = 0x2f;
const colon = 0x3a;
const blank = 0x20;
const letterT = 0x54;
const letterZ = 0x5a;
const monthLengths = Uint8Array.of(0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

export function isDayFirstDate(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 8 || end - start > 10) return false;
  const dayEnd = bytes[start + 1] === slash ? start + 1 : start + 2;
  const monthEnd = end - 5;
  return bytes[dayEnd] === slash && bytes[monthEnd] === slash && isDate(bytes, start, dayEnd, dayEnd + 1, monthEnd, end - 4);
}

export function isYearFirstDate(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 8 || end - start > 10) return false;
  const month = start + 5;
  const monthEnd = bytes[month + 1] === minus ? month + 1 : month + 2;
  return bytes[start + 4] === minus && bytes[monthEnd] === minus && isDate(bytes, monthEnd + 1, end, month, monthEnd, start);
}

/** A time of day with at most `precision` digits of a fraction. */
export function timeCheck(precision: number): ValueCheck {
  return (bytes, start, end) => isTime(bytes, start, end, precision);
}

/** A value without a zone. Years that another zone could leave behind are left out: 1000 and 9999. */
export function localTimestampCheck(precision: number, utc: boolean): ValueCheck {
  return (bytes, start, end) => isLocal(bytes, start, end, precision) && (utc || isInnerYear(bytes, start));
}

export function givenTimestampCheck(precision: number): ValueCheck {
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

/** A day of the proleptic Gregorian calendar; the year's four digits start at `year`, the others are given by their ends. */
function isDate(bytes: Buffer, day: number, dayEnd: number, month: number, monthEnd: number, year: number): boolean {
  const dayDigits = dayEnd - day;
  const monthDigits = monthEnd - month;
  if (dayDigits < 1 || dayDigits > 2 || monthDigits < 1 || monthDigits > 2) return false;
  if (!isDigits(bytes, day, dayEnd) || !isDigits(bytes, month, monthEnd) || !isDigits(bytes, year, year + 4)) return false;
  if (bytes[year] === zero) return false;
  const dayNumber = smallNumber(bytes, day, dayEnd);
  const monthNumber = smallNumber(bytes, month, monthEnd);
  if (dayNumber < 1 || monthNumber < 1 || monthNumber > 12 || dayNumber > monthLengths[monthNumber]!) return false;
  return dayNumber !== 29 || monthNumber !== 2 || isLeapYear(smallNumber(bytes, year, year + 2), smallNumber(bytes, year + 2, year + 4));
}

function isLeapYear(century: number, yearOfCentury: number): boolean {
  return yearOfCentury === 0 ? century % 4 === 0 : yearOfCentury % 4 === 0;
}

/** `yyyy-mm-dd` with all of its ten digits and signs, which is how a timestamp begins. */
function isFullDate(bytes: Buffer, start: number): boolean {
  return bytes[start + 4] === minus && bytes[start + 7] === minus && isDate(bytes, start + 8, start + 10, start + 5, start + 7, start);
}

/** `hh:mm`, `hh:mm:ss` or `hh:mm:ss.f` with at most `precision` digits after the point, from 00:00 to 23:59:59.999999. */
function isTime(bytes: Buffer, start: number, end: number, precision: number): boolean {
  if (end - start < 5 || bytes[start + 2] !== colon || !isBelow(bytes, start, 24) || !isBelow(bytes, start + 3, 60)) return false;
  if (end - start === 5) return true;
  if (end - start < 8 || bytes[start + 5] !== colon || !isBelow(bytes, start + 6, 60)) return false;
  if (end - start === 8) return true;
  const digits = end - start - 9;
  return bytes[start + 8] === point && digits >= 1 && digits <= precision && isDigits(bytes, start + 9, end);
}

/** Two digits that are a number below the limit. */
function isBelow(bytes: Buffer, start: number, limit: number): boolean {
  return isDigits(bytes, start, start + 2) && smallNumber(bytes, start, start + 2) < limit;
}

function isDigits(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - zero;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

/** One or two digits as a number, from bytes that are known to be digits. */
function smallNumber(bytes: Buffer, start: number, end: number): number {
  const last = bytes[end - 1]! - zero;
  return end - start === 1 ? last : (bytes[start]! - zero) * 10 + last;
}
