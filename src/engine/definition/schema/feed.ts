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
  full: reasonName.optional().describe('Of a text with a dictionary: the reason for a new value when the dictionary holds 65,535.'),
});

const title = trimmed.min(1, 'must not be empty');

export const columnSchema = z
  .strictObject({
    name: columnName.describe("The column's name in staging and bulk, in snake_case."),
    header: z
      .union([title, list(title, 'name')], { error: "must be the column's name in the file, or a list of the names that it may have" })
      .optional()
      .describe(
        "The column's name in the header of the file, or a list of names that it may have; it is compared trimmed and in any case. `name` when left out.",
      ),
    derive: z
      .strictObject({
        by: z
          .enum(enrichmentNames, { error: `must be ${enrichmentNames.map((each) => `'${each}'`).join(' or ')}` })
          .describe('What makes it.'),
        from: columnName.describe('The column of the file of which it is made.'),
      })
      .optional()
      .describe('The file lacks this column: it is made of another one when a row is landed.'),
    description: description.optional().describe('A line for people, the comment of the column in bulk: what a value is.'),
    type: columnTypeSchema,
    nullable: z
      .boolean()
      .optional()
      .describe(
        'The column may be NULL. An empty value is, unless the type gives it a value; without this an empty value that the type does not allow goes to quarantine.',
      ),
    optional: z.boolean().optional().describe('A file may come without the column, which is empty in all of its rows then.'),
    reason: z
      .union([reasonName, reasonsSchema], {
        error: 'must be the name of a reason (snake_case), or { bad, empty } with two of them',
      })
      .describe(
        'The reason in quarantine for a value that breaks the type, or { bad, empty } where an empty value has a reason of its own.',
      ),
  })
  .describe('A column of the file.');

const partitionColumn = columnName.describe(
  'A column of the feed for entities, of type date, that no file has: it holds the date that the file belongs to.',
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
    'The date that each file belongs to. It comes first in the order of deliveries, and runs by date take the files of their dates.',
  );

export const rowRuleSchema = z
  .strictObject({
    column: columnName.describe('A boolean column of the feed.'),
    equals: z
      .strictObject({ filled: columnName.describe('Another column of the feed.') }, { error: "must be { filled: '<column>' }" })
      .describe('The column must be true where the other one is not empty, and false where it is.'),
    reason: reasonName.describe('The reason in quarantine for a row that breaks the rule.'),
  })
  .describe('What must be so of two columns of a row.');

export const feedSchema = z
  .strictObject({
    name: name(48).describe("The table's name in staging."),
    match: z
      .string()
      .min(1, 'must not be empty')
      .describe(
        "A JavaScript regular expression (flag u). With a / in it, it must match the file's whole key below the source's address; else it is searched for in the name of a file in the source's root. A file belongs to one feed at most.",
      ),
    partition: partitionSchema.optional(),
    manifest: z
      .literal(manifestFolder, { error: `must be '${manifestFolder}', the folder of a lake's manifests` })
      .optional()
      .describe(
        "The feed takes the objects that the manifests of a lake name, and no others: run after run, each run whole, and in the order of their numbers. Needs release: 'keep'.",
      ),
    format: formatSchema.optional(),
    delivery: deliverySchema.optional(),
    columns: list(columnSchema, 'column'),
    rules: z.array(rowRuleSchema).optional().describe('What must be so of several columns of a row, beyond their types.'),
    reasons: z.array(reasonName).describe("The reasons of the feed's columns and rules, in the order in which a row reports them."),
  })
  .describe('A kind of file.');
