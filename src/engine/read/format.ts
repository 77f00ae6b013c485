import { z } from 'zod';
import { columnName, type Definition } from '../definition/schema/parts.js';
import type { Compression } from './decode/decode.js';

const asciiSign = /^[\t\x01-\x08\x0b\x0c\x0e-\x1f!#$%&'*+,/:;<=>?@^`|~-]$/;

const compression = z
  .enum(['none', 'gzip', 'zstd', 'by-name'], { error: "must be 'none', 'gzip', 'zstd' or 'by-name'" })
  .optional()
  .describe(
    "'none' when left out; 'by-name': files whose names end with .gz are gzip, those with .zst are zstd, and the others are not packed. zstd needs Node 22.15 or later.",
  );

const csvSchema = z
  .strictObject({
    kind: z.literal('csv').optional().describe('When left out.'),
    delimiter: z
      .string()
      .regex(asciiSign, "must be one character that separates columns, such as ';' or '\\t'")
      .optional()
      .describe("What separates columns; ',' when left out."),
    quote: z
      .enum(['"', "'", 'none'], { error: `must be '"', "'" or 'none'` })
      .optional()
      .describe("What may stand around a field; '\"' when left out."),
    header: z
      .enum(['names', 'position', 'none'], { error: "must be 'names', 'position' or 'none'" })
      .optional()
      .describe(
        "Whether the first line names the columns ('names', when left out), is skipped because columns stand in the order of the definition ('position'), or is a row ('none').",
      ),
    encoding: z
      .enum(['utf-8', 'utf-16', 'windows-1252', 'iso-8859-1'], { error: "must be 'utf-8', 'utf-16', 'windows-1252' or 'iso-8859-1'" })
      .optional()
      .describe("'utf-8' when left out; 'utf-16' needs a byte order mark."),
    compression,
    nulls: z
      .array(z.string().regex(/^[^\s"']+$/, 'must be text without blanks and quotes, as the file writes it'))
      .min(1, 'must hold at least one text, or be left out')
      .optional()
      .describe("What stands for NULL where no quotes are around it, such as ['NULL', '\\\\N']."),
    quotedEmpty: z
      .literal('text', { error: "must be 'text'" })
      .optional()
      .describe("'text': an empty value in quotes is an empty text, and one without quotes is NULL."),
    extraColumns: z
      .union(
        [
          z.enum(['refuse', 'ignore']),
          z.strictObject({ keep: columnName.describe('A nullable column of type json, which no file has: it holds them as an object.') }),
        ],
        { error: "must be 'refuse', 'ignore' or { keep: '<column>' }" },
      )
      .optional()
      .describe(
        'What becomes of columns that the feed does not have: the file is refused (when left out), they are ignored, which is logged, or they are kept as texts in one column.',
      ),
  })
  .refine(({ delimiter, quote }) => delimiter === undefined || delimiter !== quote, {
    path: ['delimiter'],
    error: 'must differ from quote',
  });

const combinedLogSchema = z
  .strictObject({ kind: z.literal('combined-log'), compression })
  .describe('Log files of web servers in the combined log format, a request a line.');

const ndjsonSchema = z
  .strictObject({
    kind: z.literal('ndjson'),
    compression,
    extraColumns: z
      .enum(['refuse', 'ignore'], { error: "must be 'refuse' or 'ignore'" })
      .optional()
      .describe(
        'What becomes of a line with properties that the feed does not have: it goes to quarantine (when left out), or they are ignored.',
      ),
  })
  .describe('Files of one JSON object on each line, in UTF-8.');

const jsonSchema = z
  .strictObject({
    kind: z.literal('json'),
    compression,
    entries: z
      .string()
      .min(1, 'must not be empty')
      .optional()
      .describe(
        "A file is one object, and each member of the object that it has under this name is a row: the headers '@name' and '@value' are its name and its value, and others are members of the file's object. When left out, a file is one array of objects, or has one object on each line, which its first character tells.",
      ),
    extraColumns: z
      .enum(['refuse', 'ignore'], { error: "must be 'refuse' or 'ignore'" })
      .optional()
      .describe(
        'What becomes of an object with members that the feed does not have: it goes to quarantine (when left out), or they are ignored.',
      ),
  })
  .describe('Files of JSON in UTF-8: an array of objects, an object on each line, or one object whose members are rows.');

export const formatSchema = z
  .discriminatedUnion('kind', [csvSchema, combinedLogSchema, ndjsonSchema, jsonSchema], {
    error: "must be 'csv', 'combined-log', 'ndjson' or 'json'",
  })
  .describe('How the files are written; CSV in UTF-8 with commas and a header when left out.');

export type FormatDefinition = Definition<typeof formatSchema>;
export type FormatKind = NonNullable<FormatDefinition['kind']>;
export type CsvFormat = Extract<FormatDefinition, { readonly quote?: unknown }>;

export function formatKind(format: FormatDefinition | undefined): FormatKind {
  return format?.kind ?? 'csv';
}

/** Whether rows are objects of JSON. */
export function isJson(kind: FormatKind): boolean {
  return kind === 'ndjson' || kind === 'json';
}

/** What is said of CSV files; undefined where nothing is, or the files are of another kind. */
export function csvFormat(format: FormatDefinition | undefined): CsvFormat | undefined {
  return format?.kind === undefined || format.kind === 'csv' ? format : undefined;
}

/** Whether columns of files that the feed does not have are no mistake. */
export function ignoresExtra(format: FormatDefinition | undefined): boolean {
  return format !== undefined && 'extraColumns' in format && (format.extraColumns ?? 'refuse') !== 'refuse';
}

/** The column that keeps the columns of files that the feed does not have; undefined where there is none. */
export function keptColumn(format: FormatDefinition | undefined): string | undefined {
  const extraColumns = csvFormat(format)?.extraColumns;
  return typeof extraColumns === 'object' ? extraColumns.keep : undefined;
}

/** Whether files have the column: others are made when a row is landed. */
export function isOfFiles(
  { name, derive }: { readonly name: string; readonly derive?: unknown },
  format: FormatDefinition | undefined,
): boolean {
  return derive === undefined && name !== keptColumn(format);
}

/** How a file of that key is packed. */
export function compressionOf(format: FormatDefinition | undefined, key: string): Compression {
  const { compression = 'none' } = format ?? {};
  if (compression !== 'by-name') return compression;
  if (key.endsWith('.gz')) return 'gzip';
  return key.endsWith('.zst') ? 'zstd' : 'none';
}
