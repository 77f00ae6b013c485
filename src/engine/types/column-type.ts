import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';
import { unsupportedKind } from '../definition/wishes.js';
import { booleanSchema } from './boolean.js';
import { choiceSchema } from './choice.js';
import { codeSchema } from './code.js';
import { dateSchema } from './date.js';
import { decimalSchema } from './decimal.js';
import { integerSchema } from './integer.js';
import { jsonSchema } from './json.js';
import { pointSchema } from './point.js';
import { textSchema } from './text.js';
import { timeSchema } from './time.js';
import { timestampSchema } from './timestamp.js';

const schemas = [
  integerSchema,
  decimalSchema,
  booleanSchema,
  dateSchema,
  timeSchema,
  timestampSchema,
  choiceSchema,
  codeSchema,
  textSchema,
  jsonSchema,
  pointSchema,
] as const;

/** The types that a column can have, a file each in this folder. */
export const columnTypeSchema = z
  .discriminatedUnion('kind', schemas, { error: ({ input }) => kindMistake((input as { readonly kind?: unknown } | undefined)?.kind) })
  .describe('What a good value is, and how it is stored.');

export type ColumnType = Definition<typeof columnTypeSchema>;

function kindMistake(kind: unknown): string {
  const kinds = schemas.map((schema) => `'${schema.shape.kind.value}'`);
  const unsupported = unsupportedKind(kind);
  return `must be ${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}${unsupported === undefined ? '' : `; ${unsupported}`}`;
}
