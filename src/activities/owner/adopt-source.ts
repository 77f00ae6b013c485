import type { ObjectStore } from '../../engine/object-store.js';
import { otherOwner, ownerKey, parseMark, releasedText, type OwnerMark, type SourceOwner } from '../../engine/source-owner.js';
import { StrataError } from '../../engine/strata-error.js';
import { skipIds } from '../../gear/loads/skip-ids.js';
import { writeMark, type OwnDeps } from './own-source.js';
import { warehouseIdentity } from '../../gear/warehouse-identity.js';

export interface Adopted {
  /** Whose it was; undefined where it was nobody's. */
  readonly former: SourceOwner | undefined;
  readonly owner: SourceOwner;
  /** The lowest id that the next load can have. */
  readonly nextLoad: number;
}

/**
 * Makes the source this warehouse's, whoever's it was, and accepts the warehouse as it is. Ids of loads that the mark names never
 * come again.
 */
export async function adoptSource({ warehouse, store, pipeline }: OwnDeps): Promise<Adopted> {
  const note = await store.readNote(ownerKey);
  const mark = note && parseMark(note.text);
  const me = await warehouseIdentity(warehouse);
  const known = loadsOf(mark);
  if (known > me.highestLoad) await warehouse.transaction((transaction) => skipIds(transaction, known));
  const owner: SourceOwner = {
    warehouse: me.uuid,
    schemaPrefix: me.schemaPrefix,
    pipeline,
    since: new Date().toISOString(),
    loads: me.highestLoad,
    batches: me.batches,
  };
  if ((await writeMark(store, owner, note?.tag)) === undefined) throw changed(store);
  return { former: mark?.owner, owner, nextLoad: Math.max(known, me.highestLoad) + 1 };
}

/** Leaves the source to whoever claims from it next. Throws `misconfigured` when it is another warehouse's. */
export async function releaseOwnedSource({ warehouse, store, pipeline }: OwnDeps): Promise<void> {
  const note = await store.readNote(ownerKey);
  const owner = note && parseMark(note.text)?.owner;
  if (!note || !owner) return;
  const me = await warehouseIdentity(warehouse);
  if (owner.warehouse !== me.uuid) throw otherOwner(pipeline, store.url, owner, me);
  if ((await store.writeNote(ownerKey, releasedText(new Date().toISOString(), owner.loads), note.tag)) === undefined) throw changed(store);
}

function loadsOf(mark: OwnerMark | undefined): number {
  if (!mark) return 0;
  return mark.owner?.loads ?? ('loads' in mark ? mark.loads : 0);
}

function changed(store: ObjectStore): StrataError {
  return new StrataError(
    'contention',
    `${store.url}${ownerKey} was written by another program at the same time. Check the owner, then adopt the source again: strata source show`,
  );
}
