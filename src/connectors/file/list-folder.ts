import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectVersion } from '../../engine/object-store.js';
import { codeOf } from './file-errors.js';
import { statFile, versionOf } from './file-version.js';
import { isPrivateName, recoverLeftovers } from './private-folder.js';

const pageSize = 1_000;
const statsAtOnce = 100;

/**
 * Whether nothing was written for `quietTime` milliseconds. The change time decides: every write, rename and change of mtime sets it to now,
 * and unlike mtime it can't be set back, as `cp -p` and rsync do while a file grows. The modification time counts where
 * it is later (file systems without a change time), unless it lies in the future, where only a program can have set it.
 */
function isQuiet(times: { readonly ctimeMs: bigint; readonly mtimeMs: bigint }, now: number, quietTime: number): boolean {
  const limit = now - quietTime;
  return Number(times.ctimeMs) <= limit && (Number(times.mtimeMs) <= limit || Number(times.mtimeMs) > now);
}

async function versionIfQuiet(root: string, key: string, quietTime: number): Promise<ObjectVersion | undefined> {
  const now = Date.now();
  // A name that is not UTF-8 can't be spelled in a key, and looks as if it were gone.
  const stat = await statFile(join(root, key));
  return stat !== undefined && stat.isFile() && isQuiet(stat, now, quietTime) ? versionOf(key, stat) : undefined;
}

/** Leftovers can be recovered only where this process may write; a backfill's source may be read-only. */
async function recoverWherePermitted(folder: string): Promise<void> {
  try {
    await recoverLeftovers(folder, Date.now());
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) throw error;
  }
}

/** Entries of a folder below the root; none when it went away since it was seen. */
async function entriesOf(root: string, folder: string): Promise<Dirent[]> {
  try {
    return await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (folder !== '' && codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Pages of at most 1,000 files that nobody wrote to for `quietTime` milliseconds, in the folder or of every depth; hidden files and folders
 * are left out, and symbolic links are not followed.
 */
export async function* listFolder(
  root: string,
  options: { readonly recursive: boolean; readonly signal?: AbortSignal | undefined; readonly quietTime: number },
): AsyncGenerator<readonly ObjectVersion[]> {
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    options.signal?.throwIfAborted();
    const keys: string[] = [];
    for (const entry of await entriesOf(root, folder)) {
      const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (isPrivateName(entry.name)) await recoverWherePermitted(join(root, key));
      else if (entry.name.startsWith('.')) continue;
      else if (entry.isFile()) keys.push(key);
      else if (entry.isDirectory() && options.recursive) folders.push(key);
    }
    for (let first = 0; first < keys.length; first += pageSize) {
      const page: ObjectVersion[] = [];
      for (let from = first; from < Math.min(first + pageSize, keys.length); from += statsAtOnce) {
        options.signal?.throwIfAborted();
        const some = keys.slice(from, Math.min(from + statsAtOnce, first + pageSize));
        const versions = await Promise.all(some.map((key) => versionIfQuiet(root, key, options.quietTime)));
        page.push(...versions.filter((version) => version !== undefined));
      }
      if (page.length > 0) yield page;
    }
  }
}
