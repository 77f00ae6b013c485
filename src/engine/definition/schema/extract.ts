import { z } from 'zod';
import { list, name } from './parts.js';

const setting = (example: string) =>
  z.string().regex(/^[A-Z][A-Z0-9_]*$/, `must be the name of an environment variable, such as ${example}`);

const sourceName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]*$/, 'must be snake_case: lower-case letters, digits and _')
  .max(63, 'must have at most 63 characters');

export const extractTableSchema = z
  .strictObject({
    name: sourceName.describe('The table in the source. Its objects are below a folder of this name.'),
    key: list(sourceName, 'column').describe('The columns that identify a row in the source.'),
    mark: sourceName.describe('The column with the time of the last change. Rows where it is NULL are extracted too.'),
    columns: list(sourceName, 'column')
      .optional()
      .describe('The columns that are extracted, the key and the mark among them; all of them when left out.'),
  })
  .describe('A table of the source.');

export const extractSchema = z
  .strictObject({
    name: name(48).describe('What `strata extract` and the tables of gear call it.'),
    kind: z.literal('postgres', { error: "must be 'postgres'" }).describe('The kind of database: PostgreSQL 13 or later.'),
    setting: setting('SHOP_DATABASE_URL').describe(
      "The environment variable that holds the database's address, postgres://user:password@host:5432/database. The account only reads.",
    ),
    schemaSetting: setting('SHOP_DATABASE_SCHEMA')
      .optional()
      .describe("The environment variable that holds the name of the tables' schema; it is public where that is not set."),
    into: setting('SHOP_INGEST_URL').describe(
      'The environment variable that holds the address of the lake, s3://bucket/prefix or file:///folder: that of the source of the feeds that read it.',
    ),
    schedule: z
      .string()
      .optional()
      .describe(
        "When it runs by itself: a cron expression of five fields, in UTC, such as '*/5 * * * *'. What follows it, to bus, runs at once.",
      ),
    tables: list(extractTableSchema, 'table'),
  })
  .describe('A database whose changed rows are written as files into a lake, which feeds read.');
