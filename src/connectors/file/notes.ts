import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError, type Note } from '../../engine/object-store.js';
import { codeOf } from '../../engine/system-errors.js';
import { nameOfFile, removeFiles } from '../abandoned-folders.js';
import type { OpenFolder } from './open-folder.js';

/** Bytes; a longer note is not ours. */
const longest = 64 * 1024;

/** A small file of Strata's own; undefined when there is none. A link that others put there is not followed. */
export async function readNote(folder: OpenFolder, name: string): Promise<Note | undefined> {
  try {
    const file = await open(await folder.at(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) throw notOurs(folder, name);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(longest), 0, longest, 0);
      const text = buffer.subarray(0, bytesRead).toString('utf8');
      return { text, tag: tagOf(text) };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ELOOP') throw notOurs(folder, name);
    throw error;
  }
}

/** The last write of each note that this process writes. */
const writes = new Map<string, Promise<unknown>>();

/**
 * Writes the note if it has not changed since it was read, or if there was none, completely or not at all. Undefined when someone else was
 * faster. Writers of one process take turns. Between the check and the rename of one process, the note of another process could be
 * overwritten. That process notices it when it checks whether its own note is there.
 */
export async function writeNote(folder: OpenFolder, name: string, text: string, tag: string | undefined): Promise<string | undefined> {
  const note = `${folder.stat.dev}/${folder.stat.ino}/${name}`;
  const write = (writes.get(note) ?? Promise.resolve()).then(() => writeAlone(folder, name, text, tag));
  const ended = write.catch(() => undefined);
  writes.set(note, ended);
  try {
    return await write;
  } finally {
    if (writes.get(note) === ended) writes.delete(note);
  }
}

async function writeAlone(folder: OpenFolder, name: string, text: string, tag: string | undefined): Promise<string | undefined> {
  await removeFiles(await folder.at('.'), `.${name}`);
  const draft = await folder.at(await nameOfFile(`.${name}`));
  try {
    await writeDurably(draft, text);
    if (tag === undefined) {
      await linkOrCreate(draft, await folder.at(name), text);
    } else {
      if ((await readNote(folder, name))?.tag !== tag) return undefined;
      await rename(draft, await folder.at(name));
    }
    const written = tagOf(text);
    return (await readNote(folder, name))?.tag === written ? written : undefined;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

function tagOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Throws EEXIST where a note is. */
async function linkOrCreate(draft: string, path: string, text: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error;
    // A file system without hard links.
    await writeDurably(path, text);
  }
}

function notOurs(folder: OpenFolder, name: string): StoreError {
  return new StoreError(
    'misconfigured',
    `${join(folder.path, name)} is not what Strata puts there (a link, or not a plain file): look at it, and remove it`,
  );
}
