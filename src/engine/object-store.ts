import type { Readable } from 'node:stream';

/** One version of one object, as a listing or a HEAD showed it. */
export interface ObjectVersion {
  /** The object's whole key in its bucket, or its path below the folder of a `file://` store, '/' between parts. */
  readonly key: string;
  /** Set only where the store's listing has it (S3's does not: there ETag, size and time are the identity). */
  readonly versionId?: string | undefined;
  /** The store's ETag without quotes; for `file://` one made from inode, size, modification time and, after an `@`, change time. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** ISO 8601 in UTC, as precise as the store gives it: up to milliseconds (S3) or microseconds (`file://`). */
  readonly lastModified: string;
}

/**
 * What of an ETag is of the file alone: a folder's end with the time of its last change of any kind, which a rename, a new link and a
 * chmod set as well. They make no new delivery.
 */
export function lastingEtag(etag: string): string {
  return etag.replace(/@-?\d+$/, '');
}

/** Whether what is at a place is what was written there. */
export function isAsWritten(found: WrittenObject, { etag, size }: WrittenObject): boolean {
  return lastingEtag(found.etag) === lastingEtag(etag) && found.size === size;
}

/** An object that a listing leaves out, for good or for some time yet, and why. */
export interface LeftAlone {
  /** As far as it can be spelled. */
  readonly key: string;
  /** A sentence that begins with "it" and says what to do. */
  readonly reason: string;
  /** It is in the listing, or will be in a later one, without anybody doing anything. */
  readonly waits?: true;
}

/** What a listing waits for. */
export interface Wait {
  readonly files: number;
  /** For how long they must not change. */
  readonly seconds: number;
}

export interface ListOptions {
  readonly recursive: boolean;
  /** Only objects whose keys below the store's prefix begin with it; a store looks at no others. */
  readonly prefix?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Which objects matter, by their keys below the store's prefix: a store may leave out others, to look at fewer. */
  readonly only?: ((relativeKey: string) => boolean) | undefined;
  /**
   * Asked when all files at rest are listed. If it says true, the listing waits a minute at most for files that may still be being written,
   * also where there are others, because who asks does not come again soon.
   */
  readonly patient?: (() => boolean) | undefined;
  /** Called when the listing waits for files that must rest longer, and every few seconds while it waits. */
  readonly waits?: ((wait: Wait) => void) | undefined;
  /** Lists what is there, also what may still be being written, without waiting. */
  readonly unsettled?: boolean | undefined;
  /** Called for each object that is left out though it seems to be meant for a listing. */
  readonly leftAlone?: ((object: LeftAlone) => void) | undefined;
}

/** How long a file of a folder must look the same before it counts as written. */
export interface FolderTimes {
  readonly quietSeconds: number;
  /** How long a file that is empty, or whose last line has no line break, must not change: its writer may have stalled. */
  readonly unfinishedSeconds: number;
}

/** A small object of Strata's own, at most 64 KiB. */
export interface Note {
  readonly text: string;
  /** Changes with the text. */
  readonly tag: string;
}

/** An object that Strata wrote, or what is at its place now. */
export interface WrittenObject {
  /** Without quotes; another one means other bytes, or the same bytes put again by somebody else. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
}

/** A file that was brought into a store, where nobody sees it yet. */
export interface StagedObject {
  /** Puts it in place in one step. */
  put(signal?: AbortSignal): Promise<WrittenObject>;
  /** Takes it away where it was not put. It never fails: what is left over nobody sees. */
  drop(): Promise<void>;
}

/** The object is no longer the version that was asked for: `replaced` by another one, or `gone`. */
export class ObjectChangedError extends Error {
  override readonly name = 'ObjectChangedError';
  constructor(
    readonly change: 'replaced' | 'gone',
    key: string,
  ) {
    super(`object ${JSON.stringify(key)} is ${change === 'gone' ? 'no longer there' : 'no longer the version that was listed'}`);
  }
}

export type RemoveOutcome = 'removed' | 'replaced' | 'gone';

/**
 * A bucket with a prefix, or a folder. Implementations: connectors/s3, connectors/file.
 * Every method that names a version acts on that version alone.
 */
export interface ObjectStore {
  /** Canonical address without credentials: `s3://bucket/prefix/` or `file:///folder/`; part of a load's identity. */
  readonly url: string;
  /** The key below the store's prefix, which feeds match on; throws RangeError for a key outside of the store. */
  relativeKey(key: string): string;
  /** The whole key of a name below the store's prefix: the inverse of `relativeKey`. */
  wholeKey(relativeKey: string): string;
  /**
   * The objects directly in the store's root, or of every depth when `recursive`, but for Strata's own; in any order, in pages.
   * Objects that may still be being written are left out (`file://`: those that differ between two looks); an odd one stops no other.
   */
  list(options: ListOptions): AsyncIterable<readonly ObjectVersion[]>;
  /**
   * Bytes from `start` (inclusive) to `end` (exclusive; the object's end when absent).
   * Throws ObjectChangedError when the version is not the current one; the stream fails with it when that shows only
   * while reading, and it checks once more after the last byte: of ranges that are read side by side, the last one to end looks when all
   * of the object has been read.
   * A stream that ends early fails with a StoreError, it never ends as if it were whole.
   */
  read(
    version: ObjectVersion,
    options: { readonly start: number; readonly end?: number; readonly signal?: AbortSignal },
  ): Promise<Readable>;
  /**
   * Deletes the version only while it is still the current one (last-modified by HEAD, then If-Match).
   * Repeating it after a crash is safe: it goes on where it was, or says `gone` when the deletion had been done.
   */
  remove(version: ObjectVersion, signal?: AbortSignal): Promise<RemoveOutcome>;
  /**
   * Moves the version to another whole key of the same store: conditional copy (multipart where it is large), then `remove`.
   * Nothing is overwritten: where another object holds the target key, a name beside it is taken (`name.<tag>.csv`).
   * Repeating it after a crash ends `removed`, also when the first attempt had already done everything.
   */
  move(version: ObjectVersion, targetKey: string, signal?: AbortSignal): Promise<RemoveOutcome>;
  /**
   * Looks at a version that a listing shows once more, of stores whose listing and other answers may disagree; `unlisted`: a listing does
   * not show it any more.
   */
  lookAgain?(version: ObjectVersion, signal?: AbortSignal): Promise<'current' | 'replaced' | 'gone' | 'unlisted'>;
  /** Whether `found` is what `move` made of the version: a bucket's copy may have another ETag, and has a time of its own. */
  isMoved(found: ObjectVersion, version: ObjectVersion, signal?: AbortSignal): Promise<boolean>;
  /**
   * The last-modified time that the object had before `move` brought it to its place, of stores whose copies have a time of their own;
   * undefined where it was not moved.
   */
  timeBeforeMove?(version: ObjectVersion, signal?: AbortSignal): Promise<string | undefined>;
  /** A small object of Strata's own by its relative key; undefined when there is none. */
  readNote(relativeKey: string, signal?: AbortSignal): Promise<Note | undefined>;
  /**
   * Writes the note if it still has the tag that was read, or without a tag only if there is no note. Returns its new tag. Undefined when
   * someone else was faster.
   */
  writeNote(relativeKey: string, text: string, tag: string | undefined, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Puts a local file at a relative key, in the place of whatever is there. Readers see the former object or all of this one, never a part;
   * when it fails or is aborted nothing has changed.
   */
  write(relativeKey: string, file: string, signal?: AbortSignal): Promise<WrittenObject>;
  /**
   * Brings a local file into the store, and leaves it to `put` to put it at the relative key, as `write` does. So several objects can be
   * replaced within moments, however large they are.
   */
  stage(relativeKey: string, file: string, signal?: AbortSignal): Promise<StagedObject>;
  /**
   * Takes away what a process that died has brought in for a relative key, or left of a removal that it had hardly begun. Who is alive and
   * brings in something there fails with a TakenAwayError.
   */
  dropStaged(relativeKey: string, signal?: AbortSignal): Promise<void>;
  /**
   * Puts a local file at a relative key where nothing is, and says false where something is, which stays. A call that fails may have put it all
   * the same: `open` shows what is there.
   */
  writeNew(relativeKey: string, file: string, signal?: AbortSignal): Promise<boolean>;
  /** The bytes of what is at a relative key now; undefined when nothing is. A stream that ends early fails. */
  open(relativeKey: string, signal?: AbortSignal): Promise<Readable | undefined>;
  /** Deletes what Strata wrote at a relative key, only while it is as it was written. Repeating it after a crash is safe, as of `remove`. */
  removeWritten(relativeKey: string, written: WrittenObject, signal?: AbortSignal): Promise<RemoveOutcome>;
  /** What is at a relative key; undefined when nothing is. */
  find(relativeKey: string, signal?: AbortSignal): Promise<WrittenObject | undefined>;
  /** One cheap call that fails with a clear StoreError when the store can't be reached or used. */
  check(signal?: AbortSignal): Promise<void>;
}

/** What went wrong with a store and what to do about it; `kind` decides whether a retry can help. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly kind: 'unavailable' | 'denied' | 'no-such-bucket' | 'misconfigured',
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/**
 * What was brought in for an object is not there any more: another process took it for what a dead one had left, or it was put in place and
 * the store's answer was lost.
 */
export class TakenAwayError extends StoreError {
  constructor(doing: string, options?: { cause?: unknown }) {
    super(
      'unavailable',
      `${doing}: what was brought in is not there any more. Another process took it away, or it was put in place already`,
      options,
    );
  }
}
