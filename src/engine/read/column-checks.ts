import type { ColumnType } from '../definition/types.js';

/** Whether bytes[start, end), a value that is trimmed and not empty, satisfies the column's type. */
export type ValueCheck = (bytes: Buffer, start: number, end: number) => boolean;

const zero = 0x30;
const minus = 0x2d;
const point = 0x2e;
const slash = 0x2f;
const monthLengths = Uint8Array.of(0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/** Makes the check of one column type. Checks allocate nothing and never make numbers or strings of a value. */
export function valueCheck(type: ColumnType): ValueCheck {
  switch (type.kind) {
    case 'integer':
      return integerCheck(type.min, type.max);
    case 'decimal':
      return decimalCheck(type.precision, type.scale);
    case 'date':
      return type.format === 'd/m/yyyy' ? isDayFirstDate : isYearFirstDate;
    case 'choice':
      return choiceCheck(type.values);
    case 'text':
      return textCheck(type.maxLength);
  }
}

/** Makes the check of a replayed row's former place, `<load id>@<byte>`. */
export function placeCheck(loadId: number): ValueCheck {
  const load = Buffer.from(`${loadId}@`);
  return (bytes, start, end) => {
    const digits = start + load.length;
    return digits < end && end - digits <= 16 && load.compare(bytes, start, digits) === 0 && isDigits(bytes, digits, end);
  };
}

function isDigits(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - zero;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

function afterZeros(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === zero) at++;
  return at;
}

/** Less than 0, 0 or more than 0: digits without leading zeros compare by their number, then bytewise. */
function compareDigits(bytes: Buffer, start: number, end: number, bound: Buffer): number {
  if (end - start !== bound.length) return end - start - bound.length;
  for (let i = 0; i < bound.length; i++) {
    const difference = bytes[start + i]! - bound[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function integerCheck(min: string, max: string): ValueCheck {
  const low = Buffer.from(min.replace(/^0+/, ''));
  const high = Buffer.from(max.replace(/^0+/, ''));
  return (bytes, start, end) => {
    if (!isDigits(bytes, start, end)) return false;
    const first = afterZeros(bytes, start, end);
    return compareDigits(bytes, first, end, high) <= 0 && compareDigits(bytes, first, end, low) >= 0;
  };
}

function decimalCheck(precision: number, scale: number): ValueCheck {
  const wholeDigits = precision - scale;
  return (bytes, start, end) => {
    const first = bytes[start] === minus ? start + 1 : start;
    let whole = first;
    while (whole < end && bytes[whole] !== point) whole++;
    if (whole === first || !isDigits(bytes, first, whole)) return false;
    if (whole - afterZeros(bytes, first, whole) > wholeDigits) return false;
    const fraction = whole + 1;
    return whole === end || (fraction < end && end - fraction <= scale && isDigits(bytes, fraction, end));
  };
}

/** One or two digits as a number, from bytes that are known to be digits. */
function smallNumber(bytes: Buffer, start: number, end: number): number {
  const last = bytes[end - 1]! - zero;
  return end - start === 1 ? last : (bytes[start]! - zero) * 10 + last;
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

function isDayFirstDate(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 8 || end - start > 10) return false;
  const dayEnd = bytes[start + 1] === slash ? start + 1 : start + 2;
  const monthEnd = end - 5;
  return bytes[dayEnd] === slash && bytes[monthEnd] === slash && isDate(bytes, start, dayEnd, dayEnd + 1, monthEnd, end - 4);
}

function isYearFirstDate(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 8 || end - start > 10) return false;
  const month = start + 5;
  const monthEnd = bytes[month + 1] === minus ? month + 1 : month + 2;
  return bytes[start + 4] === minus && bytes[monthEnd] === minus && isDate(bytes, monthEnd + 1, end, month, monthEnd, start);
}

/** ASCII capitals to small letters; other bytes, those of UTF-8 sequences too, as they are. */
function fold(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function choiceCheck(values: readonly string[]): ValueCheck {
  const choices = values.map((value) => Buffer.from(value).map(fold));
  return (bytes, start, end) => {
    for (const choice of choices) {
      if (choice.length !== end - start) continue;
      let i = 0;
      while (i < choice.length && fold(bytes[start + i]!) === choice[i]) i++;
      if (i === choice.length) return true;
    }
    return false;
  };
}

/** Characters are code points: bytes of valid UTF-8 that don't continue one. */
function textCheck(maxLength: number): ValueCheck {
  return (bytes, start, end) => {
    if (end - start <= maxLength) return true;
    let characters = 0;
    for (let at = start; at < end; at++) if ((bytes[at]! & 0xc0) !== 0x80) characters++;
    return characters <= maxLength;
  };
}
