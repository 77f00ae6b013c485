import { z } from 'zod';
import { isDate } from '../../../contracts/dates/dates.js';
import { manifestFolder } from '../../../contracts/lake/manifest.js';
import { enrichmentNames } from '../../enrich/enrichment.js';
import { formatSchema } from '../../read/format.js';
import { columnTypeSchema } from '../../types/column-type.js';
import { deliverySchema } from './delivery.js';
import { columnName, description, list, name, reasonName, trimmed } from './parts.js';

const reasonsSchema = z.strictObject({
  bad: reasonName.describe('The reason for a value that breaks the type.'),
  empty: reasonName.describe('The reason for an empty value.'),
  full: reasonName
    .optional()
    .describe('For a text with a dictionary: the reason for a new value when the dictionary is full (65,535 values).'),
});

const title = trimmed.min(1, 'must not be empty');

export const columnSchema = z
  .strictObject({
    name: columnName.describe("The column's name in staging and bulk, in snake_case."),
    header: z
      .union([title, list(title, 'name')], { error: "must be the column's name in the file, or a list of the names that it may have" })
      .optional()
      .describe(
        "The column's name in the header of the file, or a list of names that it may have; spaces around it and its case do not matter. `name` when left out.",
      ),
    derive: z
      .strictObject({
        by: z
          .enum(enrichmentNames, { error: `must be ${enrichmentNames.map((each) => `'${each}'`).join(' or ')}` })
          .describe('How the column is computed.'),
        from: columnName.describe('The column of the file from which it is computed.'),
      })
      .optional()
      .describe('The file lacks this column. Landing computes it from another column.'),
    description: description.optional().describe('A line for people: what a value means. It becomes the comment of the column in bulk.'),
    type: columnTypeSchema,
    nullable: z
      .boolean()
      .optional()
      .describe(
        'The column may be NULL. An empty value becomes NULL, unless the type gives it a value. Without this, an empty value that the type does not allow goes to quarantine.',
      ),
    optional: z.boolean().optional().describe('A file may lack the column. It is then empty in all rows of the file.'),
    reason: z
      .union([reasonName, reasonsSchema], {
        error: 'must be the name of a reason (snake_case), or { bad, empty } with two of them',
      })
      .describe('The reason in quarantine for a value that breaks the type. { bad, empty } has another reason for an empty value.'),
  })
  .describe('A column of the file.');

const partitionColumn = columnName.describe(
  'The name of a column of type date, which is not in the files. It holds the date that the file belongs to, and entities can have it.',
);

export const partitionSchema = z
  .union(
    [
      z.strictObject({
        column: partitionColumn,
        group: z
          .string()
          .regex(/^[A-Za-z_]\w*$/, 'must be the name of a group')
          .describe('The named group of match that holds the date, yyyy-mm-dd.'),
      }),
      z.strictObject({
        column: partitionColumn,
        value: z
          .string()
          .refine(isDate, 'must be a date that exists, of the years 1000 to 9999, such as 1000-01-01')
          .describe('The date of all files of the feed.'),
      }),
    ],
    { error: "must be { column, group }, or { column, value } with a date such as '1000-01-01'" },
  )
  .describe(
    'The date that each file belongs to. Deliveries are ordered by it first, and a run for some dates loads only files of these dates.',
  );

export const rowRuleSchema = z
  .strictObject({
    column: columnName.describe('A boolean column of the feed.'),
    equals: z
      .strictObject({ filled: columnName.describe('Another column of the feed.') }, { error: "must be { filled: '<column>' }" })
      .describe('The column must be true if the other column has a value, and false if that is empty.'),
    reason: reasonName.describe('The reason in quarantine for a row that breaks the rule.'),
  })
  .describe('A check of two columns of a row together.');

export const feedSchema = z
  .strictObject({
    name: name(48).describe("The table's name in staging."),
    match: z
      .string()
      .min(1, 'must not be empty')
      .describe(
        "A JavaScript regular expression (flag u). With a / in it, it must match the file's whole key below the source's address; otherwise it must match a part of the name of a file that is directly in the source. A file belongs to at most one feed.",
      ),
    partition: partitionSchema.optional(),
    manifest: z
      .literal(manifestFolder, { error: `must be '${manifestFolder}', the folder of a lake's manifests` })
      .optional()
      .describe(
        "The folder of the manifests of a lake. The feed takes only objects that these name, run after run, in the order of their numbers. Needs release: 'keep'.",
      ),
    format: formatSchema.optional(),
    delivery: deliverySchema.optional(),
    columns: list(columnSchema, 'column'),
    rules: z.array(rowRuleSchema).optional().describe('Checks of two columns of a row together, besides those of their types.'),
    reasons: z.array(reasonName).describe("The reasons of the feed's columns and rules, in the order in which a row reports them."),
  })
  .describe('A kind of file.');
