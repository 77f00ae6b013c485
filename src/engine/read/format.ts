import { z } from 'zod';
import { columnName, type Definition } from '../definition/schema/parts.js';
import type { Compression } from './decode/decode.js';

const asciiSign = /^[\t\x01-\x08\x0b\x0c\x0e-\x1f!#$%&'*+,/:;<=>?@^`|~-]$/;

const compression = z
  .enum(['none', 'gzip', 'zstd', 'by-name'], { error: "must be 'none', 'gzip', 'zstd' or 'by-name'" })
  .optional()
  .describe(
    "'none' when left out; 'by-name': files whose names end with .gz are gzip, those with .zst are zstd, in any case, and the others are not packed. zstd needs Node 22.15 or later.",
  );

const extraColumns = (meaning: string) =>
  z
    .union(
      [
        z.enum(['refuse', 'ignore']),
        z.strictObject({
          keep: columnName.describe('A nullable column of type json, which is not in the files. It holds these columns as an object.'),
        }),
      ],
      { error: "must be 'refuse', 'ignore' or { keep: '<column>' }" },
    )
    .optional()
    .describe(meaning);

const csvSchema = z
  .strictObject({
    kind: z.literal('csv').optional().describe('The default.'),
    delimiter: z
      .string()
      .regex(asciiSign, "must be one character that separates columns, such as ';' or '\\t'")
      .optional()
      .describe("The character between columns. ',' when left out."),
    quote: z
      .enum(['"', "'", 'none'], { error: `must be '"', "'" or 'none'` })
      .optional()
      .describe("What may stand around a field; '\"' when left out."),
    header: z
      .enum(['names', 'position', 'none'], { error: "must be 'names', 'position' or 'none'" })
      .optional()
      .describe(
        "Whether the first line names the columns ('names', when left out), is skipped ('position'), or is a row ('none'). With the last two, columns are in the order of the definition.",
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
      .describe("Texts that stand for NULL if they have no quotes around them, such as ['NULL', '\\\\N']."),
    quotedEmpty: z
      .literal('text', { error: "must be 'text'" })
      .optional()
      .describe("'text': an empty value in quotes is an empty text, and one without quotes is NULL."),
    extraColumns: extraColumns(
      'What happens to columns that the feed does not have. The file is refused (when left out), or the columns are ignored and the log says so, or they are kept as texts in one column.',
    ),
  })
  .refine(({ delimiter, quote }) => delimiter === undefined || delimiter !== quote, {
    path: ['delimiter'],
    error: 'must differ from quote',
  });

const combinedLogSchema = z
  .strictObject({ kind: z.literal('combined-log'), compression })
  .describe('Log files of web servers in the combined log format, one request on each line.');

const ndjsonSchema = z
  .strictObject({
    kind: z.literal('ndjson'),
    compression,
    extraColumns: extraColumns(
      'What happens to a line with properties that the feed does not have. It goes to quarantine (when left out), or these properties are ignored, or they are kept in one column.',
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
        "For files that are one object: the name of its member whose own members become rows. The headers '@name' and '@value' take the name and value of a row, and other headers take other members of the file. When left out, a file is one array of objects, or has one object on each line.",
      ),
    extraColumns: extraColumns(
      'What happens to an object with members that the feed does not have. It goes to quarantine (when left out), or these members are ignored, or they are kept in one column.',
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

/** Whether files may have columns that the feed does not have. */
export function ignoresExtra(format: FormatDefinition | undefined): boolean {
  return format !== undefined && 'extraColumns' in format && (format.extraColumns ?? 'refuse') !== 'refuse';
}

/** The column that keeps the columns of files that the feed does not have; undefined where there is none. */
export function keptColumn(format: FormatDefinition | undefined): string | undefined {
  const mode = format !== undefined && 'extraColumns' in format ? format.extraColumns : undefined;
  return typeof mode === 'object' ? mode.keep : undefined;
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
  if (/\.gz$/i.test(key)) return 'gzip';
  return /\.zst$/i.test(key) ? 'zstd' : 'none';
}
