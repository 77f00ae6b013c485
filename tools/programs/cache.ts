import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { commandLine } from '../run/process-table.js';
import { hasCode } from '../run/errors.js';

/** Programs are run from there, and servers' data is below it: other users have no business in it, whatever the umask. */
const ownOnly = { recursive: true, mode: 0o700 };

/** The folder for built programs and for the data of running demos and tests: the user's cache folder of this platform. */
export function cacheFolder(): string {
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'strata');
  const base = process.env.XDG_CACHE_HOME;
  return path.join(base && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'strata');
}

/** Where programs that we built or downloaded are kept. */
export const cachedProgram = (name: string): string => path.join(cacheFolder(), 'bin', name);

/**
 * Lets `build` fill a new empty folder, then moves what it returns (a path in that folder) to `target` in one step, so that
 * two runs at the same time never see half of a program and never break each other's build.
 */
export async function installAtomically(target: string, build: (folder: string) => Promise<string>): Promise<string> {
  await removeBrokenOff();
  const folder = path.join(cacheFolder(), `build-${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(folder, ownOnly);
  try {
    const made = await build(folder);
    await mkdir(path.dirname(target), ownOnly);
    try {
      await rename(made, target);
    } catch (error) {
      // A folder can't be renamed over a filled one: then another run was first, and its copy is as good as ours.
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    }
    return target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Folders of builds whose script was killed. */
async function removeBrokenOff(): Promise<void> {
  for (const name of await readdir(cacheFolder()).catch(() => [])) {
    const pid = /^build-(\d+)-/.exec(name)?.[1];
    if (pid && (await commandLine(Number(pid))) === undefined) await rm(path.join(cacheFolder(), name), { recursive: true, force: true });
  }
}
