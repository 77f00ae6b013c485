import { watchCall } from '../work-watch.js';
import { dirname, basename } from 'node:path';
import type { LeftAlone, ListOptions, ObjectVersion } from '../../engine/object-store.js';
import { codeOf } from '../../engine/system-errors.js';
import { etagOf, hasLastingInodes, versionOf } from './file-version.js';
import { folderEntries, unreadable } from './folder-entries.js';
import type { Looks } from './looks.js';
import { inFolder } from './open-folder.js';
import { openPrivateFolder, recoverLeftovers } from './private-folder.js';
import { inParts, openAndLook, restsStill, settledFiles, type Looking, type QuietTimes } from './settled-files.js';

const pageSize = 1_000;
/** Milliseconds for which a private folder must look the same before it is taken for one that a crash left. */
const leftoverAge = 60_000;

export interface Listing extends ListOptions {
  readonly root: string;
  readonly looks: Looks;
  readonly times: QuietTimes;
}

/**
 * Pages of at most 1,000 files that nobody writes to, in the folder or of every depth; hidden files and folders are left out, and
 * symbolic links are not followed. What still grows is not in it. One odd file or folder stops nothing else.
 */
export async function* listFolder(listing: Listing): AsyncGenerator<readonly ObjectVersion[]> {
  const { root, looks, times, recursive, prefix = '', signal, only = () => true } = listing;
  const leftAlone = listing.leftAlone ?? (() => undefined);
  const { patient, waits } = listing;
  const looking = { root, looks, times, inodes: await hasLastingInodes(root), signal, patient, waits, leftAlone };
  const batches = fileBatches({ ...listing, leftAlone, only });
  if (listing.unsettled || times.quiet === 0) {
    for await (const keys of batches) yield await current(looking, keys, listing.unsettled === true);
    return;
  }
  const end = looks.begin((key) => key.startsWith(prefix) && (recursive || !key.includes('/')) && only(key));
  for await (const page of settledFiles(batches, looking)) if (page.length > 0) yield page;
  end();
}

/** The files that are there now, settled or not. */
async function current(looking: Looking, keys: readonly string[], withRemarks: boolean): Promise<ObjectVersion[]> {
  const opened = await inParts(keys, async (key) => ({ key, file: await openAndLook(looking, key) }));
  return opened.flatMap(({ key, file }) => {
    if (file === undefined) return [];
    // Without a quiet time a pickup takes every file as it is.
    if (withRemarks && looking.times.quiet > 0 && !file.isFinished)
      looking.leftAlone(restsStill(key, file.stat.size === 0n, looking.times));
    return [versionOf(key, file.stat, looking.inodes)];
  });
}

/** Keys of files, many at a time. On the way, what crashes left in private folders is made visible again. */
async function* fileBatches(
  listing: Listing & { readonly only: (key: string) => boolean; readonly leftAlone: (object: LeftAlone) => void },
): AsyncGenerator<readonly string[]> {
  let keys: string[] = [];
  for await (const { key, kind } of folderEntries(listing.root, listing)) {
    if (kind === 'private') await watchCall('looking into a private folder of Strata', () => recover(listing, key));
    else if (listing.only(key)) keys.push(key);
    if (keys.length < pageSize) continue;
    yield keys;
    keys = [];
  }
  if (keys.length > 0) yield keys;
}

/** Leftovers can be recovered only where this process may write; a backfill's source may be read-only. None may stop a listing. */
async function recover(
  { root, looks, unsettled, leftAlone }: Listing & { readonly leftAlone: (object: LeftAlone) => void },
  key: string,
): Promise<void> {
  const parts = dirname(key) === '.' ? [] : dirname(key).split('/');
  try {
    await inFolder(root, parts, { make: false }, async (parent) => {
      const left = await openPrivateFolder(parent, basename(key));
      if (left === undefined)
        return leftAlone({ key, reason: 'it has the name of a private folder of Strata, and others may enter it: remove it' });
      const since = looks.since(key, etagOf(left.open.stat));
      if (unsettled || looks.now() - since < leftoverAge) return left.open.close();
      await recoverLeftovers(parent, left);
    });
  } catch (error) {
    leftAlone(unreadable(key, error));
    if (codeOf(error) === undefined) throw error;
  }
}
