/** What an error of the operating system means for work on files. */
export interface SystemMeaning {
  /** `unavailable` may pass by itself; the others need a person. */
  readonly kind: 'unavailable' | 'denied';
  /** What to do. */
  readonly advice?: string;
}

const tooManyFiles = 'too many files are open: raise the limit of open files (ulimit -n) of the user that runs Strata';

const meanings: Readonly<Record<string, SystemMeaning>> = {
  EACCES: { kind: 'denied' },
  EPERM: { kind: 'denied' },
  EROFS: {
    kind: 'denied',
    advice: "its file system is mounted read-only: mount it for writing. A disk with errors becomes so by itself: look at the system's log",
  },
  ENOSPC: {
    kind: 'unavailable',
    advice: 'its disk has no room left (or no inodes): delete what is not needed there, and the next attempt goes through',
  },
  EDQUOT: {
    kind: 'unavailable',
    advice: 'the disk quota there is used up: delete what is not needed or raise the quota, and the next attempt goes through',
  },
  EIO: { kind: 'unavailable', advice: "its disk has an error: look at the system's log" },
  ESTALE: { kind: 'unavailable' },
  EBUSY: { kind: 'unavailable' },
  EMFILE: { kind: 'unavailable', advice: tooManyFiles },
  ENFILE: { kind: 'unavailable', advice: tooManyFiles },
  ENOMEM: { kind: 'unavailable', advice: 'this machine has no memory left' },
  ETIMEDOUT: { kind: 'unavailable' },
  ENOTCONN: { kind: 'unavailable' },
};

/** The system's name of an error (`ENOENT`); undefined for errors that are not the system's. */
export function codeOf(error: unknown): string | undefined {
  // Not instanceof: the system's errors may come from another realm.
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export function systemMeaning(code: string): SystemMeaning | undefined {
  return meanings[code];
}
