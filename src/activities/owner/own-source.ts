import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError, type ObjectStore } from '../../engine/object-store.js';
import {
  otherOwner,
  ownerKey,
  ownerText,
  parseMark,
  unreadableMark,
  wentBack,
  type SourceOwner,
  type WarehouseIdentity,
} from '../../engine/source-owner.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Statements, Warehouse } from '../../engine/warehouse.js';
import { readIdentity, warehouseIdentity } from '../../gear/warehouse-identity.js';

/** How often another claim may be faster to write the mark before that is an error. */
const attempts = 20;
/** Looks at a warehouse that seems to have gone back, a second apart: a node of a cluster may lag behind the one that committed. */
const looks = 5;

/** A source that is this warehouse's. */
export interface OwnedSource {
  readonly owner: SourceOwner;
  /** The version of the mark that says so. */
  readonly tag: string;
}

export interface OwnDeps {
  readonly warehouse: Warehouse;
  readonly pipeline: string;
  readonly store: ObjectStore;
}

/**
 * Makes sure that the source is this warehouse's, and marks it where it is nobody's. Throws `misconfigured` when it is another one's, or
 * when the warehouse went back to before its last claims: then ids come again, and files that it knows nothing of are gone.
 */
export async function ownSource(deps: OwnDeps, signal: AbortSignal): Promise<OwnedSource> {
  const { pipeline, store } = deps;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    // The mark first: claims beside this one commit before they raise it.
    const note = await store.readNote(ownerKey, signal);
    const mark = note && parseMark(note.text);
    if (note && !mark) throw unreadableMark(pipeline, store.url);
    const me = await warehouseIdentity(deps.warehouse, signal);
    if (note && mark?.owner) {
      await refuseOthers(deps, mark.owner, me, signal);
      return { owner: mark.owner, tag: note.tag };
    }
    const owner: SourceOwner = {
      warehouse: me.uuid,
      schemaPrefix: me.schemaPrefix,
      pipeline,
      since: new Date().toISOString(),
      loads: me.highestLoad,
      batches: me.batches,
    };
    const tag = await writeMark(store, owner, note?.tag, signal);
    if (tag !== undefined) return { owner, tag };
  }
  throw busy(store);
}

/** For who only reads: the same refusals of a warehouse that went back, and no mark. */
export async function refuseWhatWentBack(deps: OwnDeps, signal: AbortSignal): Promise<void> {
  const note = await deps.store.readNote(ownerKey, signal);
  const owner = note && parseMark(note.text)?.owner;
  if (!owner) return;
  const me = await warehouseIdentity(deps.warehouse, signal);
  if (owner.warehouse === me.uuid) await refuseOthers(deps, owner, me, signal);
}

async function refuseOthers(
  { pipeline, store, warehouse }: OwnDeps,
  owner: SourceOwner,
  me: WarehouseIdentity,
  signal: AbortSignal,
): Promise<void> {
  if (owner.warehouse !== me.uuid) throw otherOwner(pipeline, store.url, owner, me);
  let now = me;
  for (let look = 1; now.highestLoad < owner.loads; look += 1) {
    if (look === looks) throw wentBack(pipeline, store.url, owner, now);
    await sleep(1_000, undefined, { signal });
    now = await warehouseIdentity(warehouse, signal);
  }
}

/** In the transaction that claims: a server that was started again since the look may have lost what the look saw. */
export async function refuseIfBehind(transaction: Statements, pipeline: string, url: string, owner: SourceOwner): Promise<void> {
  const me = await readIdentity(transaction);
  if (me.uuid !== owner.warehouse) throw otherOwner(pipeline, url, owner, me);
  if (me.highestLoad < owner.loads) throw wentBack(pipeline, url, owner, me);
}

/**
 * Tells the mark of the loads and batches that the warehouse holds now: of loads before any of them is landed, and so before any file goes.
 */
export async function noteProgress({ pipeline, store, warehouse }: OwnDeps, owned: OwnedSource, signal: AbortSignal): Promise<void> {
  const { highestLoad, batches, uuid } = await warehouseIdentity(warehouse, signal);
  const now = { loads: highestLoad, batches };
  let current: OwnedSource | undefined = owned;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    if (current && current.owner.warehouse === uuid && tells(current.owner, now)) return;
    if (current && (await writeMark(store, raised(current.owner, now), current.tag, signal)) !== undefined) return;
    await sleep(Math.random() * 20 * attempt, undefined, { signal });
    const note = await store.readNote(ownerKey, signal);
    const owner = note && parseMark(note.text)?.owner;
    if (owner && owner.warehouse !== uuid) throw otherOwner(pipeline, store.url, owner, await warehouseIdentity(warehouse, signal));
    if (!note || !owner) throw unreadableMark(pipeline, store.url);
    current = { owner, tag: note.tag };
  }
  throw busy(store);
}

type Progress = Pick<SourceOwner, 'loads' | 'batches'>;

function tells(owner: SourceOwner, now: Progress): boolean {
  return owner.loads >= now.loads && Object.entries(now.batches).every(([feed, number]) => (owner.batches[feed] ?? 0) >= number);
}

/** Numbers only grow: another worker may have told of later ones. */
function raised(owner: SourceOwner, now: Progress): SourceOwner {
  const batches = { ...owner.batches };
  for (const [feed, number] of Object.entries(now.batches)) batches[feed] = Math.max(number, batches[feed] ?? 0);
  return { ...owner, loads: Math.max(owner.loads, now.loads), batches };
}

/**
 * Tells the mark of batches that were committed. Never fails for the store: processing waits for no source, and the next pickup tells
 * the same.
 */
export async function noteBatches(deps: OwnDeps, warn: (message: string) => void, signal: AbortSignal): Promise<void> {
  try {
    const note = await deps.store.readNote(ownerKey, signal);
    const owner = note && parseMark(note.text)?.owner;
    if (note && owner) await noteProgress(deps, { owner, tag: note.tag }, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof StoreError || error instanceof StrataError)) throw error;
    warn(`${deps.store.url}${ownerKey} is not told of the last batches: ${error.message}`);
  }
}

/** Undefined when someone else was faster. */
export async function writeMark(
  store: ObjectStore,
  owner: SourceOwner,
  tag: string | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    return await store.writeNote(ownerKey, ownerText(owner), tag, signal);
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'denied') throw error;
    throw new StrataError(
      'denied',
      `${store.url} can not be marked as the source of this warehouse, so a second warehouse on it would go unnoticed: ${error.message}. Let the worker write ${ownerKey} there (in a bucket s3:PutObject, in a folder the right to write). Nothing was claimed`,
      { cause: error },
    );
  }
}

function busy(store: ObjectStore): StrataError {
  return new StrataError('contention', `other programs keep writing ${store.url}${ownerKey}`);
}
