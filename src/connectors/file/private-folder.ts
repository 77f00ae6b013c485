import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { StoreError, type ObjectVersion } from '../../engine/object-store.js';
import { codeOf } from '../../engine/system-errors.js';
import { isSameFile, statFile } from './file-version.js';
import type { OpenFolder } from './open-folder.js';
import { renameIfFree } from './rename-if-free.js';

/*
 * A file is removed in three steps: it is renamed into a private folder beside it, checked there, where no producer can
 * replace it, and unlinked. The private folder (and not a private name) keeps the file's own name, however long, for
 * recovery. Whoever renames a private folder owns what is in it: so a remover that was thought dead and its heir never
 * act on one file both. A crash between the steps leaves the folder: a repeated removal of that version goes on from it,
 * and a listing puts back files that nobody came for (see recoverLeftovers).
 *
 * Producers may write to the folder above, so a name is never proof: a private folder is one that belongs to this user and
 * that nobody else may enter, and it is held open while files in it are moved. What else has such a name is left alone.
 */

const privatePrefix = '.strata-';
const openToOthers = 0o077n;

/** A file in a private folder of this process's own. */
export interface TakenFile {
  /** Where it was. */
  readonly parent: OpenFolder;
  readonly name: string;
  readonly folder: PrivateFolder;
}

export interface PrivateFolder {
  readonly name: string;
  readonly open: OpenFolder;
}

export function isPrivateName(name: string): boolean {
  return name.startsWith(privatePrefix);
}

function isOfThisUser(folder: OpenFolder): boolean {
  return process.geteuid === undefined || folder.stat.uid === BigInt(process.geteuid());
}

/** Undefined where another process has dropped it, because it was empty. */
async function makePrivateFolder(parent: OpenFolder): Promise<PrivateFolder | undefined> {
  const made = await mkdtemp(await parent.at(privatePrefix));
  const name = basename(made);
  const open = await parent.enter(name);
  if (open === undefined) return undefined;
  if (isOfThisUser(open)) return { name, open };
  await open.close();
  await rmdir(await parent.at(name)).catch(() => undefined);
  const advice = 'run Strata as a user whose files keep their owner there';
  throw new StoreError('denied', `what Strata makes in folder ${parent.path} does not belong to the user that runs it: ${advice}`);
}

/** A private folder that was left behind. Undefined if it is gone, or if the folder of that name does not belong to this user. */
export async function openPrivateFolder(parent: OpenFolder, name: string): Promise<PrivateFolder | undefined> {
  const open = await parent.enter(name).catch((error: unknown) => {
    if (codeOf(error) === 'EACCES') return undefined;
    throw error;
  });
  if (open === undefined) return undefined;
  if (isOfThisUser(open) && (open.stat.mode & openToOthers) === 0n) return { name, open };
  await open.close();
  return undefined;
}

/** Removes a private folder when it is empty, and lets go of it; it may be gone, or hold what another process put there. */
export async function leave(parent: OpenFolder, { name, open }: PrivateFolder): Promise<void> {
  try {
    await rmdir(await parent.at(name));
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await open.close();
  }
}

/** Removes private folders that are empty: a process that died between two steps may have left them. */
export async function dropEmptyFolders(parent: OpenFolder): Promise<void> {
  for (const name of (await readdir(await parent.at('.'))).filter(isPrivateName)) {
    const left = await openPrivateFolder(parent, name);
    if (left) await leave(parent, left);
  }
}

/** Renames the file into a private folder; undefined when it is gone. */
export async function takeFile(parent: OpenFolder, name: string): Promise<TakenFile | undefined> {
  const folder = await makePrivateFolder(parent);
  if (folder === undefined) return undefined;
  try {
    await rename(await parent.at(name), await folder.open.at(name));
    return { parent, name, folder };
  } catch (error) {
    await leave(parent, folder);
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes another process's private folder this one's own; undefined, and let go of, when someone else was faster. */
async function claimFolder(parent: OpenFolder, folder: PrivateFolder): Promise<PrivateFolder | undefined> {
  const own = { name: `${privatePrefix}${randomUUID()}`, open: folder.open };
  try {
    await rename(await parent.at(folder.name), await parent.at(own.name));
    const renamed = await statFile(await parent.at(own.name));
    if (renamed?.ino === folder.open.stat.ino) return own;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      await folder.open.close();
      throw error;
    }
  }
  await folder.open.close();
  return undefined;
}

/**
 * The version of the file `name` where a removal that did not end left it, now in this process's own folder. Private folders that such a
 * removal left empty go on the way.
 */
export async function claimLeftover(
  parent: OpenFolder,
  name: string,
  version: Pick<ObjectVersion, 'etag'>,
): Promise<TakenFile | undefined> {
  let taken: TakenFile | undefined;
  for (const entry of (await readdir(await parent.at('.'))).filter(isPrivateName)) {
    const left = await openPrivateFolder(parent, entry);
    if (left === undefined) continue;
    const stat = taken ? undefined : await statFile(await left.open.at(name));
    if (stat === undefined || !isSameFile(stat, version)) {
      await leave(parent, left);
      continue;
    }
    const folder = await claimFolder(parent, left);
    if (folder !== undefined) taken = { parent, name, folder };
  }
  return taken;
}

/** Unlinks a taken file; false when another process claimed it meanwhile. */
export async function discard({ parent, name, folder }: TakenFile): Promise<boolean> {
  try {
    await unlink(await folder.open.at(name));
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  } finally {
    await leave(parent, folder);
  }
}

/**
 * Gives a taken file the first of the names in `target` that is free. Nothing is overwritten. False if no name is free. Then the file stays
 * where it is, and a listing puts it back once its own name is free. Throws ENOENT when another process claimed the file.
 */
export async function release({ parent, name, folder }: TakenFile, target: OpenFolder, names: readonly string[]): Promise<boolean> {
  try {
    for (const free of names) {
      if (await renameIfFree(await folder.open.at(name), await target.at(free))) return true;
    }
    return false;
  } finally {
    await leave(parent, folder);
  }
}

/** Puts a taken file back under its own name, where no newer file has that by now. */
export async function putBack(taken: TakenFile): Promise<boolean> {
  return release(taken, taken.parent, [taken.name]);
}

/**
 * Puts back files that an unfinished removal left in this private folder. They were not deleted, so a removal of them must not count. If
 * another file has the name, the file stays in the folder until that file is gone, because under another name it would belong to no feed.
 */
export async function recoverLeftovers(parent: OpenFolder, left: PrivateFolder): Promise<void> {
  const names = await readdir(await left.open.at('.'));
  const isFree = await Promise.all(names.map(async (name) => (await statFile(await parent.at(name))) === undefined));
  if (names.length > 0 && !isFree.includes(true)) return left.open.close();
  const folder = await claimFolder(parent, left);
  if (folder === undefined) return;
  try {
    for (const name of names) await renameIfFree(await folder.open.at(name), await parent.at(name));
  } finally {
    await leave(parent, folder);
  }
}
