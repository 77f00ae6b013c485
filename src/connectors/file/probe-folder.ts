import { open, readdir, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../../engine/object-store.js';
import { nameOfFile, removeFiles } from '../abandoned-folders.js';
import { toStoreError } from './file-errors.js';
import type { FileStore } from './file-store.js';
import { hasLastingInodes, statFile, versionOf } from './file-version.js';

const hiddenProbe = '.strata-probe';

/** What a folder was found to allow. */
export interface FolderProbe {
  /** The time that the folder's file system gave to a file that was written now. */
  readonly time: Date;
}

/**
 * Does with a small file of its own, under a hidden name that no listing shows, what is done with each file of a source: writes it (as
 * for quarantine/), moves it to quarantine/, deletes it there. Throws StoreError for what is not allowed.
 */
export async function probeFolder(store: FileStore): Promise<FolderProbe> {
  const root = fileURLToPath(store.url);
  const name = await nameOfFile(hiddenProbe);
  const place = `quarantine/${await nameOfFile('probe')}`;
  await removeFormer(root);
  const hadQuarantine = (await statFile(join(root, 'quarantine'))) !== undefined;
  try {
    const file = await open(join(root, name), 'wx');
    await file.writeFile('probe\n').finally(() => file.close());
    const time = (await stat(join(root, name))).mtime;
    try {
      await demand(store.move(await versionAt(root, name), `${place}/${name}`), 'moving a file to quarantine/');
      await demand(store.remove(await versionAt(root, `${place}/${name}`)), 'deleting a file');
    } finally {
      await removeLeft(store, root, [name, `${place}/${name}`]);
    }
    return { time };
  } catch (error) {
    throw toStoreError(error, root, 'writing a file');
  } finally {
    await rmdir(join(root, place)).catch(() => undefined);
    if (!hadQuarantine) await rmdir(join(root, 'quarantine')).catch(() => undefined);
  }
}

/** What a probe that was killed has left. */
async function removeFormer(root: string): Promise<void> {
  const quarantine = join(root, 'quarantine');
  const places = (await readdir(quarantine).catch((): string[] => [])).filter((name) => name.startsWith('probe-'));
  for (const folder of [root, ...places.map((place) => join(quarantine, place))]) await removeFiles(folder, hiddenProbe);
  await removeFiles(quarantine, 'probe');
}

async function versionAt(root: string, key: string) {
  const path = join(root, key);
  const found = await statFile(path);
  if (!found)
    throw new StoreError(
      'unavailable',
      `${path} was written just now, but is not there. Does another program take files out of this folder?`,
    );
  return versionOf(key, found, await hasLastingInodes(root));
}

async function demand(outcome: Promise<string>, doing: string): Promise<void> {
  const reached = await outcome;
  if (reached !== 'removed')
    throw new StoreError('unavailable', `${doing} ended as ${reached}. Does another program change files in this folder?`);
}

/** What could not be moved or deleted as others are: the name is ours alone. */
async function removeLeft(store: FileStore, root: string, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    if (await statFile(join(root, key)).catch(() => undefined)) await store.remove(await versionAt(root, key)).catch(() => undefined);
  }
}
