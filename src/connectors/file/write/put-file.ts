import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, toStoreError } from '../file-errors.js';

/**
 * Copies a file into a folder: to a hidden name, which no store lists, then under its own in one step. Returns false where there is a
 * file of that name.
 */
export async function putIntoFolder(file: string, folder: string, name: string): Promise<boolean> {
  const hidden = join(folder, `.${randomUUID()}.part`);
  try {
    await copyFile(file, hidden, constants.COPYFILE_EXCL);
    await link(hidden, join(folder, name));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw toStoreError(error, folder, `putting ${JSON.stringify(name)}`);
  } finally {
    await rm(hidden, { force: true });
  }
}
