import { isDigits, minus, point, smallNumber, zero } from './digits.js';

const colon = 0x3a;
const monthLengths = Uint8Array.of(0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/** A day of the proleptic Gregorian calendar; the year's four digits start at `year`, the others are given by their ends. */
export function isDate(bytes: Buffer, day: number, dayEnd: number, month: number, monthEnd: number, year: number): boolean {
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
export function isFullDate(bytes: Buffer, start: number): boolean {
  return bytes[start + 4] === minus && bytes[start + 7] === minus && isDate(bytes, start + 8, start + 10, start + 5, start + 7, start);
}

/** `hh:mm`, `hh:mm:ss` or `hh:mm:ss.f` with at most `precision` digits after the point, from 00:00 to 23:59:59.999999. */
export function isTime(bytes: Buffer, start: number, end: number, precision: number): boolean {
  if (end - start < 5 || bytes[start + 2] !== colon || !isBelow(bytes, start, 24) || !isBelow(bytes, start + 3, 60)) return false;
  if (end - start === 5) return true;
  if (end - start < 8 || bytes[start + 5] !== colon || !isBelow(bytes, start + 6, 60)) return false;
  if (end - start === 8) return true;
  const digits = end - start - 9;
  return bytes[start + 8] === point && digits >= 1 && digits <= precision && isDigits(bytes, start + 9, end);
}

/** Two digits that are a number below the limit. */
export function isBelow(bytes: Buffer, start: number, limit: number): boolean {
  return isDigits(bytes, start, start + 2) && smallNumber(bytes, start, start + 2) < limit;
}
