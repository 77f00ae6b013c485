import { ObjectChangedError, StoreError } from '../../engine/object-store.js';
import { codeOf, systemMeaning } from '../../engine/system-errors.js';

/** What to do where the folder of a store is meant, and no other. */
const ofStores: Readonly<Record<string, string>> = {
  EACCES: 'let the user that runs Strata read the folder, and write to it where files are picked up',
  EPERM: 'let the user that runs Strata read the folder, and write to it where files are picked up',
  EXDEV: 'the folder, its quarantine/ and its archive/ must be on one file system',
};

/** What went wrong with a folder and what to do, as a StoreError; errors of this project and of no system call pass through. */
export function toStoreError(error: unknown, folder: string, doing: string): unknown {
  const code = codeOf(error);
  if (error instanceof StoreError || error instanceof ObjectChangedError || code === undefined) return error;
  if (code === 'ENOENT') {
    return new StoreError('no-such-bucket', `folder ${folder} does not exist: create it, or correct the store's address`, { cause: error });
  }
  if (code === 'ENOTDIR')
    return new StoreError('misconfigured', `${folder} is not a folder: correct the store's address`, { cause: error });
  const meaning = systemMeaning(code);
  const advice = ofStores[code] ?? meaning?.advice;
  const message = `${doing} in folder ${folder} failed (${code})${advice === undefined ? '' : `: ${advice}`}`;
  return new StoreError(meaning?.kind ?? 'misconfigured', message, { cause: error });
}
