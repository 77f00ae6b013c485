import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { StoreError, type ObjectStore, type ObjectVersion, type RemoveOutcome } from '../../engine/object-store.js';
import { toStoreError } from './file-errors.js';
import { listFolder } from './list-folder.js';
import { readVersion } from './read-file.js';
import { moveFile, removeFile } from './remove-file.js';

/** A file that changed within this time, in milliseconds, may still be being written. */
const defaultQuietTime = 2_000;

/**
 * A folder of a local or mounted Linux file system, used by producers that write in place, or to a hidden name and then
 * rename. Keys are paths below it. Every call fails with a StoreError that says what to do, or with the signal's reason.
 */
export class FileStore implements ObjectStore {
  readonly url: string;

  /** `root` is an absolute path; `quietTime`, in milliseconds, may be 0 where files only ever appear whole. */
  constructor(
    private readonly root: string,
    private readonly quietTime = defaultQuietTime,
  ) {
    const { href } = pathToFileURL(root);
    this.url = href.endsWith('/') ? href : `${href}/`;
  }

  relativeKey(key: string): string {
    return key;
  }

  wholeKey(relativeKey: string): string {
    return relativeKey;
  }

  async *list(options: { readonly recursive: boolean; readonly signal?: AbortSignal }): AsyncGenerator<readonly ObjectVersion[]> {
    try {
      yield* listFolder(this.root, { ...options, quietTime: this.quietTime });
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
    return this.attempt(doing, () => readVersion(this.pathOf(version.key), version, { ...options, failure }));
  }

  async remove(version: ObjectVersion, signal?: AbortSignal): Promise<RemoveOutcome> {
    signal?.throwIfAborted();
    return this.attempt(`deleting ${JSON.stringify(version.key)}`, () => removeFile(this.pathOf(version.key), version));
  }

  async move(version: ObjectVersion, targetKey: string, signal?: AbortSignal): Promise<RemoveOutcome> {
    signal?.throwIfAborted();
    const doing = `moving ${JSON.stringify(version.key)}`;
    return this.attempt(doing, () => moveFile(this.pathOf(version.key), version, this.pathOf(targetKey)));
  }

  isMoved(found: ObjectVersion, version: ObjectVersion): Promise<boolean> {
    return Promise.resolve(found.size === version.size && found.etag === version.etag);
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

  private pathOf(key: string): string {
    if (key.split('/').some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))) {
      throw new RangeError(`${JSON.stringify(key)} is no path below ${this.url}`);
    }
    return join(this.root, key);
  }

  private async attempt<T>(doing: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw toStoreError(error, this.root, doing);
    }
  }
}
