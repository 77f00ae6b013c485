import type { Readable } from 'node:stream';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  isAsWritten,
  type ListOptions,
  type Note,
  type ObjectStore,
  type ObjectVersion,
  type RemoveOutcome,
  type StagedObject,
  type WrittenObject,
} from '../../engine/object-store.js';
import { isOwnKey } from '../../engine/source-owner.js';
import { defaultCopySizes, type CopySizes } from './copy-object.js';
import { listObjects } from './list-objects.js';
import { lookAgain, versionAt } from './look.js';
import { isMovedCopy, moveObject, timeBeforeMove } from './move-object.js';
import { readNote, writeNote } from './notes.js';
import { readObject } from './read-object.js';
import { removeObject } from './remove-object.js';
import { dropUploads, stageObject } from './write/stage-object.js';
import { findObject, writeNewObject, writeObject } from './write/write-object.js';
import { callOptions, type S3Bucket } from './s3-bucket.js';
import { toStoreError } from './s3-errors.js';

/**
 * A bucket and a prefix on AWS or any server that speaks S3. Every call fails with a StoreError that says what to do, or
 * with the signal's reason when that aborted it.
 */
export class S3Store implements ObjectStore {
  readonly url: string;

  /** `prefix` is '' or ends in '/'; `copySizes` says from which size a move copies in parts. */
  constructor(
    readonly bucket: S3Bucket,
    readonly prefix: string,
    private readonly copySizes: CopySizes = defaultCopySizes,
  ) {
    this.url = `s3://${bucket.bucket}/${prefix}`;
  }

  relativeKey(key: string): string {
    if (!key.startsWith(this.prefix)) throw new RangeError(`${JSON.stringify(key)} is not below ${this.url}`);
    return key.slice(this.prefix.length);
  }

  wholeKey(relativeKey: string): string {
    return this.prefix + relativeKey;
  }

  async *list(options: ListOptions): AsyncGenerator<readonly ObjectVersion[]> {
    try {
      for await (const page of listObjects(this.bucket, this.prefix, options)) {
        const objects = page.filter(({ key }) => !isOwnKey(this.relativeKey(key)));
        if (objects.length > 0) yield objects;
      }
    } catch (error) {
      throw this.failure(error, 'listing', options.signal);
    }
  }

  async read(
    version: ObjectVersion,
    options: { readonly start: number; readonly end?: number; readonly signal?: AbortSignal },
  ): Promise<Readable> {
    return this.attempt(`reading ${JSON.stringify(version.key)}`, options.signal, () => readObject(this.bucket, version, options));
  }

  async remove(version: ObjectVersion, signal?: AbortSignal): Promise<RemoveOutcome> {
    return this.attempt(`deleting ${JSON.stringify(version.key)}`, signal, () => removeObject(this.bucket, version, signal));
  }

  async move(version: ObjectVersion, targetKey: string, signal?: AbortSignal): Promise<RemoveOutcome> {
    const options = { sizes: this.copySizes, signal };
    return this.attempt(`moving ${JSON.stringify(version.key)}`, signal, () => moveObject(this.bucket, version, targetKey, options));
  }

  async isMoved(found: ObjectVersion, version: ObjectVersion, signal?: AbortSignal): Promise<boolean> {
    return this.attempt(`looking at ${JSON.stringify(found.key)}`, signal, () => isMovedCopy(this.bucket, found, version, signal));
  }

  async timeBeforeMove(version: ObjectVersion, signal?: AbortSignal): Promise<string | undefined> {
    return this.attempt(`looking at ${JSON.stringify(version.key)}`, signal, () => timeBeforeMove(this.bucket, version, signal));
  }

  async readNote(relativeKey: string, signal?: AbortSignal): Promise<Note | undefined> {
    return this.attempt(`reading ${relativeKey}`, signal, () => readNote(this.bucket, this.wholeKey(relativeKey), signal));
  }

  async writeNote(relativeKey: string, text: string, tag: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
    return this.attempt(`writing ${relativeKey}`, signal, () => writeNote(this.bucket, this.wholeKey(relativeKey), text, tag, signal));
  }

  async lookAgain(version: ObjectVersion, signal?: AbortSignal): Promise<'current' | 'replaced' | 'gone' | 'unlisted'> {
    return this.attempt(`looking at ${JSON.stringify(version.key)}`, signal, () => lookAgain(this.bucket, version, signal));
  }

  async write(relativeKey: string, file: string, signal?: AbortSignal): Promise<WrittenObject> {
    return this.attempt(`writing ${relativeKey}`, signal, () => writeObject(this.bucket, this.wholeKey(relativeKey), file, signal));
  }

  async stage(relativeKey: string, file: string, signal?: AbortSignal): Promise<StagedObject> {
    const doing = `writing ${relativeKey}`;
    const staged = await this.attempt(doing, signal, () => stageObject(this.bucket, this.wholeKey(relativeKey), file, signal));
    return { ...staged, put: (putSignal) => this.attempt(doing, putSignal, () => staged.put(putSignal)) };
  }

  async dropStaged(relativeKey: string, signal?: AbortSignal): Promise<void> {
    await this.attempt(`writing ${relativeKey}`, signal, () => dropUploads(this.bucket, this.wholeKey(relativeKey), signal));
  }

  async writeNew(relativeKey: string, file: string, signal?: AbortSignal): Promise<boolean> {
    return this.attempt(`writing ${relativeKey}`, signal, () => writeNewObject(this.bucket, this.wholeKey(relativeKey), file, signal));
  }

  async open(relativeKey: string, signal?: AbortSignal): Promise<Readable | undefined> {
    return this.attempt(`reading ${relativeKey}`, signal, async () => {
      const version = await versionAt(this.bucket, this.wholeKey(relativeKey), signal);
      return version && readObject(this.bucket, version, { start: 0, signal });
    });
  }

  async removeWritten(relativeKey: string, written: WrittenObject, signal?: AbortSignal): Promise<RemoveOutcome> {
    return this.attempt(`deleting ${relativeKey}`, signal, async () => {
      const version = await versionAt(this.bucket, this.wholeKey(relativeKey), signal);
      if (version === undefined) return 'gone';
      return isAsWritten(version, written) ? removeObject(this.bucket, version, signal) : 'replaced';
    });
  }

  async find(relativeKey: string, signal?: AbortSignal): Promise<WrittenObject | undefined> {
    return this.attempt(`looking at ${relativeKey}`, signal, () => findObject(this.bucket, this.wholeKey(relativeKey), signal));
  }

  async check(signal?: AbortSignal): Promise<void> {
    // Unlike HeadBucket, a listing's errors have a body that distinguishes a wrong key from a missing permission.
    const command = new ListObjectsV2Command({ Bucket: this.bucket.bucket, Prefix: this.prefix, MaxKeys: 1 });
    await this.attempt('listing', signal, () => this.bucket.client.send(command, callOptions(signal)));
  }

  private async attempt<T>(doing: string, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw this.failure(error, doing, signal);
    }
  }

  private failure(error: unknown, doing: string, signal: AbortSignal | undefined): unknown {
    return signal?.aborted ? signal.reason : toStoreError(error, this.bucket, doing);
  }
}
