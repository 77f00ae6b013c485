import { createHash } from 'node:crypto';

/** The longest file name, in bytes, that all of Linux's file systems take. */
const longestName = 255;

/**
 * A name beside a taken one, with a tag before the extension: `a/users.csv` -> `a/users-1f2e3d4c.csv`. The tag comes from
 * `seed`, so that a repeated attempt finds the same name. A name that would become longer than 255 bytes is shortened.
 */
export function keyBeside(key: string, seed: string): string {
  const tag = createHash('sha256').update(seed).digest('hex').slice(0, 8);
  const name = key.lastIndexOf('/') + 1;
  const dot = key.lastIndexOf('.');
  const at = dot > name ? dot : key.length;
  const end = `-${tag}${key.slice(at)}`;
  const stem = [...key.slice(name, at)];
  while (stem.length > 1 && Buffer.byteLength(stem.join('') + end) > longestName) stem.pop();
  return key.slice(0, name) + stem.join('') + end;
}
