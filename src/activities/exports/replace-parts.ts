import { keyOfPart } from '../../engine/exports/parts.js';
import { isAsWritten, type ObjectStore, type StagedObject, type WrittenObject } from '../../engine/object-store.js';
import type { Warehouse } from '../../engine/warehouse.js';
import {
  announceParts,
  forgetPart,
  notePut,
  type ExportPart,
  type NextFile,
  type PlaceOwner,
  type PutFile,
} from '../../gear/outputs/export-parts.js';
import { fileDigest, streamDigest } from './file-digest.js';

export interface ReplaceWork {
  /** Each statement commits by itself: what is noted must outlive the worker. */
  readonly warehouse: Warehouse;
  readonly store: ObjectStore;
  readonly owner: PlaceOwner;
  readonly place: Buffer;
  /** With `{part}` in it for an export in parts. */
  readonly to: string;
  /** What is known of the place. */
  readonly known: readonly ExportPart[];
  /** Puts files also where the same bytes lie. */
  readonly force: boolean;
  /** Makes a local file without rows. */
  readonly emptyFile: () => Promise<string>;
  /** Called when a part is in the store, and waits to be put in place with the others. */
  readonly onPart: (done: number, parts: number) => void;
  /** Called before each step that readers see; what it throws keeps the step from being done. */
  readonly beforePut: () => Promise<unknown>;
}

interface Item {
  readonly part: number;
  readonly key: string;
  readonly file: string;
  readonly next: NextFile;
}

/**
 * Puts local files in place as the parts of an export, and removes parts that a former version had beyond them. All files are brought into
 * the store before the first one is put, so readers see parts of two versions for moments only: then, and after a worker has died in
 * between, some part is newer than part 0, which comes last. What is done next is noted before: a worker that takes over knows what may be
 * there, and what it may remove. Returns how many files were put or removed.
 */
export async function replaceParts(work: ReplaceWork, files: readonly string[], signal: AbortSignal): Promise<number> {
  const { warehouse, store, place, owner, known } = work;
  const former: ExportPart[] = [];
  for (const part of known) former.push(await settled(store, part, signal));
  const surplus = await surplusOf(work, former, files.length, signal);
  const put = await itemsToPut(work, await itemsOf(work.to, files, signal), former, surplus, signal);
  if (put.length === 0) {
    // All was put when the worker died: what it could not note is noted now.
    if (known.some(({ next }) => next !== null)) await announceParts(warehouse, place, owner, former);
    return 0;
  }
  const staged = new Map<Item, StagedObject>();
  try {
    await work.beforePut();
    await announceParts(warehouse, place, owner, [...announced(put, former), ...surplus.slice(1)]);
    // A single file needs no other to wait for.
    for (const item of put.length > 1 ? put : []) {
      staged.set(item, await store.stage(item.key, item.file, signal));
      work.onPart(staged.size, put.length);
    }
    for (const item of put) {
      if (item.part === 0) for (const part of surplus.slice(1).reverse()) await removePart(work, part, signal);
      await work.beforePut();
      const upload = staged.get(item);
      const written = await (upload ? upload.put(signal) : store.write(item.key, item.file, signal));
      staged.delete(item);
      const now = putFile(written, item.next);
      await notePut(warehouse, place, item.part, now);
      if (item.part === surplus[0]?.part) surplus[0] = { ...surplus[0], put: now };
    }
    if (surplus[0]) await removePart(work, surplus[0], signal);
  } finally {
    for (const upload of staged.values()) await upload.drop();
  }
  return put.length + surplus.length;
}

/** Parts of a former version that the new one does not have. Those that are gone, or somebody else's by now, are forgotten. */
async function surplusOf({ warehouse, store, place }: ReplaceWork, former: readonly ExportPart[], parts: number, signal: AbortSignal) {
  const surplus: ExportPart[] = [];
  for (const each of former.filter(({ part }) => part >= parts)) {
    if (each.put && (await isThere(store, each.key, each.put, signal))) surplus.push(each);
    else await forgetPart(warehouse, place, each.part);
  }
  return surplus;
}

function announced(put: readonly Item[], former: readonly ExportPart[]): ExportPart[] {
  return put.map(({ part, key, next }) => {
    const before = former.find((each) => each.part === part);
    return { part, key, put: before?.put ?? null, next, isChanging: true };
  });
}

function putFile({ etag, size }: WrittenObject, { digest }: NextFile): PutFile {
  return { etag, bytes: size, digest };
}

async function itemsOf(to: string, files: readonly string[], signal: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  for (const [part, file] of files.entries()) items.push({ part, key: keyOfPart(to, part), file, next: await fileDigest(file, signal) });
  return items;
}

/**
 * Those whose bytes do not lie in place, the highest part first, and part 0 where anything changes. Where parts become fewer, a file without
 * rows takes the place of the first one too many before part 0 is put, and goes afterwards. Otherwise nothing would show that part 0 is of
 * the former version when the rows of the others are gone already.
 */
async function itemsToPut(
  { store, force, emptyFile }: ReplaceWork,
  items: readonly Item[],
  former: readonly ExportPart[],
  [surplus]: readonly ExportPart[],
  signal: AbortSignal,
): Promise<Item[]> {
  const put: Item[] = [];
  for (const item of [...items].reverse()) {
    const before = former.find(({ part }) => part === item.part)?.put;
    const isSame = !force && before?.digest?.equals(item.next.digest) === true && (await isThere(store, item.key, before, signal));
    if (item.part === 0 && surplus) {
      const file = await emptyFile();
      put.push({ part: surplus.part, key: surplus.key, file, next: await fileDigest(file, signal) });
    }
    if (!isSame || (item.part === 0 && put.length > 0)) put.push(item);
  }
  return put;
}

/** Whether a file lies where it was put, as it was. */
export async function isThere(store: ObjectStore, key: string, put: PutFile, signal: AbortSignal): Promise<boolean> {
  const found = await store.find(key, signal);
  return found !== undefined && isAsWritten(found, writtenAs(put));
}

function writtenAs({ etag, bytes }: PutFile): WrittenObject {
  return { etag, size: bytes };
}

/** Finds out what a worker has put or removed that died before it could note so. */
async function settled(store: ObjectStore, part: ExportPart, signal: AbortSignal): Promise<ExportPart> {
  const { key, put, next, isChanging } = part;
  if (!next && !isChanging) return part;
  await store.dropStaged(key, signal);
  const found = await store.find(key, signal);
  if (put && found && isAsWritten(found, writtenAs(put))) return { ...part, next: null };
  // It may have died while it removed the part.
  if (put) await store.removeWritten(key, writtenAs(put), signal);
  if (!next) return { ...part, put: null };
  const bytes = found?.size === next.bytes ? await store.open(key, signal) : undefined;
  const isNext = found && bytes && (await streamDigest(bytes, signal)).equals(next.digest);
  return { ...part, put: isNext ? putFile(found, next) : null, next: null };
}

/** Removes a part that is as Strata put it, and forgets one that is gone or somebody else's. */
async function removePart(
  { warehouse, store, place, beforePut }: ReplaceWork,
  { part, key, put }: ExportPart,
  signal: AbortSignal,
): Promise<void> {
  await beforePut();
  if (put) await store.removeWritten(key, writtenAs(put), signal);
  await forgetPart(warehouse, place, part);
}
