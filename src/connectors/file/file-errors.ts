import { ObjectChangedError, StoreError } from '../../engine/object-store.js';

/** The system's name of an error (`ENOENT`); undefined for errors that are not the system's. */
export function codeOf(error: unknown): string | undefined {
  // Not instanceof: the system's errors may come from another realm.
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const kinds: Readonly<Record<string, StoreError['kind']>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EIO: 'unavailable',
  ESTALE: 'unavailable',
  EBUSY: 'unavailable',
  EMFILE: 'unavailable',
  ENFILE: 'unavailable',
  ENOSPC: 'unavailable',
  EDQUOT: 'unavailable',
  ETIMEDOUT: 'unavailable',
  ENOTCONN: 'unavailable',
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
  const kind = kinds[code] ?? 'misconfigured';
  const advice =
    kind === 'denied'
      ? ': let the user that runs Strata read the folder, and write to it where files are picked up'
      : code === 'EXDEV'
        ? ': the folder and its quarantine/ must be on one file system'
        : '';
  return new StoreError(kind, `${doing} in folder ${folder} failed (${code})${advice}`, { cause: error });
}
