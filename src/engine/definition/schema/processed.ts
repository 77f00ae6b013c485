import { z } from 'zod';
import { columnName, list, setting } from './parts.js';

export const processedSchema = z
  .strictObject({
    into: setting('SHOP_PROCESSED_URL').describe(
      'The environment variable that holds the address of the processed bucket, s3://bucket/prefix or file:///folder. If it is not set, nothing is written.',
    ),
    facts: z
      .array(
        z.strictObject({
          mart: columnName.describe('A mart, without its schema, whose key is the ids column of an entity.'),
          newest: columnName.describe(
            'The mart that names the newest row of each thing. Its key is the key of the thing, and it has a column with the id of the row.',
          ),
          view: columnName
            .optional()
            .describe(
              'The view of these newest rows that analysts read, with the columns of the fact. `strata lake verify` checks it too.',
            ),
        }),
      )
      .optional()
      .describe('Marts whose rows are versions of things. A row that is delivered again, or becomes the newest again, is written again.'),
    dimensions: list(columnName, 'mart').optional().describe('Other marts. Their changed rows are written.'),
  })
  .describe(
    'A bucket into which the changed rows of marts are written as Parquet after each load, run by run. A run exists once its manifest exists. Nothing is ever overwritten. Rows of these marts may change, but they never disappear.',
  );
