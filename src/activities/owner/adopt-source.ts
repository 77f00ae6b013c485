import type { ObjectStore } from '../../engine/object-store.js';
import { otherOwner, ownerKey, parseMark, releasedText, type OwnerMark, type SourceOwner } from '../../engine/source-owner.js';
import { StrataError } from '../../engine/strata-error.js';
import { skipIds } from '../../gear/loads/skip-ids.js';
import type { OwnDeps } from './own-source.js';
import { writeMark } from './write-mark.js';
import { warehouseIdentity } from '../../gear/warehouse-identity.js';

export interface Adopted {
  /** The owner before; undefined if the source had none. */
  readonly former: SourceOwner | undefined;
  readonly owner: SourceOwner;
  /** The lowest id that the next load can have. */
  readonly nextLoad: number;
}

/**
 * Makes the source belong to this warehouse, whatever its mark says, and accepts the warehouse as it is. Load ids that the mark names are
 * never used again.
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
  if ((await writeMark(store, owner, note?.tag, 'Nothing was changed')) === undefined) throw changed(store);
  return { former: mark?.owner, owner, nextLoad: Math.max(known, me.highestLoad) + 1 };
}

/**
 * Removes the owner from the mark, so that the next warehouse that claims gets the source. Throws `misconfigured` if another warehouse owns
 * it.
 */
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
