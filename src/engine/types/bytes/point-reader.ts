/**
 * Reads a point of WKT from bytes: `POINT\s*\(\s*N\s+N\s*\)` in any case, with N = `[+-]?(d+(.d*)?|.d+)([eE][+-]?d+)?` of any number
 * of digits and \s the white space of ASCII. For why helpers stand here see number-checks.ts.
 */
const zero = 0x30;
const point = 0x2e;
const plus = 0x2b;
const minus = 0x2d;
const open = 0x28;
const close = 0x29;
const letters = Buffer.from('point');

/** Decimals that are kept. */
const decimals = 7;
const one = 10_000_000;
/** What fewer decimals are multiplied by. */
const scales = [one, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
/** Whole digits that a number without superfluous zeros has at most, and one more. */
const mostWhole = 4;
const mostLongitude = 1_800_000_000;
const mostLatitude = 900_000_000;
/** No text is long enough for digits that would make up for such an exponent: a row has 1 MiB at most. */
const mostExponent = 100_000_000;

/** The point that was read last, in units of 1e-7 degrees, rounded half away from zero from the decimal text. */
export class PointReader {
  longitude = 0;
  latitude = 0;
  /** Index after the number that was read last. */
  #next = 0;
  #value = 0;

  /** Whether bytes[start, end) is a point with good coordinates. */
  read(bytes: Buffer, start: number, end: number): boolean {
    let at = start;
    // As short as can be: POINT(1 2)
    if (end - start < 10) return false;
    for (let i = 0; i < letters.length; i++) if ((bytes[at++]! | 0x20) !== letters[i]) return false;
    at = afterSpaces(bytes, at, end);
    if (at === end || bytes[at++] !== open) return false;
    if (!this.#number(bytes, afterSpaces(bytes, at, end), end, mostLongitude)) return false;
    this.longitude = this.#value;
    at = afterSpaces(bytes, this.#next, end);
    if (at === this.#next || !this.#number(bytes, at, end, mostLatitude)) return false;
    this.latitude = this.#value;
    at = afterSpaces(bytes, this.#next, end);
    return at === end - 1 && bytes[at] === close;
  }

  /** The coordinate that all of the bytes are, in the same units, at most as far from zero as `most`; undefined where they are not a coordinate. */
  coordinate(bytes: Buffer, most: number): number | undefined {
    return this.#number(bytes, 0, bytes.length, most) && this.#next === bytes.length ? this.#value : undefined;
  }

  /**
   * Reads a number at most as far from zero as `most`; the limit is that of the text, not of what it is rounded to. Numbers as most files
   * have them take one look at each byte; what has an exponent or many whole digits goes the long way.
   */
  #number(bytes: Buffer, start: number, end: number, most: number): boolean {
    let at = start;
    const sign = at < end ? bytes[at] : 0;
    if (sign === minus || sign === plus) at++;
    const first = at;
    let whole = 0;
    let digit = 0;
    for (; at < end && (digit = bytes[at]! - zero) >= 0 && digit <= 9; at++) {
      if (at - first === mostWhole) return this.#anyNumber(bytes, start, end, most);
      whole = whole * 10 + digit;
    }
    let digits = at - first;
    let fraction = 0;
    let places = 0;
    let next = 0;
    let rest = 0;
    if (at < end && bytes[at] === point) {
      at++;
      for (; places < decimals && at < end && (digit = bytes[at]! - zero) >= 0 && digit <= 9; at++, places++)
        fraction = fraction * 10 + digit;
      digits += places;
      if (places === decimals && at < end && (digit = bytes[at]! - zero) >= 0 && digit <= 9) {
        next = digit;
        // 0 only of zeros.
        for (at++; at < end && (digit = bytes[at]! - zero) >= 0 && digit <= 9; at++) rest |= digit;
      }
    }
    if (digits === 0) return false;
    if (at < end && (bytes[at]! | 0x20) === 0x65) return this.#anyNumber(bytes, start, end, most);
    this.#next = at;
    const value = whole * one + fraction * scales[places]!;
    if (value > most || (value === most && (next | rest) !== 0)) return false;
    const rounded = next >= 5 ? value + 1 : value;
    // Not -value, which makes a zero of its own of 0.
    this.#value = sign === minus ? 0 - rounded : rounded;
    return true;
  }

  #anyNumber(bytes: Buffer, start: number, end: number, most: number): boolean {
    let at = start;
    const sign = at < end ? bytes[at] : 0;
    if (sign === minus || sign === plus) at++;
    const first = at;
    let digits = 0;
    let places = -1;
    for (; at < end; at++) {
      const digit = bytes[at]! - zero;
      if (digit >= 0 && digit <= 9) digits++;
      else if (bytes[at] === point && places === -1) places = digits;
      else break;
    }
    if (digits === 0) return false;
    const last = at;
    let exponent = 0;
    if (at < end && (bytes[at]! | 0x20) === 0x65) {
      at++;
      const isNegative = at < end && bytes[at] === minus;
      if (isNegative || (at < end && bytes[at] === plus)) at++;
      const from = at;
      for (; at < end; at++) {
        const digit = bytes[at]! - zero;
        if (digit < 0 || digit > 9) break;
        if (exponent < mostExponent) exponent = exponent * 10 + digit;
      }
      if (at === from) return false;
      if (isNegative) exponent = -exponent;
    }
    this.#next = at;
    // Digits that stand before the place at which the number is rounded.
    const kept = (places === -1 ? digits : places) + exponent + decimals;
    const value = scaled(bytes, first, last, kept, most);
    if (value === -1) return false;
    // Not -value, which makes a zero of its own of 0.
    this.#value = sign === minus ? 0 - value : value;
    return true;
  }
}

/** The digits of bytes[first, last) up to the place, rounded half up; -1 where the number passes `most`. */
function scaled(bytes: Buffer, first: number, last: number, kept: number, most: number): number {
  let value = 0;
  let place = 0;
  let roundsUp = false;
  let hasMore = false;
  for (let at = first; at < last; at++) {
    const digit = bytes[at]! - zero;
    // The point.
    if (digit < 0) continue;
    if (place < kept) {
      value = value * 10 + digit;
      if (value > most) return -1;
    } else if (digit !== 0) {
      hasMore = true;
      if (place === kept) roundsUp = digit >= 5;
    }
    place++;
  }
  if (value > 0)
    for (; place < kept; place++) {
      value *= 10;
      if (value > most) return -1;
    }
  if (hasMore && value === most) return -1;
  return roundsUp ? value + 1 : value;
}

/** The index of the first byte that is not ASCII white space. */
function afterSpaces(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === 0x20 || (bytes[at]! >= 0x09 && bytes[at]! <= 0x0d))) at++;
  return at;
}
