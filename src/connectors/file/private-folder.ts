import { randomUUID } from 'node:crypto';
import { link, mkdtemp, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ObjectVersion } from '../../engine/object-store.js';
import { keyBeside } from '../key-beside.js';
import { codeOf } from './file-errors.js';
import { etagOf, statFile } from './file-version.js';

/*
 * A file is removed in three steps: it is renamed into a private folder beside it, checked there, where no producer can
 * replace it, and unlinked. The private folder (and not a private name) keeps the file's own name, however long, for
 * recovery. Whoever renames a private folder owns what is in it: so a remover that was thought dead and its heir never
 * act on one file both. A crash between the steps leaves the folder: a repeated removal of that version goes on from it,
 * and a listing puts back files that nobody came for (see recoverLeftovers).
 */

const privatePrefix = '.strata-';
/** The age in milliseconds from which a private folder is taken for one that a crash left. */
const leftoverAge = 60_000;

/** A file in a private folder of this process's own. */
export interface TakenFile {
  readonly folder: string;
  readonly path: string;
}

export function isPrivateName(name: string): boolean {
  return name.startsWith(privatePrefix);
}

/** Removes an empty folder; it may be gone, or hold what another process put there. */
async function removeEmptyFolder(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
  }
}

/** Renames the file into a private folder; undefined when it is gone. */
export async function takeFile(path: string): Promise<TakenFile | undefined> {
  const folder = await mkdtemp(join(dirname(path), privatePrefix));
  const taken = { folder, path: join(folder, basename(path)) };
  try {
    await rename(path, taken.path);
    return taken;
  } catch (error) {
    await removeEmptyFolder(folder);
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes another process's private folder this one's own; undefined when someone else was faster. */
async function claimFolder(folder: string): Promise<string | undefined> {
  const own = join(dirname(folder), `${privatePrefix}${randomUUID()}`);
  try {
    await rename(folder, own);
    return own;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The version of the file at `path` where a removal that did not end left it, now in this process's own folder. */
export async function claimLeftover(path: string, version: ObjectVersion): Promise<TakenFile | undefined> {
  const parent = dirname(path);
  const entries = await readdir(parent).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of entries.filter(isPrivateName)) {
    const stat = await statFile(join(parent, name, basename(path)));
    if (stat === undefined || etagOf(stat) !== version.etag) continue;
    const folder = await claimFolder(join(parent, name));
    if (folder !== undefined) return { folder, path: join(folder, basename(path)) };
  }
  return undefined;
}

/** Unlinks a taken file; false when another process claimed it meanwhile. */
export async function discard(taken: TakenFile): Promise<boolean> {
  try {
    await unlink(taken.path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  } finally {
    await removeEmptyFolder(taken.folder);
  }
}

/** Renames without overwriting: false when `to` is taken by another file. */
async function renameIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    const code = codeOf(error) ?? '';
    const inTheWay = await statFile(to);
    if (inTheWay !== undefined) {
      // The same inode: an earlier attempt was cut off between link and unlink.
      if (inTheWay.ino !== (await statFile(from))?.ino) return false;
    } else if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) {
      // No hard links here (FAT, or a file of another user): a name that was free a moment ago is the best there is.
      await rename(from, to);
      return true;
    } else {
      throw error;
    }
  }
  await unlink(from);
  return true;
}

/**
 * Gives a taken file a visible name: `path`, or one beside it where that is taken. Nothing is overwritten.
 * Throws ENOENT when another process claimed the file.
 */
export async function release(taken: TakenFile, path: string, seed: string): Promise<void> {
  const names = [path, keyBeside(path, seed), keyBeside(path, randomUUID())];
  for (const name of names) {
    if (!(await renameIfFree(taken.path, name))) continue;
    await removeEmptyFolder(taken.folder);
    return;
  }
  throw new Error(`no free name beside ${path}`);
}

/**
 * Makes files visible again that a removal left in a private folder at least a minute ago, under their own name or, where
 * a newer file has it, beside it: they were not deleted, so nobody may count on it.
 */
export async function recoverLeftovers(folder: string, now: number): Promise<void> {
  const stat = await statFile(folder);
  if (stat === undefined || !stat.isDirectory() || now - Number(stat.ctimeMs) < leftoverAge) return;
  const own = await claimFolder(folder);
  if (own === undefined) return;
  for (const name of await readdir(own)) {
    const taken = { folder: own, path: join(own, name) };
    const file = await statFile(taken.path);
    if (file !== undefined) await release(taken, join(dirname(own), name), etagOf(file));
  }
  await removeEmptyFolder(own);
}
