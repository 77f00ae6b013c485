import { z } from 'zod';
import { httpExtractSchema } from './http-extract.js';
import { into, list, name, schedule, setting } from './parts.js';

/** The source has named them: no rule of ours holds, and case matters. */
const sourceColumn = z
  .string()
  .regex(/^\P{Cc}+$/u, 'must be the name of a column, as the source has it')
  .max(63, 'must have at most 63 characters');
/** It is a part of keys in the lake, and of the patterns that feeds have for them. */
const sourceTable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, 'must be the name of a table, as the source has it: letters, digits, _ and -')
  .max(63, 'must have at most 63 characters');

export const extractTableSchema = z
  .strictObject({
    name: sourceTable.describe('The table in the source, in the same case. Its objects are in a folder of this name.'),
    key: list(sourceColumn, 'column').describe('The columns that identify a row in the source, in the same case.'),
    mark: sourceColumn.describe('The column with the time of the last change. Rows where it is NULL are extracted too.'),
    columns: list(sourceColumn, 'column')
      .optional()
      .describe('The columns to extract, with the key and the mark. All columns when left out.'),
  })
  .describe('A table of the source.');

export const databaseExtractSchema = z
  .strictObject({
    name: name(48).describe('The name of the extract in `strata extract` and in the tables of gear.'),
    kind: z.literal('postgres').describe('The kind of database: PostgreSQL 13 or later.'),
    setting: setting('SHOP_DATABASE_URL').describe(
      "The environment variable that holds the database's address, postgres://user:password@host:5432/database. The account only reads.",
    ),
    schemaSetting: setting('SHOP_DATABASE_SCHEMA')
      .optional()
      .describe("The environment variable that holds the name of the tables' schema. If it is not set, the schema is public."),
    into,
    schedule,
    tables: list(extractTableSchema, 'table'),
  })
  .describe('A database whose changed rows are written as files into a lake, which feeds read.');

export const extractSchema = z.discriminatedUnion('kind', [databaseExtractSchema, httpExtractSchema], {
  error: "must be 'postgres' or 'http'",
});
