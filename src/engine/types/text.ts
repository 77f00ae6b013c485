import { z } from 'zod';
import { trimmed } from '../definition/schema/parts.js';

export const textSchema = z
  .strictObject({
    kind: z.literal('text'),
    maxLength: z.int().min(1, 'must be 1..16000').max(16000, 'must be 1..16000').describe('Characters at most, after trimming.'),
    empty: trimmed.describe('What is stored for an empty value.'),
  })
  .describe('Text, trimmed of ASCII space, tab, CR and LF. It is compared exactly.');
