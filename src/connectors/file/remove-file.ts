import { randomUUID } from 'node:crypto';
import { StoreError, type ObjectVersion, type RemoveOutcome, type WrittenObject } from '../../engine/object-store.js';
import { keyBeside } from '../free-key.js';
import { codeOf } from '../../engine/system-errors.js';
import { etagOf, hasInode, isSameFile, lookAtFile, statFile } from './file-version.js';
import type { OpenFolder } from './open-folder.js';
import { claimLeftover, discard, leave, putBack, release, takeFile, type TakenFile } from './private-folder.js';

/** What a removal needs to know of a version. */
type Version = Pick<ObjectVersion, 'key' | 'etag'>;

/** How often another process may be faster before that is an error. */
const mostAttempts = 5;

/** The version in a private folder, checked there; or why it can't be; undefined when another process was faster. */
async function takeVersion(folder: OpenFolder, name: string, version: Version): Promise<TakenFile | 'replaced' | 'gone' | undefined> {
  // The change time counts here, and no more once the file was renamed, which sets it.
  const state = await lookAtFile(await folder.at(name), version);
  if (state !== 'current') return (await claimLeftover(folder, name, version)) ?? state;
  const taken = await takeFile(folder, name);
  if (taken === undefined) return undefined;
  const stat = await statFile(await taken.folder.open.at(name));
  if (stat !== undefined && isSameFile(stat, version)) return taken;
  if (stat === undefined) {
    await leave(folder, taken.folder);
    return undefined;
  }
  // Replaced between the look and the rename: a file that nobody has read goes back.
  await putBack(taken);
  return 'replaced';
}

async function withVersion(
  folder: OpenFolder,
  name: string,
  version: Version,
  act: (taken: TakenFile) => Promise<boolean>,
): Promise<RemoveOutcome> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const taken = await takeVersion(folder, name, version);
    if (typeof taken === 'string') return taken;
    if (taken !== undefined && (await act(taken))) return 'removed';
  }
  throw new StoreError('unavailable', `other processes keep changing ${JSON.stringify(version.key)}`);
}

/** Deletes the file while it is the version given; see private-folder.ts for how a crash is survived. */
export async function removeFile(folder: OpenFolder, name: string, version: Version): Promise<RemoveOutcome> {
  return withVersion(folder, name, version, async (taken) => {
    const stat = await statFile(await taken.folder.open.at(name));
    const discarded = await discard(taken);
    if (discarded && stat !== undefined && stat.nlink > 1n) await discardOtherLinks(folder, name, version, stat.ino);
    return discarded;
  });
}

/**
 * The same of a file as it was written, whatever a rename or a chmod has changed since. Where it is not there, a removal of it may not have
 * come to its end.
 */
export async function removeWritten(folder: OpenFolder, name: string, written: WrittenObject): Promise<RemoveOutcome> {
  const stat = await statFile(await folder.at(name));
  const isThere = stat !== undefined && isSameFile(stat, written);
  return removeFile(folder, name, { key: name, etag: isThere ? etagOf(stat, hasInode(written)) : written.etag });
}

/** What a crash while putting the file back left: a second link, under its own name or in a private folder. It must not come back. */
async function discardOtherLinks(folder: OpenFolder, name: string, version: Version, inode: bigint): Promise<void> {
  const visible = await statFile(await folder.at(name));
  if (visible?.ino === inode && isSameFile(visible, version)) {
    const taken = await takeFile(folder, name);
    const stat = taken && (await statFile(await taken.folder.open.at(name)));
    if (taken && stat?.ino === inode && isSameFile(stat, version)) await discard(taken);
    else if (taken) await putBack(taken);
  }
  for (let left = await claimLeftover(folder, name, version); left !== undefined; left = await claimLeftover(folder, name, version))
    await discard(left);
}

/** Moves the file to `targetName` in a folder (or a name beside it where that is taken) while it is the version given. */
export async function moveFile(
  folder: OpenFolder,
  name: string,
  version: Version,
  target: OpenFolder,
  targetName: string,
): Promise<RemoveOutcome> {
  // Checked before the file is taken: putting it back would make another version of it.
  if (target.stat.dev !== folder.stat.dev) throw Object.assign(new Error('two file systems'), { code: 'EXDEV' });
  const beside = keyBeside(targetName, version.etag);
  const outcome = await withVersion(folder, name, version, async (taken) => {
    try {
      if (await release(taken, target, [targetName, beside, keyBeside(targetName, randomUUID())])) return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
    throw new Error(`no free name beside ${JSON.stringify(targetName)} in ${target.path}`);
  });
  if (outcome === 'removed') return outcome;
  for (const place of [targetName, beside]) {
    const stat = await statFile(await target.at(place));
    if (stat === undefined || !isSameFile(stat, version)) continue;
    // An attempt that died had linked it there, and a listing has put it back since.
    if (stat.nlink > 1n) await discardOtherLinks(folder, name, version, stat.ino);
    return 'removed';
  }
  return outcome;
}
