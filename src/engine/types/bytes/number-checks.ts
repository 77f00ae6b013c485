/**
 * Checks of numbers on bytes.
 *
 * The checks run once for each field of each file. Helpers stand in this file and are not exported: through an import, or an export,
 * V8 reads them from a cell each time, which made the whole scan of payments 6 % slower.
 */
import type { FirstLoad } from '../../definition/replayed-row.js';
import type { ValueCheck } from '../traits.js';

const zero = 0x30;
const minus = 0x2d;
const point = 0x2e;

export function unsignedCheck(min: string, max: string): ValueCheck {
  const low = Buffer.from(min.replace(/^0+/, ''));
  const high = Buffer.from(max.replace(/^0+/, ''));
  return (bytes, start, end) => {
    if (!isDigits(bytes, start, end)) return false;
    const first = afterZeros(bytes, start, end);
    return compareDigits(bytes, first, end, high) <= 0 && compareDigits(bytes, first, end, low) >= 0;
  };
}

/** Below 0 the number grows as its digits get less. A minus before zeros alone is 0. */
export function signedCheck(min: string, max: string): ValueCheck {
  const low = Buffer.from(min.slice(1));
  const [highest, upToBelowZero] = max.startsWith('-') ? [Buffer.from(max.slice(1)), true] : [Buffer.from(max.replace(/^0+/, '')), false];
  return (bytes, start, end) => {
    const negative = bytes[start] === minus;
    const digits = negative ? start + 1 : start;
    if (digits === end || !isDigits(bytes, digits, end)) return false;
    const first = afterZeros(bytes, digits, end);
    if (!negative || first === end) return !upToBelowZero && compareDigits(bytes, first, end, highest) <= 0;
    return compareDigits(bytes, first, end, low) <= 0 && (!upToBelowZero || compareDigits(bytes, first, end, highest) >= 0);
  };
}

/** `decimals`: how many may stand there; those beyond the scale are rounded, which must not make the number longer. */
export function decimalCheck(precision: number, scale: number, decimals = scale): ValueCheck {
  const wholeDigits = precision - scale;
  return (bytes, start, end) => {
    const first = bytes[start] === minus ? start + 1 : start;
    let whole = first;
    while (whole < end && bytes[whole] !== point) whole++;
    if (whole === first || !isDigits(bytes, first, whole)) return false;
    if (whole - afterZeros(bytes, first, whole) > wholeDigits) return false;
    const fraction = whole + 1;
    if (whole === end) return true;
    if (fraction >= end || end - fraction > decimals || !isDigits(bytes, fraction, end)) return false;
    return end - fraction <= scale || !roundsUp(bytes, first, whole, fraction, wholeDigits, scale);
  };
}

/**
 * Of numbers with another decimal point, and perhaps a sign between each three digits of the whole ones: all of them, or none. `signs`: the
 * forms in which the sign may be written, in UTF-8.
 */
export function groupedDecimalCheck(
  precision: number,
  scale: number,
  decimals: number,
  decimalPoint: number,
  signs: readonly Buffer[],
): ValueCheck {
  const wholeDigits = precision - scale;
  return (bytes, start, end) => {
    const first = bytes[start] === minus ? start + 1 : start;
    let digits = 0;
    let inGroup = 0;
    let isGrouped = false;
    let at = first;
    for (; at < end && bytes[at] !== decimalPoint; at++) {
      const byte = bytes[at]!;
      if (byte < zero || byte > zero + 9) {
        const length = signLength(signs, bytes, at, end);
        if (length === 0 || (isGrouped ? inGroup !== 3 : inGroup < 1 || inGroup > 3)) return false;
        at += length - 1;
        isGrouped = true;
        inGroup = 0;
      } else {
        inGroup++;
        if (digits > 0 || byte !== zero) digits++;
      }
    }
    if (digits > wholeDigits || (isGrouped ? inGroup !== 3 : inGroup === 0)) return false;
    const fraction = at + 1;
    if (at === end) return true;
    if (fraction >= end || end - fraction > decimals || !isDigits(bytes, fraction, end)) return false;
    return end - fraction <= scale || !roundsUp(bytes, first, at, fraction, wholeDigits, scale);
  };
}

/** Bytes of the sign that stands there; 0 where none does. */
function signLength(signs: readonly Buffer[], bytes: Buffer, at: number, end: number): number {
  for (const sign of signs) {
    const after = at + sign.length;
    if (after <= end && bytes.compare(sign, 0, sign.length, at, after) === 0) return sign.length;
  }
  return 0;
}

/** Whether rounding makes one digit more of the whole ones than there may be: all digits that stay are nines, and the next one is 5 or more. */
function roundsUp(bytes: Buffer, first: number, whole: number, fraction: number, wholeDigits: number, scale: number): boolean {
  let nines = 0;
  for (let at = first; at < whole; at++) {
    if (bytes[at] === zero + 9) nines++;
    else if (bytes[at]! >= zero && bytes[at]! < zero + 9 && (nines > 0 || bytes[at] !== zero)) return false;
  }
  if (nines < wholeDigits || bytes[fraction + scale]! < zero + 5) return false;
  for (let at = fraction; at < fraction + scale; at++) if (bytes[at] !== zero + 9) return false;
  return true;
}

/** The check of a replayed row's former place, `<load id>@<byte>`. `bytes` is the length of that load's file, where it is known. */
export function placeCheck({ loadId, bytes: length = Infinity }: FirstLoad): ValueCheck {
  const load = Buffer.from(`${loadId}@`);
  return (bytes, start, end) => {
    const digits = start + load.length;
    const isPlace = digits < end && end - digits <= 16 && load.compare(bytes, start, digits) === 0 && isDigits(bytes, digits, end);
    return isPlace && Number(bytes.toString('latin1', digits, end)) < length;
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
