import { z } from 'zod';
import { columnName, list, name } from './parts.js';

export const areaSchema = z
  .strictObject({
    name: name(24).describe('The command is `strata <pipeline> <name>`, and the address GET /api/<pipeline>/<name>.'),
    description: z
      .string()
      .regex(/^[^\r\n]+$/, 'must be one line that is not empty')
      .optional()
      .describe('A line for people: what the numbers are.'),
    entity: columnName.describe('An entity with append: true. Its rows are counted, by ISO week.'),
    points: list(columnName, 'column of type point')
      .max(2, 'must hold two columns at most')
      .describe(
        "The points that a question can name with `by`. The first one is the entity's cell and the default. Questions by it are the fastest.",
      ),
    time: columnName.describe("A timestamp column with zone 'none': the week and the day of a row."),
    of: columnName.describe('A text column with a dictionary, such as a region. A question can be limited to one of its values.'),
  })
  .describe('Questions about areas: how many rows lie in a box, week by week.');
