import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LeftAlone, ListOptions } from '../../engine/object-store.js';
import { whyFolderLeft } from '../../engine/folders/folders-below.js';
import { codeOf } from '../../engine/system-errors.js';
import { watchCall } from '../work-watch.js';
import { statFile } from './file-version.js';
import { isPrivateName } from './private-folder.js';

/** What a name is for a listing. */
export interface Entry {
  readonly key: string;
  readonly kind: 'file' | 'private';
}

/** What names of files begin with that a put brings in. They begin as those of private folders do, but are files. */
export const hiddenPut = '.strata-put';

/** Errors of one file or folder, which say nothing of the others. */
export const ofOneAlone: readonly (string | undefined)[] = ['EACCES', 'EPERM', 'ENAMETOOLONG', 'EOVERFLOW'];

export function unreadable(key: string, error: unknown): LeftAlone {
  return { key, reason: `it can't be read (${codeOf(error)}): let the user that runs Strata read it` };
}

/**
 * The files and private folders of a folder, or of every depth below it, in any order. Hidden files and folders are left out, symbolic
 * links are not followed. What a producer may have meant to be loaded, and is not, is told. With a prefix no other folder is looked at
 * than those that may hold a key which begins with it.
 */
export async function* folderEntries(
  root: string,
  {
    recursive,
    prefix = '',
    signal,
    leftAlone,
  }: Pick<ListOptions, 'recursive' | 'prefix' | 'signal'> & { readonly leftAlone: (object: LeftAlone) => void },
): AsyncGenerator<Entry> {
  const begin = await folderOf(root, prefix, leftAlone);
  const folders = begin === undefined ? [] : [begin];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    for (const entry of await entriesOf(root, folder, leftAlone)) {
      const path = folder === '' ? '' : `${folder}/`;
      if (!isUtf8(entry.name)) {
        leftAlone({
          key: path + spelled(entry.name),
          reason: `its name is not UTF-8, so no pickup takes it: ${renaming(path, entry.name)}`,
        });
        continue;
      }
      const name = entry.name.toString();
      const key = path + name;
      if (isPrivateName(name) && entry.isDirectory()) {
        yield { key, kind: 'private' };
        continue;
      }
      if (!`${key}/`.startsWith(prefix)) continue;
      if (isPrivateName(name) && !entry.isFile())
        leftAlone({ key, reason: 'it has the name of a private folder of Strata, but is not a folder: remove it' });
      else if (name.startsWith('.')) {
        if (entry.isFile() && name.startsWith(`${hiddenPut}-`)) leftAlone({ key, reason: putReason });
        else if (entry.isFile() && !isPrivateName(name))
          leftAlone({ key, reason: 'its name begins with a dot, as of a file that is still being written: rename it' });
      } else if (entry.isFile()) yield { key, kind: 'file' };
      else if (entry.isDirectory()) {
        if (recursive) folders.push(key);
        else {
          const reason = whyFolderLeft(`${key}/`);
          if (reason !== undefined) leftAlone({ key: `${key}/`, reason });
        }
      } else
        leftAlone({
          key,
          reason: entry.isSymbolicLink() ? `${linkReason}: put the file itself there` : 'it is not a regular file: remove it',
        });
    }
  }
}

const putReason = 'it is being put there by strata put, or was when that was killed: the next strata put into its folder takes it away';
const linkReason = 'it is a symbolic link, which is not followed';

/** The folder that holds all keys which begin with the prefix; undefined where there is none, or a link or something hidden leads to it. */
async function folderOf(root: string, prefix: string, leftAlone: (object: LeftAlone) => void): Promise<string | undefined> {
  const parts = prefix.split('/').slice(0, -1);
  if (parts.some((part) => part === '' || part.startsWith('.'))) return undefined;
  for (const [index] of parts.entries()) {
    const folder = parts.slice(0, index + 1).join('/');
    try {
      const found = await statFile(join(root, folder));
      if (found?.isSymbolicLink()) leftAlone({ key: `${folder}/`, reason: `${linkReason}: put the folder itself there` });
      if (!found?.isDirectory()) return undefined;
    } catch (error) {
      if (!ofOneAlone.includes(codeOf(error))) throw error;
      leftAlone(unreadable(`${folder}/`, error));
      return undefined;
    }
  }
  return parts.join('/');
}

/** Entries of a folder below the root; none when it went away since it was seen, or can't be read. */
async function entriesOf(root: string, folder: string, leftAlone: (object: LeftAlone) => void): Promise<Dirent<Buffer>[]> {
  try {
    return await watchCall('listing a folder', () => readdir(join(root, folder), { withFileTypes: true, encoding: 'buffer' }));
  } catch (error) {
    if (folder === '') throw error;
    if (ofOneAlone.includes(codeOf(error))) leftAlone(unreadable(`${folder}/`, error));
    else if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
    return [];
  }
}

const beyondAscii = /[^\x20-\x7e]/g;

/** A name that is not UTF-8, its bytes beyond ASCII as \x... */
function spelled(name: Buffer): string {
  return name.toString('latin1').replace(beyondAscii, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** A command to copy, to be run in the source: no keyboard types such a name. */
function renaming(path: string, name: Buffer): string {
  const escaped = (text: string) => text.replace(/[\\']/g, '\\$&');
  const quoted = escaped(path) + spelled(Buffer.from(escaped(name.toString('latin1')), 'latin1'));
  const free = escaped(path) + escaped(name.toString('latin1').replace(beyondAscii, '_'));
  return `rename it, in bash: mv -n -- $'${quoted}' $'${free}'`;
}
