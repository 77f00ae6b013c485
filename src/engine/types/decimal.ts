import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import { stringLiteral } from '../sql/identifier.js';
import { decimalCheck, groupedDecimalCheck } from './bytes/number-checks.js';
import { ascii, shortSigned, type StagedField } from './staged-field.js';
import type { TypeTraits } from './traits.js';

export const decimalSchema = z
  .strictObject({
    kind: z.literal('decimal'),
    precision: z.int().min(1, 'must be 1..65').max(65, 'must be 1..65').describe('Digits in all.'),
    scale: z.int().min(0, 'must be 0..30').max(30, 'must be 0..30').describe('Digits after the point, at most.'),
    point: z.enum(['.', ','], { error: "must be '.' or ','" }).optional().describe("The character before the decimals. '.' when left out."),
    thousands: z
      .enum(['.', ',', ' ', "'"], { error: `must be '.', ',', ' ' or "'"` })
      .optional()
      .describe(
        "The character that may stand between groups of three digits before the point. None when left out. ' ' is also a no-break space, and \"'\" also a typographic apostrophe.",
      ),
    round: z
      .literal(true, { error: 'must be true, or be left out' })
      .optional()
      .describe('Up to 30 decimals are rounded to scale, half away from zero. Without this, more decimals than scale break the type.'),
  })
  .describe('A number with a point before its decimals: -?digits or -?digits.digits.');

/** The forms in which programs write the signs between thousands: spreadsheets put spaces there at which no line may break. */
const forms: Readonly<Record<string, readonly string[]>> = { ' ': [' ', '\u00a0', '\u202f'], "'": ["'", '\u2019'] };

/** Whether statements of versions before these forms would not convert each value that is good now. */
export function hasSignForms(type: { readonly kind: string; readonly thousands?: string }): boolean {
  return type.kind === 'decimal' && signsOf(type.thousands).length > 1;
}

function signsOf(thousands: string | undefined): readonly string[] {
  return thousands === undefined ? [] : (forms[thousands] ?? [thousands]);
}

/** Decimals that a number may have which is rounded. */
const roundedDecimals = 30;

type DecimalType = Definition<typeof decimalSchema>;

export function decimalTraits(type: DecimalType): TypeTraits {
  const { precision, scale, point = '.', thousands, round = false } = type;
  const decimals = round ? roundedDecimals : scale;
  const bytes = digitBytes(precision - scale) + digitBytes(scale);
  const isPlain = point === '.' && thousands === undefined;
  const signs = thousands === undefined ? '' : ` and ${JSON.stringify(thousands)} between thousands or nothing`;
  return {
    sqlType: `decimal(${precision},${scale})`,
    keyBytes: bytes,
    rowBytes: bytes,
    rule:
      decimals === 0
        ? `must be a number of at most ${digits(precision)} without decimals, in digits alone but for a minus sign${signs}`
        : `must be a number with a ${point === '.' ? 'point' : 'comma'} before its decimals${signs}: at most ${digits(precision - scale)} before the ${point === '.' ? 'point' : 'comma'}, 1 to ${decimals} after it, and no other sign than a minus`,
    mistakes: [
      ...(scale > precision ? [{ property: 'scale', text: `must not be greater than precision, ${precision}` }] : []),
      ...(round && precision - scale > 65 - roundedDecimals
        ? [{ property: 'round', text: `needs at most ${65 - roundedDecimals} digits before the point. Lower precision` }]
        : []),
      ...(thousands === point ? [{ property: 'thousands', text: 'must differ from point' }] : []),
    ],
    makeCheck: () =>
      isPlain
        ? decimalCheck(precision, scale, decimals)
        : groupedDecimalCheck(
            precision,
            scale,
            decimals,
            point.charCodeAt(0),
            signsOf(thousands).map((sign) => Buffer.from(sign)),
          ),
    convert: (field) => {
      const number = isPlain ? field.number(shortSigned(field)) : plainNumber(field, type);
      const exact = round ? `round(cast(${number} as decimal(65,${roundedDecimals})), ${scale})` : number;
      return `cast(${exact} as decimal(${precision},${scale}))`;
    },
  };
}

/** The number as SQL writes it. */
function plainNumber(field: StagedField, { point = '.', thousands }: DecimalType): string {
  const signs = signsOf(thousands);
  const bare = (text: string) => signs.reduce((rest, sign) => `replace(${rest}, ${stringLiteral(sign)}, '')`, text);
  // A sign that is not ASCII has to go before the number is taken for ASCII.
  const number =
    signs.length > 1 ? shortSigned(field)(bare(field.text)) : bare(field.number((trimmed) => shortSigned(field)(bare(trimmed))));
  return ascii(point === '.' ? number : `replace(${number}, ${stringLiteral(point)}, '.')`);
}

/** Decimals are stored in groups of nine digits of four bytes, the rest in 1 to 4 bytes. */
function digitBytes(count: number): number {
  return Math.floor(count / 9) * 4 + Math.ceil((count % 9) / 2);
}

function digits(count: number): string {
  return count === 1 ? '1 digit' : `${count} digits`;
}
