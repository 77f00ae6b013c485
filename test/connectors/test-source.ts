import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FileStore } from '../../src/connectors/file/file-store.js';
import type { ObjectStore } from '../../src/engine/object-store.js';
import { createTestBucket } from './s3/test-bucket.js';

/** A source of files for tests, in a bucket or in a folder. */
export interface TestSource {
  readonly store: ObjectStore;
  /** The store of a folder in it. */
  at(folder: string): ObjectStore;
  /** Puts a file at a key below the store; in a folder of the given age. */
  put(key: string, text: string, secondsAgo?: number): Promise<void>;
  drop(): Promise<void>;
}

export async function bucketSource(): Promise<TestSource> {
  const bucket = await createTestBucket();
  return {
    store: bucket.store('in/'),
    at: (folder) => bucket.store(`in/${folder}/`),
    put: (key, text) => bucket.put(`in/${key}`, text),
    drop: () => bucket.drop(),
  };
}

export async function folderSource(): Promise<TestSource> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-source-'));
  return {
    store: new FileStore(folder, 0),
    at: (below) => new FileStore(join(folder, below), 0),
    async put(key, text, secondsAgo = 60) {
      const file = join(folder, key);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      await utimes(file, new Date(), new Date(Date.now() - secondsAgo * 1_000));
    },
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}
