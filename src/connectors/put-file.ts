import { fileURLToPath } from 'node:url';
import type { ObjectStore } from '../engine/object-store.js';
import { putIntoFolder } from './file/write/put-file.js';
import { putIntoBucket } from './s3/write/put-object.js';
import { S3Store } from './s3/s3-store.js';

/** Puts a local file at a key below a store, as a producer would. Nothing is overwritten: returns false where the key is taken. */
export async function putFile(file: string, store: ObjectStore, key: string): Promise<boolean> {
  if (!(store instanceof S3Store)) return putIntoFolder(file, fileURLToPath(store.url), key);
  try {
    return await putIntoBucket(file, store.bucket, store.wholeKey(key));
  } finally {
    store.bucket.client.destroy();
  }
}
