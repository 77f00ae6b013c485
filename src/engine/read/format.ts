import { z } from 'zod';
import type { Definition } from '../definition/schema/parts.js';

const asciiSign = /^[\t\x01-\x08\x0b\x0c\x0e-\x1f!#$%&'*+,/:;<=>?@^`|~-]$/;

export const formatSchema = z
  .strictObject({
    kind: z.literal('csv'),
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
    compression: z.enum(['none', 'gzip'], { error: "must be 'none' or 'gzip'" }).optional().describe("'none' when left out."),
    extraColumns: z
      .enum(['refuse', 'ignore'], { error: "must be 'refuse' or 'ignore'" })
      .optional()
      .describe(
        'What becomes of columns that the feed does not have: the file is refused (when left out), or they are ignored, which is logged.',
      ),
  })
  .refine(({ delimiter, quote }) => delimiter === undefined || delimiter !== quote, {
    path: ['delimiter'],
    error: 'must differ from quote',
  })
  .describe('How the files are written; CSV in UTF-8 with commas and a header when left out.');

export type FormatDefinition = Definition<typeof formatSchema>;
