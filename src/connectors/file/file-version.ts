import { lstat, statfs } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { lastingEtag, type ObjectVersion } from '../../engine/object-store.js';
import { codeOf } from '../../engine/system-errors.js';

/** Types of file systems (statfs) whose inodes are made up: they may differ by mount, by worker, or after a while. */
const madeUpInodes: readonly number[] = [
  0x65735546, // FUSE: sshfs, s3fs, virtiofs and others
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2 and 3
  0x517b, // SMB 1
  0x4d44, // FAT
  0x2011bab0, // exFAT
];

/** Whether a file below the folder keeps its inode for as long as it is the same file. */
export async function hasLastingInodes(folder: string): Promise<boolean> {
  const { type } = await statfs(folder);
  // Some of the numbers have the highest of 32 bits set, and may come as negative ones.
  return !madeUpInodes.includes(type >>> 0);
}

/**
 * What identifies a file's version: inode (0 where inodes do not last), size and modification time in nanoseconds, and after an `@` the
 * change time. That one grows with every write, also where size and modification time are set back (`cp -p`, `rsync --inplace -t`).
 */
export function etagOf(stat: BigIntStats, inodes = true): string {
  return `${inodes ? stat.ino : 0n}-${stat.size}-${stat.mtimeNs}@${stat.ctimeNs}`;
}

/** Whether a version was told where inodes last. */
export function hasInode({ etag }: Pick<ObjectVersion, 'etag'>): boolean {
  return !etag.startsWith('0-');
}

/** Whether the file is exactly of this version. */
export function isVersion(stat: BigIntStats, version: Pick<ObjectVersion, 'etag'>): boolean {
  return stat.isFile() && etagOf(stat, hasInode(version)) === version.etag;
}

/** Whether the file is of this version but for what a rename, a link or a chmod changes. */
export function isSameFile(stat: BigIntStats, version: Pick<ObjectVersion, 'etag'>): boolean {
  return stat.isFile() && lastingEtag(etagOf(stat, hasInode(version))) === lastingEtag(version.etag);
}

const first = -62_167_219_200_000_000_000n;
const last = 253_402_300_799_999_999_999n;

/** ISO 8601 in UTC with microseconds, rounded down; a time outside of the years 0 to 9999 becomes the nearest one in them. */
function isoMicroseconds(exact: bigint): string {
  const nanoseconds = exact < first ? first : exact > last ? last : exact;
  const remainder = ((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const milliseconds = new Date(Number((nanoseconds - remainder) / 1_000_000n)).toISOString();
  return `${milliseconds.slice(0, -1)}${String(remainder / 1_000n).padStart(3, '0')}Z`;
}

export function versionOf(key: string, stat: BigIntStats, inodes = true): ObjectVersion {
  return { key, etag: etagOf(stat, inodes), size: Number(stat.size), lastModified: isoMicroseconds(stat.mtimeNs) };
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
export async function lookAtFile(path: string, version: Pick<ObjectVersion, 'etag'>): Promise<'current' | 'replaced' | 'gone'> {
  const stat = await statFile(path);
  if (stat === undefined) return 'gone';
  return isVersion(stat, version) ? 'current' : 'replaced';
}
