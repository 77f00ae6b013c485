/*
 * An export whose `to` has `{part}` in its name goes on in another file where a file would get too large: part-00000, part-00001 and so
 * on. Rows stay in their order over the parts.
 */
import { keyOfDate } from '../dated/dated-output.js';

const placeholder = '{part}';
/** 1 GB. */
export const defaultPartBytes = 1_000_000_000;
const leastPartBytes = 1_000;
/** S3 takes no larger objects. */
const mostPartBytes = 5_000_000_000_000;
/** Their numbers have five digits, so that names are in the order of parts. */
export const mostParts = 100_000;
const units: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

export function hasParts(to: string): boolean {
  return to.includes(placeholder);
}

/** The key of one part, counted from 0; of an export in one file the file's key. */
export function keyOfPart(to: string, part: number): string {
  return to.replaceAll(placeholder, String(part).padStart(5, '0'));
}

/** What is wrong with where the number of a part stands; undefined when nothing is. */
export function placeMistake(to: string): string | undefined {
  const before = to.indexOf(placeholder);
  if (before < 0) return undefined;
  if (before !== to.lastIndexOf(placeholder)) return '`{part}` is the number of a part and stands once in the key';
  return to.includes('/', before) ? '`{part}` stands in the name of the file, not in a folder: as in part-{part}.parquet' : undefined;
}

/** Bytes of a text such as `1 GB`; undefined where the text is not a size, or out of bounds. */
export function partBytesOf(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?) ?(kB|MB|GB|TB)$/.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (units[unit] ?? 0));
  return bytes >= leastPartBytes && bytes <= mostPartBytes ? bytes : undefined;
}

/** Whether two exports would write the same file, at some date and part. */
export function shareKeys(to: string, other: string): boolean {
  const example = (key: string) => keyOfPart(keyOfDate(key, '2000-01-01'), 0);
  return patternOf(to).test(example(other)) || patternOf(other).test(example(to));
}

function patternOf(to: string): RegExp {
  const literal = to.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('{date}', '\\d{4}-\\d{2}-\\d{2}').replaceAll(placeholder, '\\d{5}')}$`);
}
