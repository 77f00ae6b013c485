const number = '[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?';
const space = '[ \\t\\n\\v\\f\\r]';
const wkt = new RegExp(`^POINT${space}*\\(${space}*(${number})${space}+(${number})${space}*\\)$`, 'i');

/** A point as the definition's type says it, by a regular expression and whole numbers of any size; undefined for what is none. */
export function referencePoint(text: string): { readonly longitude: number; readonly latitude: number } | undefined {
  const [, x, y] = wkt.exec(text) ?? [];
  if (x === undefined || y === undefined) return undefined;
  const longitude = units(x, 180n);
  const latitude = units(y, 90n);
  return longitude === undefined || latitude === undefined ? undefined : { longitude, latitude };
}

/** Units of 1e-7, rounded half away from zero; undefined where the number itself passes `most` degrees. */
function units(text: string, most: bigint): number | undefined {
  const [mantissa = '', exponentText = '0'] = text.replace(/^[+-]/, '').split(/e/i);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = BigInt(`${whole}${fraction}` || '0');
  const scale = Number(exponentText) - fraction.length + 7;
  if (digits === 0n) return 0;
  if (scale > 100) return undefined;
  const numerator = scale > 0 ? digits * 10n ** BigInt(scale) : digits;
  const denominator = scale < 0 ? 10n ** BigInt(Math.min(-scale, digits.toString().length + 20)) : 1n;
  if (numerator > most * 10_000_000n * denominator) return undefined;
  const rounded = Number((2n * numerator + denominator) / (2n * denominator));
  return text.startsWith('-') ? 0 - rounded : rounded;
}
