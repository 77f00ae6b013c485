import { z } from 'zod';
import { columnName, description, list, name } from './parts.js';

export const entitySourceSchema = z
  .strictObject({
    feed: columnName.describe('A feed.'),
    where: z
      .strictObject({ filled: columnName.describe('A column of the feed: rows in which it is empty are left out.') })
      .optional()
      .describe('Which of its rows the entity takes. All of them when left out.'),
    set: z
      .partialRecord(columnName, z.string())
      .optional()
      .describe("Columns that have one value in every row, written as a file would have it: { is_lead_sale: 'true' }."),
  })
  .describe('A feed that fills the entity, with its columns of the same names.');

export const entitySchema = z
  .strictObject({
    name: name(48).describe("The table's name in bulk; its changes are in gear.changes_<name>."),
    description: description.optional().describe('A line for people: what a row is. It becomes the comment of the table in bulk.'),
    key: list(columnName, 'column: rows are merged by it')
      .optional()
      .describe(
        "The business key: names of the feeds' columns. An entity with replaces or append has none. A date or a timestamp of the key may be nullable. The table's key then has <column>_key instead, in which NULL equals NULL.",
      ),
    ids: columnName
      .optional()
      .describe(
        'The column of ids in gear.ids_<name>. Each new key gets an id, in the order of deliveries and rows, and keeps it for ever.',
      ),
    replaces: z
      .literal('partition', { error: "must be 'partition', or be left out" })
      .optional()
      .describe("Rows without a key, such as visits: a load replaces all rows of its feed's partition."),
    append: z
      .literal(true, { error: 'must be true, or be left out' })
      .optional()
      .describe(
        'Rows without a key, such as trips: each good row of a file becomes a row of the table, without staging. A file with the same bytes is loaded only once.',
      ),
    cell: columnName
      .optional()
      .describe(
        'A point of an append entity. Rows are stored in the order of its cells, which are 0.01 degrees wide and high, so that rows of an area are found fast.',
      ),
    order: list(columnName, 'column, or be left out')
      .optional()
      .describe("Timestamps with zone 'none' of an append entity. Rows of a cell are stored in this order."),
    copies: list(
      z
        .strictObject({
          cell: columnName.describe('The point in the order of whose cells the copy is stored.'),
          values: list(columnName, 'column').describe('The columns of the copy, with the point.'),
        })
        .describe('The table bulk.<entity>_by_<cell>.'),
      'copy, or be left out',
    )
      .optional()
      .describe(
        'Copies of the rows of an append entity, in the order of the cells of another point, so that rows of an area are found fast by that point too. A copy commits with its rows.',
      ),
    values: z.array(columnName).describe("The other columns of the entity: names of the feeds' columns. May be empty."),
    indexes: z.array(list(columnName, 'column')).optional().describe('Secondary indexes, by which marts find rows.'),
    from: list(entitySourceSchema, 'feed').describe('The feeds that fill it.'),
  })
  .describe('A table of bulk: the latest row of each key, in the order of deliveries of all feeds that fill it.');
