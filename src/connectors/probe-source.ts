import type { ListScope } from '../engine/definition/match/list-scope.js';
import { ObjectChangedError, type ObjectStore, type ObjectVersion } from '../engine/object-store.js';
import { FileStore } from './file/file-store.js';
import { probeFolder } from './file/probe-folder.js';
import { probeMove, serverTime } from './s3/probe/probe-move.js';
import { S3Store } from './s3/s3-store.js';

/** Files looked into: their rights may differ. */
const looked = 20;

/** Does with a small file of its own what is done with each file of a source; throws StoreError for what is not allowed. */
export async function probeSource(store: ObjectStore): Promise<void> {
  if (store instanceof FileStore) await probeFolder(store);
  else if (store instanceof S3Store) await probeMove(store);
}

/**
 * Reads the first byte of some of the files that are wanted, of each part of the source; throws StoreError for one that may not be read.
 * Returns how many it read.
 */
export async function probeReading(
  store: ObjectStore,
  scopes: readonly ListScope[],
  isWanted: (relativeKey: string) => boolean,
): Promise<number> {
  let read = 0;
  for (const scope of scopes) read += await probeScope(store, scope, isWanted);
  return read;
}

async function probeScope(store: ObjectStore, scope: ListScope, isWanted: (relativeKey: string) => boolean): Promise<number> {
  let read = 0;
  for await (const page of store.list({ ...scope, unsettled: true, only: isWanted })) {
    const wanted = page.filter(({ key }) => isWanted(store.relativeKey(key))).slice(0, looked - read);
    for (const version of wanted) if (await canRead(store, version)) read += 1;
    if (read >= looked) break;
  }
  return read;
}

async function canRead(store: ObjectStore, version: ObjectVersion): Promise<boolean> {
  try {
    const stream = await store.read(version, { start: 0, end: Math.min(1, version.size) });
    for await (const bytes of stream) void bytes;
    return true;
  } catch (error) {
    // It was taken or replaced in this moment.
    if (error instanceof ObjectChangedError) return false;
    throw error;
  }
}

/** The store's own time; of a folder that of its file system. */
export async function storeTime(store: ObjectStore): Promise<Date | undefined> {
  if (store instanceof FileStore) return (await probeFolder(store)).time;
  return store instanceof S3Store ? serverTime(store) : undefined;
}
