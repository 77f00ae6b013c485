import { z } from 'zod';
import { columnName, description, list, name } from './parts.js';

export const entitySourceSchema = z
  .strictObject({
    feed: columnName.describe('A feed.'),
    where: z
      .strictObject({ filled: columnName.describe('A column of the feed: rows in which it is empty are left out.') })
      .optional()
      .describe('Which of its rows are taken; all of them when left out.'),
    set: z
      .partialRecord(columnName, z.string())
      .optional()
      .describe("Columns that have one value in every row, written as a file would have it: { is_lead_sale: 'true' }."),
  })
  .describe('A feed that fills the entity, with its columns of the same names.');

export const entitySchema = z
  .strictObject({
    name: name(48).describe("The table's name in bulk; its changes are in gear.changes_<name>."),
    description: description.optional().describe('A line for people, the comment of the table in bulk: what a row is.'),
    key: list(columnName, 'column: rows are merged by it')
      .optional()
      .describe(
        "The business key: names of the feeds' columns. An entity that replaces partitions, or to which rows are appended, has none. NULL equals NULL: for a nullable column, which must be a date or a timestamp, the table's key has <column>_key beside it.",
      ),
    ids: columnName
      .optional()
      .describe(
        'The column of ids in gear.ids_<name>: each key gets one when it is first there, in the order of deliveries and rows, and keeps it for ever.',
      ),
    replaces: z
      .literal('partition', { error: "must be 'partition', or be left out" })
      .optional()
      .describe("Rows without a key, such as visits: a load replaces all rows of its feed's partition."),
    append: z
      .literal(true, { error: 'must be true, or be left out' })
      .optional()
      .describe(
        'Rows without a key, such as trips: each good row of a file is a row of the table. They go there straight from the file, and a file with the same bytes is loaded once.',
      ),
    cell: columnName
      .optional()
      .describe('A point of an append entity: rows are stored by its cell of 0.01 degree, so that those of an area are found fast.'),
    order: list(columnName, 'column, or be left out')
      .optional()
      .describe("Timestamps with zone 'none' of an append entity, by which its rows are stored within a cell."),
    copies: list(
      z
        .strictObject({
          cell: columnName.describe('The point by whose cell of 0.01 degree they are stored.'),
          values: list(columnName, 'column').describe('The columns that are kept there, the point among them.'),
        })
        .describe('The table bulk.<entity>_by_<cell>.'),
      'copy, or be left out',
    )
      .optional()
      .describe(
        'The rows of an append entity once more, stored by the cell of another point and committed with them, so that those of an area are found fast by that point too.',
      ),
    values: z
      .array(columnName)
      .describe("The other columns that are kept: names of the feeds' columns. Without them a row says only that its key is there."),
    indexes: z.array(list(columnName, 'column')).optional().describe('Secondary indexes, for what marts read.'),
    from: list(entitySourceSchema, 'feed').describe('The feeds that fill it.'),
  })
  .describe('A current table: the latest row of each key, by order of deliveries of all the feeds that fill it.');
