import { lstat } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { lastingEtag, type ObjectVersion } from '../../engine/object-store.js';
import { codeOf } from './file-errors.js';

/**
 * What identifies a file's version: inode, size and modification time in nanoseconds, and after an `@` the change time. That one
 * grows with every write, also where size and modification time are set back (`cp -p`, `rsync --inplace -t`).
 */
export function etagOf(stat: BigIntStats): string {
  return `${stat.ino}-${stat.size}-${stat.mtimeNs}@${stat.ctimeNs}`;
}

/** Whether the file is of this version but for what a rename, a link or a chmod changes. */
export function isSameFile(stat: BigIntStats, version: Pick<ObjectVersion, 'etag'>): boolean {
  return stat.isFile() && lastingEtag(etagOf(stat)) === lastingEtag(version.etag);
}

const first = -62_167_219_200_000_000_000n;
const last = 253_402_300_799_999_999_999n;

/** ISO 8601 in UTC with microseconds, rounded down; a time outside of the years 0 to 9999 is told as the nearest one in them. */
function isoMicroseconds(exact: bigint): string {
  const nanoseconds = exact < first ? first : exact > last ? last : exact;
  const remainder = ((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const milliseconds = new Date(Number((nanoseconds - remainder) / 1_000_000n)).toISOString();
  return `${milliseconds.slice(0, -1)}${String(remainder / 1_000n).padStart(3, '0')}Z`;
}

export function versionOf(key: string, stat: BigIntStats): ObjectVersion {
  return { key, etag: etagOf(stat), size: Number(stat.size), lastModified: isoMicroseconds(stat.mtimeNs) };
}

/** The file's status, not following a symbolic link; undefined when there is none. */
export async function statFile(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether the version is the current one, has been replaced, or no file is there. */
export async function lookAtFile(path: string, version: ObjectVersion): Promise<'current' | 'replaced' | 'gone'> {
  const stat = await statFile(path);
  if (stat === undefined) return 'gone';
  return stat.isFile() && etagOf(stat) === version.etag ? 'current' : 'replaced';
}
