import {
  lacksBatches,
  missingBatches,
  otherOwner,
  ownerKey,
  parseMark,
  unreadableMark,
  wentBack,
  type SourceOwner,
  type WarehouseIdentity,
} from '../../engine/source-owner.js';
import type { OwnDeps } from './own-source.js';
import { warehouseIdentity } from '../../gear/warehouse-identity.js';

export interface SourceState {
  /** Undefined if the source has no owner. */
  readonly owner: SourceOwner | undefined;
  readonly me: WarehouseIdentity;
  /** Why a pickup would claim nothing, and what to do. */
  readonly problem: string | undefined;
  /** Batches that the warehouse has lost, although it has all loads. Pickups go on. */
  readonly warning: string | undefined;
}

/** Reads who owns the source, for people. Writes nothing. */
export async function sourceState({ warehouse, store, pipeline }: OwnDeps): Promise<SourceState> {
  const note = await store.readNote(ownerKey);
  const mark = note && parseMark(note.text);
  const me = await warehouseIdentity(warehouse);
  const owner = mark?.owner;
  const missing = owner?.warehouse === me.uuid ? missingBatches(owner, me) : [];
  return { owner, me, problem: problem(), warning: missing.length === 0 ? undefined : lacksBatches(pipeline, missing) };

  function problem(): string | undefined {
    if (note && !mark) return unreadableMark(pipeline, store.url).message;
    if (!owner) return undefined;
    if (owner.warehouse !== me.uuid) return otherOwner(pipeline, store.url, owner, me).message;
    return me.highestLoad < owner.loads ? wentBack(pipeline, store.url, owner, me).message : undefined;
  }
}
