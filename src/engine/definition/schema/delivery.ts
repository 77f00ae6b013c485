import { z } from 'zod';
import { columnName, list, trimmed } from './parts.js';

const mergeSchema = z.strictObject({ kind: z.literal('merge') }).describe('A key that a file lacks stays as it is.');

const snapshotSchema = z
  .strictObject({
    kind: z.literal('snapshot'),
    refuseAbove: z
      .number()
      .min(0, 'must be a share from 0 to 1')
      .max(1, 'must be a share from 0 to 1')
      .describe(
        'The greatest share of all keys that a file may delete, such as 0.2. A file that would delete more is refused. 1 lets a file delete all keys.',
      ),
  })
  .describe(
    'Each file has all keys that exist at its time, and a key that it lacks is deleted. A file with rows in quarantine deletes nothing, because the key of a bad row is not known.',
  );

const tombstonesSchema = z
  .strictObject({
    kind: z.literal('tombstones'),
    column: columnName.describe('A column of the feed.'),
    values: list(trimmed.min(1, 'must not be empty'), 'value').describe(
      "The values of the column that delete the key of the row, written as in a file: ['D', 'delete'].",
    ),
  })
  .describe('A row can say that its key is deleted. A later row of the key brings it back.');

export const deliverySchema = z
  .discriminatedUnion('kind', [mergeSchema, snapshotSchema, tombstonesSchema], { error: "must be 'merge', 'snapshot' or 'tombstones'" })
  .describe("How files delete keys. When left out { kind: 'merge' }: they delete none.");
