import { z } from 'zod';
import { identifierPattern } from '../../sql/identifier.js';

/** What a schema's value looks like to those who read definitions: nobody changes one. */
export type Definition<Schema extends z.ZodType> = DeepReadonly<z.infer<Schema>>;

type DeepReadonly<Value> = Value extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value;

/** A name of at most `length` characters, which leaves room for what is put before it in names of tables and columns. */
export const name = (length: number) =>
  z
    .string()
    .regex(identifierPattern, 'must be snake_case: a lower-case letter, then lower-case letters, digits and _')
    .max(length, `must have at most ${length} characters, for the names that are made from it`);

export const columnName = name(56);
export const reasonName = name(64);

/** What people read in the warehouse's own tools; a column's comment has at most 1,024 characters. */
export const description = z
  .string()
  .regex(/^[^\r\n]+$/, 'must be one line that is not empty')
  .max(1_024, 'must have at most 1,024 characters');

export const list = <Item extends z.ZodType>(item: Item, what: string) => z.array(item).min(1, `must hold at least one ${what}`);

export const trimmed = z
  .string()
  .regex(/^(?![ \t\r\n])[^\0]*(?<![ \t\r\n])$/, 'must not begin or end with a blank, as values of files are trimmed');

/** A column of an entity, named from outside of it. */
export const entityColumn = z.strictObject({
  entity: columnName.describe('An entity.'),
  column: columnName.describe('A column of its key or its values.'),
});

/** The name of an environment variable. */
export const setting = (example: string) =>
  z.string().regex(/^[A-Z][A-Z0-9_]*$/, `must be the name of an environment variable, such as ${example}`);

/** Of every extract. */
export const into = setting('SHOP_INGEST_URL').describe(
  'The environment variable that holds the address of the lake, s3://bucket/prefix or file:///folder. It is the source of the feeds that read the lake.',
);
export const schedule = z
  .string()
  .optional()
  .describe("A cron expression of five fields, in UTC, such as '*/5 * * * *'. Each run also loads the new rows and brings them to bus.");
