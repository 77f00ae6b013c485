import { z } from 'zod';
import { columnName, list, setting } from './parts.js';

export const processedSchema = z
  .strictObject({
    into: setting('SHOP_PROCESSED_URL').describe(
      'The environment variable that holds the address of the processed bucket, s3://bucket/prefix or file:///folder. Where it is not set nothing is written.',
    ),
    facts: z
      .array(
        z.strictObject({
          mart: columnName.describe('A mart without its schema, whose key is one id: that of an entity with ids.'),
          newest: columnName.describe(
            'The mart that names the newest row of each thing that the facts are versions of: its key is that of the thing, and it has the id of the row.',
          ),
          view: columnName
            .optional()
            .describe(
              'The view of those newest rows that analysts read, with the columns of the facts. What checks the bucket checks it too.',
            ),
        }),
      )
      .optional()
      .describe('Marts whose rows are versions of something. A row that comes again, or has become the newest again, is written again.'),
    dimensions: list(columnName, 'mart').optional().describe('Marts of which the bucket has rows as they now are, when they have changed.'),
  })
  .describe(
    "Marts whose changed rows are written as Parquet into a bucket of their own after each load, run by run. A run's manifest makes it exist, and nothing is ever overwritten. Rows of these marts may change, and never go.",
  );
