import { fileURLToPath } from 'node:url';
import { StoreError, type FolderTimes, type ObjectStore } from '../engine/object-store.js';
import { shownAddress } from '../engine/shown-address.js';
import { FileStore } from './file/file-store.js';
import { createS3Client } from './s3/s3-client.js';
import { S3Store } from './s3/s3-store.js';

const defaultTimes: FolderTimes = { quietSeconds: 2, unfinishedSeconds: 60 };
const accepted = 's3://bucket, s3://bucket/prefix or file:///absolute/folder';

/** The folder of a `file:///` address, percent-decoded; undefined when it is not such an address. */
function folderOf(url: string): string | undefined {
  if (!url.startsWith('file:///') || /[?#]/.test(url) || !URL.canParse(url)) return undefined;
  try {
    const path = fileURLToPath(url);
    return path.includes('\0') ? undefined : path.replace(/\/+$/, '') || '/';
  } catch {
    // %2F, or an escape that is not UTF-8.
    return undefined;
  }
}

/**
 * The store at an address: `s3://bucket/prefix`, whose prefix is taken as it stands (as the AWS CLI does) and reaches to
 * the next '/', or `file:///folder`, percent-encoded. S3's settings come from `env`, by AWS's own names. Nothing is
 * reached yet; open a store once and keep it, for it holds the connections. Throws StoreError `misconfigured`.
 */
export function openStore(
  url: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
  times: FolderTimes = defaultTimes,
): ObjectStore {
  const folder = folderOf(url);
  if (folder !== undefined) return new FileStore(folder, times.quietSeconds * 1_000, times.unfinishedSeconds * 1_000);
  const [, bucket, prefix = ''] = /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]{1,254})(?:\/(.*))?$/su.exec(url) ?? [];
  if (bucket === undefined)
    throw new StoreError('misconfigured', `the address ${JSON.stringify(shownAddress(url))} is not a store: it must be ${accepted}`);
  return new S3Store({ ...createS3Client(env), bucket }, prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`);
}
