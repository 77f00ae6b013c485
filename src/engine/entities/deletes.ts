import type { DeliveryDefinition } from '../definition/types.js';
import type { Entity, EntitySource } from './entity.js';

type Snapshot = Extract<DeliveryDefinition, { readonly kind: 'snapshot' }>;
type Tombstones = Extract<DeliveryDefinition, { readonly kind: 'tombstones' }>;

/** The keys that the files of a feed speak of: those that have the values that its source sets. */
export interface KeyScope {
  readonly column: string;
  readonly value: string;
}

/** What a feed's files say of keys that they lack. */
export function snapshotOf({ feed: { delivery } }: Pick<EntitySource, 'feed'>): Snapshot | undefined {
  return delivery?.kind === 'snapshot' ? delivery : undefined;
}

export function tombstonesOf({ feed: { delivery } }: Pick<EntitySource, 'feed'>): Tombstones | undefined {
  return delivery?.kind === 'tombstones' ? delivery : undefined;
}

/** Whether keys of the entity can be deleted. */
export function deletesKeys({ sources }: Pick<Entity, 'sources'>): boolean {
  return sources.some((source) => snapshotOf(source) !== undefined || tombstonesOf(source) !== undefined);
}

/** Whether the entity remembers which keys are deleted: a snapshot's place in the order says it of all keys at once. */
export function hasTombstones({ sources }: Pick<Entity, 'sources'>): boolean {
  return sources.some((source) => tombstonesOf(source) !== undefined);
}

/**
 * The keys that a snapshot of the source is the whole of: all, or those with the values that it sets for columns of the key, so that
 * several feeds can each be the whole of a part.
 */
export function keyScope(key: readonly string[], set: EntitySource['set']): readonly KeyScope[] {
  return key.flatMap((column) => {
    const value = set[column];
    return value === undefined ? [] : [{ column, value }];
  });
}

/** Whether no key belongs to both. */
export function areApart(left: readonly KeyScope[], right: readonly KeyScope[]): boolean {
  return left.some(({ column, value }) => right.some((other) => other.column === column && other.value !== value));
}
