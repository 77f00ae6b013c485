import { constants } from 'node:fs';
import { copyFile, link, rm } from 'node:fs/promises';
import { codeOf } from '../../../engine/system-errors.js';
import { nameOfFile, removeFiles } from '../../abandoned-folders.js';
import { toStoreError } from '../file-errors.js';
import { hiddenPut } from '../folder-entries.js';
import { inFolder, type OpenFolder } from '../open-folder.js';

/**
 * Copies a file to a key below a folder: to a hidden name, which no store lists, then under its own in one step. Folders on the way are
 * made. Returns false where there is a file of that key. What a put that was killed has left in the folder goes before (Linux).
 */
export async function putIntoFolder(file: string, root: string, key: string): Promise<boolean> {
  const parts = key.split('/');
  const name = parts.pop() ?? '';
  try {
    return (await inFolder(root, parts, { make: true }, (folder) => putInto(file, folder, name))) ?? false;
  } catch (error) {
    throw toStoreError(error, root, `putting ${JSON.stringify(key)}`);
  }
}

async function putInto(file: string, folder: OpenFolder, name: string): Promise<boolean> {
  await removeFiles(await folder.at('.'), hiddenPut);
  const hidden = await folder.at(await nameOfFile(hiddenPut));
  try {
    await copyFile(file, hidden, constants.COPYFILE_EXCL);
    await link(hidden, await folder.at(name));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(hidden, { force: true });
  }
}
