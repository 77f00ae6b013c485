import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError, type ObjectVersion, type RemoveOutcome } from '../../engine/object-store.js';
import { keyBeside } from '../key-beside.js';
import { codeOf } from './file-errors.js';
import { etagOf, lookAtFile, statFile } from './file-version.js';
import { claimLeftover, discard, release, takeFile, type TakenFile } from './private-folder.js';

/** How often another process may be faster before that is an error. */
const mostAttempts = 5;

/** The version in a private folder, checked there; or why it can't be; undefined when another process was faster. */
async function takeVersion(path: string, version: ObjectVersion): Promise<TakenFile | 'replaced' | 'gone' | undefined> {
  const state = await lookAtFile(path, version);
  if (state !== 'current') return (await claimLeftover(path, version)) ?? state;
  const taken = await takeFile(path);
  const stat = taken && (await statFile(taken.path));
  if (taken === undefined || stat === undefined) return undefined;
  if (etagOf(stat) === version.etag) return taken;
  // Replaced between the look and the rename: a file that nobody has read goes back.
  await release(taken, path, etagOf(stat));
  return 'replaced';
}

async function withVersion(path: string, version: ObjectVersion, act: (taken: TakenFile) => Promise<boolean>): Promise<RemoveOutcome> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const taken = await takeVersion(path, version);
    if (typeof taken === 'string') return taken;
    if (taken === undefined) continue;
    try {
      if (await act(taken)) return 'removed';
    } catch (error) {
      await release(taken, path, version.etag).catch(() => undefined);
      throw error;
    }
  }
  throw new StoreError('unavailable', `other processes keep changing ${JSON.stringify(version.key)}`);
}

/** Deletes the file while it is the version given; see private-folder.ts for how a crash is survived. */
export async function removeFile(path: string, version: ObjectVersion): Promise<RemoveOutcome> {
  return withVersion(path, version, async (taken) => {
    const links = (await statFile(taken.path))?.nlink ?? 0n;
    const discarded = await discard(taken);
    if (discarded && links > 1n) {
      // A second link may be what a crash while putting the file back left in a private folder; it must not come back.
      for (let left = await claimLeftover(path, version); left !== undefined; left = await claimLeftover(path, version))
        await discard(left);
    }
    return discarded;
  });
}

/** Moves the file to `target` (or a name beside it where that is taken) while it is the version given. */
export async function moveFile(path: string, version: ObjectVersion, target: string): Promise<RemoveOutcome> {
  const outcome = await withVersion(path, version, async (taken) => {
    await mkdir(dirname(target), { recursive: true });
    try {
      await release(taken, target, version.etag);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  });
  if (outcome === 'removed') return outcome;
  for (const place of [target, keyBeside(target, version.etag)]) {
    if ((await lookAtFile(place, version)) === 'current') return 'removed';
  }
  return outcome;
}
