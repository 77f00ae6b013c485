import { lstat, mkdir, readFile, statfs } from 'node:fs/promises';
import path from 'node:path';

/** Where Linux has a file system in memory for everybody. */
const shared = '/dev/shm';
/** What the data of the servers of a whole test run needs, with room to spare. */
const wantedBytes = 6 * 2 ** 30;

export interface MemoryFolder {
  readonly path: string;
  /** Whether the machine has memory to spare for a whole test run. */
  readonly hasRoom: boolean;
}

/** A folder of this user's own in memory, where a commit waits for no disk; undefined where there is none. */
export async function memoryFolder(): Promise<MemoryFolder | undefined> {
  try {
    const { type, bavail, bsize } = await statfs(shared);
    if (type !== tmpfs) return undefined;
    const folder = path.join(shared, `strata-${process.getuid?.()}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Every user may write there: a folder that somebody else made under this name is not ours to trust.
    const { uid, mode } = await lstat(folder);
    if (uid !== process.getuid?.() || (mode & 0o077) !== 0) return undefined;
    return { path: folder, hasRoom: Math.min(bavail * bsize, await availableMemory()) >= wantedBytes };
  } catch {
    return undefined;
  }
}

const tmpfs = 0x01021994;

/** In bytes, as Linux tells it. */
async function availableMemory(): Promise<number> {
  return Number(/^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1] ?? 0) * 1024;
}
