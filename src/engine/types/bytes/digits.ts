export const zero = 0x30;
export const minus = 0x2d;
export const point = 0x2e;

export function isDigits(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - zero;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

export function afterZeros(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === zero) at++;
  return at;
}

/** Less than 0, 0 or more than 0: digits without leading zeros compare by their number, then bytewise. */
export function compareDigits(bytes: Buffer, start: number, end: number, bound: Buffer): number {
  if (end - start !== bound.length) return end - start - bound.length;
  for (let i = 0; i < bound.length; i++) {
    const difference = bytes[start + i]! - bound[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** One or two digits as a number, from bytes that are known to be digits. */
export function smallNumber(bytes: Buffer, start: number, end: number): number {
  const last = bytes[end - 1]! - zero;
  return end - start === 1 ? last : (bytes[start]! - zero) * 10 + last;
}
