import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, open, readdir, rename, rm } from 'node:fs/promises';
import { TakenAwayError, type WrittenObject } from '../../../engine/object-store.js';
import { codeOf } from '../../../engine/system-errors.js';
import { etagOf, statFile } from '../file-version.js';
import { renameIfFree } from '../rename-if-free.js';
import type { OpenFolder } from '../open-folder.js';

/** Copies a local file to a hidden name, which no store lists, then puts it in place in one step. It lasts through a power cut. */
export async function writeFile(folder: OpenFolder, name: string, file: string, signal: AbortSignal | undefined): Promise<WrittenObject> {
  const hidden = await hideFile(folder, name, file, signal);
  try {
    return await putHidden(folder, hidden, name);
  } finally {
    await dropHidden(folder, hidden);
  }
}

/** The same only where nothing has the name; false where something has. */
export async function writeNewFile(folder: OpenFolder, name: string, file: string, signal: AbortSignal | undefined): Promise<boolean> {
  const hidden = await hideFile(folder, name, file, signal);
  try {
    return await whileHidden(name, async () => renameIfFree(await folder.at(hidden), await folder.at(name)));
  } finally {
    await dropHidden(folder, hidden);
  }
}

/** Removes hidden files that were to have the name in the end. */
export async function dropHiddenOf(folder: OpenFolder, name: string): Promise<void> {
  const prefix = hiddenPrefix(name);
  for (const hidden of await readdir(await folder.at('.')))
    if (hidden.startsWith(prefix) && hidden.endsWith(hiddenEnd)) await dropHidden(folder, hidden);
}

const hiddenEnd = '.part';

/** Of one length, however long the name is. */
function hiddenPrefix(name: string): string {
  return `.${createHash('sha256').update(name).digest('hex').slice(0, 16)}-`;
}

/** Gives a hidden file its name, in the place of whatever has it. */
export async function putHidden(folder: OpenFolder, hidden: string, name: string): Promise<WrittenObject> {
  await whileHidden(name, async () => rename(await folder.at(hidden), await folder.at(name)));
  const written = await findFile(folder, name);
  if (written) return written;
  throw new Error(`${name} was taken away as soon as it was written`);
}

export async function dropHidden(folder: OpenFolder, hidden: string): Promise<void> {
  await rm(await folder.at(hidden), { force: true });
}

/** Nobody but a process that takes it for what a dead one has left takes away what has a hidden name. */
async function whileHidden<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? new TakenAwayError(`writing ${name}`, { cause: error }) : error;
  }
}

/** Copies a local file to a hidden name and returns that. */
export async function hideFile(folder: OpenFolder, name: string, file: string, signal: AbortSignal | undefined): Promise<string> {
  const hidden = `${hiddenPrefix(name)}${randomUUID()}${hiddenEnd}`;
  const path = await folder.at(hidden);
  try {
    await copyFile(file, path, constants.COPYFILE_EXCL);
    const copy = await whileHidden(name, () => open(path, 'r+'));
    try {
      await copy.sync();
    } finally {
      await copy.close();
    }
    signal?.throwIfAborted();
    return hidden;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** What has the name; undefined when nothing has, or no plain file. */
export async function findFile(folder: OpenFolder, name: string): Promise<WrittenObject | undefined> {
  const stat = await statFile(await folder.at(name));
  return stat?.isFile() ? { etag: etagOf(stat), size: Number(stat.size) } : undefined;
}
