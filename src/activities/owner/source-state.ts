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
  /** Undefined where the source is nobody's. */
  readonly owner: SourceOwner | undefined;
  readonly me: WarehouseIdentity;
  /** Why a pickup would claim nothing, and what to do. */
  readonly problem: string | undefined;
  /** What the warehouse once held and lacks, though no load: pickups go on. */
  readonly warning: string | undefined;
}

/** Whose the source is, for people; nothing is written. */
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
