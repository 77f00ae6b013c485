import { z } from 'zod';
import type { TypeTraits } from './traits.js';

export const jsonSchema = z
  .strictObject({ kind: z.literal('json') })
  .describe("JSON text of at most 31 levels. It is stored as delivered, and it can't be in a key or index.");

/** MariaDB's functions of JSON read 32 levels, MySQL's 100. */
const maxDepth = 31;

export function jsonTraits(): TypeTraits {
  return {
    // The servers' own JSON types differ: one rewrites the text, the other keeps it.
    sqlType: 'mediumtext',
    keyBytes: undefined,
    rowBytes: 12,
    rule: `must be JSON of at most ${maxDepth} levels`,
    mistakes: [],
    makeCheck: () => isJson,
    convert: ({ text }) => text,
  };
}

function isJson(bytes: Buffer, start: number, end: number): boolean {
  try {
    return isShallow(JSON.parse(bytes.toString('utf8', start, end)), maxDepth);
  } catch {
    return false;
  }
}

/** What the servers refuse and JavaScript takes is no JSON either: halves of surrogate pairs, numbers beyond a double. */
function isShallow(value: unknown, levels: number): boolean {
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.entries(value).every(([key, each]) => !/\p{Surrogate}/u.test(key) && isShallow(each, levels - 1));
}
