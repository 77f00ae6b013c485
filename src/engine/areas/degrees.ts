/** Coordinates are whole numbers of this many to a degree: 1.1 cm on the equator. */
export const perDegree = 10_000_000;

const decimal = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,9}))?$/;

/**
 * A coordinate from its text, in units of 1e-7 degrees, rounded half away from zero as those of points are. Undefined for a text that is no
 * number or lies beyond the limit, in degrees; that is checked on the text, so that no rounding brings a value back inside.
 */
export function parseDegrees(text: string, limit: number): number | undefined {
  const [all, sign, whole = '', behind = '', alone = '', exponent = '0'] = decimal.exec(text) ?? [];
  if (all === undefined) return undefined;
  const fraction = behind + alone;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return 0;
  // value = digits * 10 ** power. Where its first digit stands says enough of what is far out or next to nothing.
  const power = Number(exponent) - fraction.length;
  if (digits.length + power > 3) return undefined;
  if (digits.length + power < -8) return 0;
  const mantissa = BigInt(digits) * 10n ** BigInt(Math.max(power, 0));
  const scale = 10n ** BigInt(Math.max(-power, 0));
  if (mantissa > BigInt(limit) * scale) return undefined;
  const units = Number((2n * mantissa * BigInt(perDegree) + scale) / (2n * scale));
  return sign === '-' && units !== 0 ? -units : units;
}

/** Degrees as a number whose shortest text is exact. */
export function degreesOf(units: number): number {
  return Number((units / perDegree).toFixed(7));
}
