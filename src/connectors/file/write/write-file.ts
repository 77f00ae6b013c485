import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import type { WrittenObject } from '../../../engine/object-store.js';
import { etagOf, statFile } from '../file-version.js';
import { renameIfFree } from '../rename-if-free.js';
import type { OpenFolder } from '../open-folder.js';

/** Copies a local file to a hidden name, which no store lists, then puts it in place in one step. It lasts through a power cut. */
export async function writeFile(folder: OpenFolder, name: string, file: string, signal: AbortSignal | undefined): Promise<WrittenObject> {
  await throughHiddenName(folder, file, signal, async (hidden) => rename(hidden, await folder.at(name)));
  const written = await findFile(folder, name);
  if (written) return written;
  throw new Error(`${name} was taken away as soon as it was written`);
}

/** The same only where nothing has the name; false where something has. */
export function writeNewFile(folder: OpenFolder, name: string, file: string, signal: AbortSignal | undefined): Promise<boolean> {
  return throughHiddenName(folder, file, signal, async (hidden) => renameIfFree(hidden, await folder.at(name)));
}

async function throughHiddenName<Result>(
  folder: OpenFolder,
  file: string,
  signal: AbortSignal | undefined,
  put: (hidden: string) => Promise<Result>,
): Promise<Result> {
  const hidden = await folder.at(`.${randomUUID()}.part`);
  try {
    await copyFile(file, hidden, constants.COPYFILE_EXCL);
    const copy = await open(hidden, 'r+');
    try {
      await copy.sync();
    } finally {
      await copy.close();
    }
    signal?.throwIfAborted();
    return await put(hidden);
  } finally {
    await rm(hidden, { force: true });
  }
}

/** What has the name; undefined when nothing has, or no plain file. */
export async function findFile(folder: OpenFolder, name: string): Promise<WrittenObject | undefined> {
  const stat = await statFile(await folder.at(name));
  return stat?.isFile() ? { etag: etagOf(stat), size: Number(stat.size) } : undefined;
}
