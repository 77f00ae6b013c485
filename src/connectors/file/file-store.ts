import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import {
  lastingEtag,
  StoreError,
  type ListOptions,
  type Note,
  type ObjectStore,
  type ObjectVersion,
  type RemoveOutcome,
  type StagedObject,
  type WrittenObject,
} from '../../engine/object-store.js';
import { watchCall } from '../work-watch.js';
import { toStoreError } from './file-errors.js';
import { listFolder } from './list-folder.js';
import { Looks } from './looks.js';
import { inFolder, type OpenFolder } from './open-folder.js';
import { statFile, versionOf } from './file-version.js';
import { dropEmptyFolders } from './private-folder.js';
import { readNote, writeNote } from './notes.js';
import { readVersion, type InPlace } from './read-file.js';
import { moveFile, removeFile, removeWritten } from './remove-file.js';
import type { QuietTimes } from './settled-files.js';
import { dropHidden, dropHiddenOf, findFile, hideFile, putHidden, writeFile, writeNewFile } from './write/write-file.js';

/** Milliseconds. */
const defaultQuietTime = 2_000;

/**
 * A folder of a local or mounted Linux file system, used by producers that write in place, or to a hidden name and then
 * rename. Keys are paths below it. Every call fails with a StoreError that says what to do, or with the signal's reason.
 */
export class FileStore implements ObjectStore {
  readonly url: string;

  private readonly times: QuietTimes;
  private readonly looks: Looks;

  /**
   * `root` is an absolute path; a file counts as written when it looked the same for `quietTime` milliseconds, or for `unfinishedTime` where
   * its last line has no end. Both may be 0 where files only ever appear whole. `clock` gives milliseconds and only goes forward.
   */
  constructor(
    private readonly root: string,
    quietTime = defaultQuietTime,
    unfinishedTime = quietTime,
    clock?: () => number,
  ) {
    const { href } = pathToFileURL(root);
    this.url = href.endsWith('/') ? href : `${href}/`;
    this.times = { quiet: quietTime, unfinished: Math.max(quietTime, unfinishedTime) };
    this.looks = new Looks(clock);
  }

  relativeKey(key: string): string {
    return key;
  }

  wholeKey(relativeKey: string): string {
    return relativeKey;
  }

  async *list(options: ListOptions): AsyncGenerator<readonly ObjectVersion[]> {
    try {
      yield* listFolder({ ...options, root: this.root, looks: this.looks, times: this.times });
    } catch (error) {
      throw toStoreError(error, this.root, 'listing');
    }
  }

  async read(
    version: ObjectVersion,
    options: { readonly start: number; readonly end?: number; readonly signal?: AbortSignal },
  ): Promise<Readable> {
    const doing = `reading ${JSON.stringify(version.key)}`;
    const failure = (error: unknown) => toStoreError(error, this.root, doing);
    const { parts, name } = partsOf(version.key, this.url);
    const inPlace: InPlace = (act) => inFolder(this.root, parts, { make: false }, async (folder) => act(await folder.at(name)));
    return this.attempt(doing, () => readVersion(inPlace, version, { ...options, failure }));
  }

  async remove(version: ObjectVersion, signal?: AbortSignal): Promise<RemoveOutcome> {
    signal?.throwIfAborted();
    const { parts, name } = partsOf(version.key, this.url);
    return this.attempt(`deleting ${JSON.stringify(version.key)}`, async () => {
      return (await inFolder(this.root, parts, { make: false }, (folder) => removeFile(folder, name, version))) ?? 'gone';
    });
  }

  async move(version: ObjectVersion, targetKey: string, signal?: AbortSignal): Promise<RemoveOutcome> {
    signal?.throwIfAborted();
    const from = partsOf(version.key, this.url);
    const to = partsOf(targetKey, this.url);
    return this.attempt(`moving ${JSON.stringify(version.key)}`, async () => {
      const outcome = await inFolder(this.root, from.parts, { make: false }, (folder) =>
        inFolder(this.root, to.parts, { make: true }, (target) => moveFile(folder, from.name, version, target, to.name)),
      );
      return outcome ?? 'gone';
    });
  }

  isMoved(found: ObjectVersion, version: ObjectVersion): Promise<boolean> {
    return Promise.resolve(found.size === version.size && lastingEtag(found.etag) === lastingEtag(version.etag));
  }

  async readNote(relativeKey: string, signal?: AbortSignal): Promise<Note | undefined> {
    signal?.throwIfAborted();
    const { parts, name } = partsOf(relativeKey, this.url);
    return this.attempt(`reading ${relativeKey}`, () => inFolder(this.root, parts, { make: false }, (folder) => readNote(folder, name)));
  }

  async writeNote(relativeKey: string, text: string, tag: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
    signal?.throwIfAborted();
    const { parts, name } = partsOf(relativeKey, this.url);
    return this.attempt(`writing ${relativeKey}`, () =>
      inFolder(this.root, parts, { make: true }, (folder) => writeNote(folder, name, text, tag)),
    );
  }

  async write(relativeKey: string, file: string, signal?: AbortSignal): Promise<WrittenObject> {
    signal?.throwIfAborted();
    const { parts, name } = partsOf(relativeKey, this.url);
    const written = await this.attempt(`writing ${relativeKey}`, () =>
      inFolder(this.root, parts, { make: true }, (folder) => writeFile(folder, name, file, signal)),
    );
    if (written) return written;
    throw new StoreError('unavailable', `${this.root} was taken away while ${relativeKey} was written`);
  }

  async stage(relativeKey: string, file: string, signal?: AbortSignal): Promise<StagedObject> {
    signal?.throwIfAborted();
    const { parts, name } = partsOf(relativeKey, this.url);
    const inPlace = <T>(act: (folder: OpenFolder) => Promise<T>, make = false) =>
      this.attempt(`writing ${relativeKey}`, () => inFolder(this.root, parts, { make }, act));
    const takenAway = () => new StoreError('unavailable', `${this.root} was taken away while ${relativeKey} was written`);
    const hidden = await inPlace((folder) => hideFile(folder, name, file, signal), true);
    if (hidden === undefined) throw takenAway();
    return {
      put: async (putSignal) => {
        putSignal?.throwIfAborted();
        const written = await inPlace((folder) => putHidden(folder, hidden, name));
        if (written) return written;
        throw takenAway();
      },
      drop: () => inPlace((folder) => dropHidden(folder, hidden)).catch(() => undefined),
    };
  }

  async dropStaged(relativeKey: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { parts, name } = partsOf(relativeKey, this.url);
    await this.attempt(`writing ${relativeKey}`, () =>
      inFolder(this.root, parts, { make: false }, async (folder) => {
        await dropHiddenOf(folder, name);
        await dropEmptyFolders(folder);
      }),
    );
  }

  async writeNew(relativeKey: string, file: string, signal?: AbortSignal): Promise<boolean> {
    signal?.throwIfAborted();
    const { parts, name } = partsOf(relativeKey, this.url);
    const written = await this.attempt(`writing ${relativeKey}`, () =>
      inFolder(this.root, parts, { make: true }, (folder) => writeNewFile(folder, name, file, signal)),
    );
    if (written !== undefined) return written;
    throw new StoreError('unavailable', `${this.root} was taken away while ${relativeKey} was written`);
  }

  async open(relativeKey: string, signal?: AbortSignal): Promise<Readable | undefined> {
    signal?.throwIfAborted();
    const { parts, name } = partsOf(relativeKey, this.url);
    const found = await this.attempt(`looking at ${relativeKey}`, () =>
      inFolder(this.root, parts, { make: false }, async (folder) => statFile(await folder.at(name))),
    );
    return found?.isFile() ? this.read(versionOf(relativeKey, found), { start: 0, ...(signal && { signal }) }) : undefined;
  }

  async removeWritten(relativeKey: string, written: WrittenObject, signal?: AbortSignal): Promise<RemoveOutcome> {
    signal?.throwIfAborted();
    const { parts, name } = partsOf(relativeKey, this.url);
    const outcome = await this.attempt(`deleting ${relativeKey}`, () =>
      inFolder(this.root, parts, { make: false }, (folder) => removeWritten(folder, name, written)),
    );
    return outcome ?? 'gone';
  }

  async find(relativeKey: string, signal?: AbortSignal): Promise<WrittenObject | undefined> {
    signal?.throwIfAborted();
    const { parts, name } = partsOf(relativeKey, this.url);
    return this.attempt(`looking at ${relativeKey}`, () => inFolder(this.root, parts, { make: false }, (folder) => findFile(folder, name)));
  }

  async check(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.attempt('listing', async () => {
      if (!(await stat(this.root)).isDirectory()) {
        throw new StoreError('misconfigured', `${this.root} is not a folder: correct the store's address`);
      }
      await access(this.root, constants.R_OK | constants.X_OK);
    });
  }

  private async attempt<T>(doing: string, call: () => Promise<T>): Promise<T> {
    try {
      return await watchCall(doing, call);
    } catch (error) {
      throw toStoreError(error, this.root, doing);
    }
  }
}

/** The folders that lead to a key's file, and the file's name. */
function partsOf(key: string, url: string): { readonly parts: readonly string[]; readonly name: string } {
  const parts = key.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))) {
    throw new RangeError(`${JSON.stringify(key)} is not a path below ${url}`);
  }
  return { parts: parts.slice(0, -1), name: parts.at(-1) ?? '' };
}
