import { constants, existsSync, type BigIntStats } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../engine/object-store.js';
import { codeOf } from '../../engine/system-errors.js';
import { statFile } from './file-version.js';

/** Linux shows open folders here: a path below one leads into that folder, whatever was put in its place since. */
const descriptors = '/proc/self/fd';
const hasDescriptors = existsSync(descriptors);

/**
 * A folder that is held open, so that who may write to a folder above can't lead its acts elsewhere with a symbolic link. Systems
 * other than Linux have no paths below an open folder: there its path is looked at before each act.
 */
export class OpenFolder {
  private constructor(
    readonly path: string,
    readonly stat: BigIntStats,
    private readonly handle: FileHandle,
  ) {}

  /** A folder that the operator named; links in its path are the operator's. */
  static async open(path: string): Promise<OpenFolder> {
    return OpenFolder.openWith(path, path, 0);
  }

  private static async openWith(path: string, way: string, flags: number): Promise<OpenFolder> {
    const handle = await open(way, constants.O_RDONLY | constants.O_DIRECTORY | flags);
    try {
      return new OpenFolder(path, await handle.stat({ bigint: true }), handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The path of a name in this folder, for the system's calls; none of them may follow a link that has the name. */
  async at(name: string): Promise<string> {
    if (hasDescriptors) return join(descriptors, String(this.handle.fd), name);
    const now = await statFile(this.path);
    if (now?.ino !== this.stat.ino || now.dev !== this.stat.dev) {
      throw new StoreError('unavailable', `folder ${this.path} was replaced while files in it were moved. The next try finds it again`);
    }
    return join(this.path, name);
  }

  /** A folder in this one; undefined when none has the name, or what has it is a link or no folder. */
  async enter(name: string): Promise<OpenFolder | undefined> {
    try {
      return await OpenFolder.openWith(join(this.path, name), await this.at(name), constants.O_NOFOLLOW);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error) ?? '')) return undefined;
      throw error;
    }
  }

  /** The same, made where none has the name. Throws StoreError when something else has it. */
  async make(name: string): Promise<OpenFolder> {
    await mkdir(await this.at(name)).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    const folder = await this.enter(name);
    if (folder) return folder;
    const path = join(this.path, name);
    throw new StoreError('misconfigured', `${path} is a link or no folder, and links are not followed: put a folder there, or remove it`);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Calls `act` with the folder below the root that `parts` lead to, each made where `make` says so; undefined when there is none. */
export async function inFolder<T>(
  root: string,
  parts: readonly string[],
  options: { readonly make: boolean },
  act: (folder: OpenFolder) => Promise<T>,
): Promise<T | undefined> {
  let folder = await OpenFolder.open(root);
  try {
    for (const part of parts) {
      const next = options.make ? await folder.make(part) : await folder.enter(part);
      await folder.close();
      if (next === undefined) return undefined;
      folder = next;
    }
    return await act(folder);
  } finally {
    await folder.close();
  }
}
