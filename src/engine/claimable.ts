import type { ObjectVersion } from './object-store.js';

/** What the columns of gear.loads take: bytes of a key, characters of the rest. */
const longest = { key: 1_024, etag: 255, versionId: 1_024 } as const;

/** Why no load can be made of an object, whatever store it is in: a sentence that begins with "it" and says what to do. Undefined: one can. */
export function whyNotClaimable({ key, etag, versionId, size }: ObjectVersion, relativeKey: string): string | undefined {
  if (relativeKey === '') return 'it has no name below the prefix of the source: put it under one';
  if (Buffer.byteLength(key) > longest.key) return `its key has more than ${longest.key} bytes: shorten its name or those of its folders`;
  if (etag.length > longest.etag) return `its ETag has more than ${longest.etag} characters: look at the store, which should not give such`;
  if ((versionId?.length ?? 0) > longest.versionId)
    return `its version id has more than ${longest.versionId} characters: look at the store, which should not give such`;
  if (!Number.isSafeInteger(size) || size < 0) return 'its size is more than can be loaded, or unknown: divide it';
  return undefined;
}
