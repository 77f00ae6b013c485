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
  return end - start === 10 && isFullDate(bytes, start);
}

/** A day with the year last, in four digits, and the day or the month first, in one digit or two. */
export function yearLastCheck(separator: number, monthFirst: boolean): ValueCheck {
  return (bytes, start, end) => {
    if (end - start < 8 || end - start > 10) return false;
    const firstEnd = bytes[start + 1] === separator ? start + 1 : start + 2;
    const secondEnd = end - 5;
    if (bytes[firstEnd] !== separator || bytes[secondEnd] !== separator) return false;
    const second = firstEnd + 1;
    return monthFirst
      ? isDate(bytes, second, secondEnd, start, firstEnd, end - 4)
      : isDate(bytes, start, firstEnd, second, secondEnd, end - 4);
  };
}

/** A day with the year first, all of its eight digits, and a separator or none between them. */
export function yearFirstCheck(separator?: number): ValueCheck {
  const gap = separator === undefined ? 0 : 1;
  return (bytes, start, end) => {
    const month = start + 4 + gap;
    const day = month + 2 + gap;
    if (end !== day + 2 || (gap === 1 && (bytes[month - 1] !== separator || bytes[day - 1] !== separator))) return false;
    return isDate(bytes, day, end, month, month + 2, start);
  };
}

/** A time of day with at most `precision` digits of a fraction. */
export function timeCheck(precision: number): ValueCheck {
  return (bytes, start, end) => isTime(bytes, start, end, precision);
}

/** How a file writes timestamps. */
export interface TimestampForm {
  /** Digits of a fraction, at most. */
  readonly digits: number;
  /** Whether a value ends with its zone. */
  readonly zone: 'never' | 'always' | 'maybe';
  /** Minutes that a value without its zone is ahead of UTC. */
  readonly ahead: number;
  /** Seconds are always there, and an offset has a colon. */
  readonly isStrict: boolean;
}

/** A day and a time that exist, and whose year in UTC has four digits too. */
export function timestampCheck({ digits, zone, ahead, isStrict }: TimestampForm): ValueCheck {
  return (bytes, start, end) => {
    const found = zone === 'never' ? -1 : zoneStart(bytes, start, end, isStrict);
    if (found === -1 && zone === 'always') return false;
    const localEnd = found === -1 ? end : found;
    if (isStrict && localEnd - start < 19) return false;
    return isLocal(bytes, start, localEnd, digits) && isYearOfUtc(bytes, start, found === -1 ? ahead : minutesAhead(bytes, found, end));
  };
}

function isLocal(bytes: Buffer, start: number, end: number, precision: number): boolean {
  const between = bytes[start + 10];
  return (
    end - start >= 16 && (between === blank || between === letterT) && isFullDate(bytes, start) && isTime(bytes, start + 11, end, precision)
  );
}

/** Whether the value's year in UTC is from 1000 to 9999. Values of the years between them are not looked at any closer. */
function isYearOfUtc(bytes: Buffer, start: number, ahead: number): boolean {
  if (ahead === 0 || !isOuterYear(bytes, start)) return true;
  const local = Date.parse(`${bytes.toString('latin1', start, start + 10)}T${bytes.toString('latin1', start + 11, start + 16)}Z`);
  const year = new Date(local - ahead * 60_000).getUTCFullYear();
  return year >= 1000 && year <= 9999;
}

function isOuterYear(bytes: Buffer, start: number): boolean {
  const year = bytes.toString('latin1', start, start + 4);
  return year === '1000' || year === '9999';
}

/** Where `Z`, `+hh:mm` and, unless the form is strict, `+hh` or `+hhmm` begin, up to 14:00 on either side; -1 without one of them. */
function zoneStart(bytes: Buffer, start: number, end: number, isStrict: boolean): number {
  if (bytes[end - 1] === letterZ) return end - 1;
  for (const length of isStrict ? strictOffsets : offsets) {
    const at = end - length;
    if (at < start + 16 || (bytes[at] !== plus && bytes[at] !== minus) || !isBelow(bytes, at + 1, 15)) continue;
    if (length === 6 && bytes[at + 3] !== colon) continue;
    if ((length === 3 || isBelow(bytes, end - 2, 60)) && Math.abs(minutesAhead(bytes, at, end)) <= 14 * 60) return at;
  }
  return -1;
}

const offsets = [3, 5, 6];
const strictOffsets = [6];

/** Of an offset, or `Z`, that was found there. */
function minutesAhead(bytes: Buffer, at: number, end: number): number {
  if (end - at < 3) return 0;
  const minutes = smallNumber(bytes, at + 1, at + 3) * 60 + (end - at === 3 ? 0 : smallNumber(bytes, end - 2, end));
  return bytes[at] === minus ? -minutes : minutes;
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
