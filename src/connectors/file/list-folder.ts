import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectVersion } from '../../engine/object-store.js';
import { codeOf } from './file-errors.js';
import { statFile, versionOf } from './file-version.js';
import { isPrivateName, recoverLeftovers } from './private-folder.js';

/** File systems' clocks may lag behind ours by a tick, in milliseconds. */
const clockGrain = 20;
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

interface Sorted {
  readonly quiet: readonly ObjectVersion[];
  /** Files that changed a moment ago. */
  readonly recent: readonly string[];
}

async function sortByQuiet(root: string, keys: readonly string[], quietTime: number): Promise<Sorted> {
  const quiet: ObjectVersion[] = [];
  const recent: string[] = [];
  await Promise.all(
    keys.map(async (key) => {
      const now = Date.now();
      // A name that is not UTF-8 can't be spelled in a key, and looks as if it were gone.
      const stat = await statFile(join(root, key));
      if (stat === undefined || !stat.isFile()) return;
      if (isQuiet(stat, now, quietTime)) quiet.push(versionOf(key, stat));
      else recent.push(key);
    }),
  );
  return { quiet, recent };
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
 * Pages of at most 1,000 files that nobody wrote to for `quietTime` milliseconds, in the folder or of every depth; hidden
 * files and folders are left out, and symbolic links are not followed. Files that changed a moment ago are looked at once
 * more when their time is over, so that what was there when the listing began is in it; what still grows is not.
 */
export async function* listFolder(
  root: string,
  options: { readonly recursive: boolean; readonly signal?: AbortSignal | undefined; readonly quietTime: number },
): AsyncGenerator<readonly ObjectVersion[]> {
  const recent: string[] = [];
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
    yield* quietPages(root, keys, options, recent);
  }
  if (recent.length === 0) return;
  await sleep(options.quietTime + clockGrain, undefined, { signal: options.signal }).catch(() => options.signal?.throwIfAborted());
  yield* quietPages(root, recent, options, []);
}

/** Pages of those of the keys that are quiet; the others are added to `recent`. */
async function* quietPages(
  root: string,
  keys: readonly string[],
  { signal, quietTime }: { readonly signal?: AbortSignal | undefined; readonly quietTime: number },
  recent: string[],
): AsyncGenerator<readonly ObjectVersion[]> {
  for (let first = 0; first < keys.length; first += pageSize) {
    const page: ObjectVersion[] = [];
    for (let from = first; from < Math.min(first + pageSize, keys.length); from += statsAtOnce) {
      signal?.throwIfAborted();
      const sorted = await sortByQuiet(root, keys.slice(from, Math.min(from + statsAtOnce, first + pageSize)), quietTime);
      page.push(...sorted.quiet);
      recent.push(...sorted.recent);
    }
    if (page.length > 0) yield page;
  }
}
