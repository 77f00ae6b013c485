import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError, type ObjectStore } from '../../engine/object-store.js';
import {
  otherOwner,
  ownerKey,
  parseMark,
  unreadableMark,
  wentBack,
  type SourceOwner,
  type WarehouseIdentity,
} from '../../engine/source-owner.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Statements, Warehouse } from '../../engine/warehouse.js';
import { readIdentity, warehouseIdentity } from '../../gear/warehouse-identity.js';
import { writeMark } from './write-mark.js';

/** Attempts to write the mark, each of which another claim may win. */
const attempts = 20;
/**
 * Looks, a second apart, at a warehouse that seems to have gone back, because a node of a cluster may lag behind the node that committed.
 */
const looks = 5;

/** A source that belongs to this warehouse. */
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
 * Checks that the source belongs to this warehouse, and marks it if it has no owner. Throws `misconfigured` if another warehouse owns it,
 * or if this warehouse went back to a state before its last claims: load ids would be given twice, and files that it does not know are
 * gone.
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
    const tag = await writeMark(store, owner, note?.tag, 'Nothing was claimed', signal);
    if (tag !== undefined) return { owner, tag };
  }
  throw busy(store);
}

/** Throws `misconfigured` if the warehouse went back, for work that only reads. Writes no mark. */
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

/** Checks again in the transaction that claims, because a server that restarted since the first look may have lost commits. */
export async function refuseIfBehind(transaction: Statements, pipeline: string, url: string, owner: SourceOwner): Promise<void> {
  const me = await readIdentity(transaction);
  if (me.uuid !== owner.warehouse) throw otherOwner(pipeline, url, owner, me);
  if (me.highestLoad < owner.loads) throw wentBack(pipeline, url, owner, me);
}

/**
 * Writes the highest load and the last batches of the warehouse into the mark. Called before new loads are landed, and so before any of
 * their files is released.
 */
export async function noteProgress({ pipeline, store, warehouse }: OwnDeps, owned: OwnedSource, signal: AbortSignal): Promise<void> {
  const { highestLoad, batches, uuid } = await warehouseIdentity(warehouse, signal);
  const now = { loads: highestLoad, batches };
  let current: OwnedSource | undefined = owned;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    if (current && current.owner.warehouse === uuid && tells(current.owner, now)) return;
    if (current && (await writeMark(store, raised(current.owner, now), current.tag, claimedWait, signal)) !== undefined) return;
    await sleep(Math.random() * 20 * attempt, undefined, { signal });
    const note = await store.readNote(ownerKey, signal);
    const owner = note && parseMark(note.text)?.owner;
    if (owner && owner.warehouse !== uuid) throw otherOwner(pipeline, store.url, owner, await warehouseIdentity(warehouse, signal));
    if (!note || !owner) throw unreadableMark(pipeline, store.url);
    current = { owner, tag: note.tag };
  }
  throw busy(store);
}

const claimedWait = 'Files that are claimed wait until it can be written';

type Progress = Pick<SourceOwner, 'loads' | 'batches'>;

function tells(owner: SourceOwner, now: Progress): boolean {
  return owner.loads >= now.loads && Object.entries(now.batches).every(([feed, number]) => (owner.batches[feed] ?? 0) >= number);
}

/** Numbers only grow, because another worker may have written later ones. */
function raised(owner: SourceOwner, now: Progress): SourceOwner {
  const batches = { ...owner.batches };
  for (const [feed, number] of Object.entries(now.batches)) batches[feed] = Math.max(number, batches[feed] ?? 0);
  return { ...owner, loads: Math.max(owner.loads, now.loads), batches };
}

/**
 * Writes the last batches into the mark. Does not fail because of the store: processing must not wait for a source, and the next pickup
 * writes the same.
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

function busy(store: ObjectStore): StrataError {
  return new StrataError('contention', `other programs keep writing ${store.url}${ownerKey}`);
}
