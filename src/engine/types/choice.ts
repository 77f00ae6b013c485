import { z } from 'zod';
import { list, trimmed } from '../definition/schema/parts.js';

export const choiceSchema = z
  .strictObject({
    kind: z.literal('choice'),
    values: list(trimmed.min(1, 'must not be empty').max(255), 'value').describe('The good values, as they are stored.'),
  })
  .describe('One of a few values, which the file may write in any case (ASCII); stored as written here.');
