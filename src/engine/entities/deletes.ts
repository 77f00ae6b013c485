import type { DeliveryDefinition } from '../definition/types.js';
import { trueCheck } from '../types/boolean.js';
import type { Entity, EntityColumn, EntitySource } from './entity.js';

type Snapshot = Extract<DeliveryDefinition, { readonly kind: 'snapshot' }>;
type Tombstones = Extract<DeliveryDefinition, { readonly kind: 'tombstones' }>;

/** The keys that a file of a feed can delete: only those that have the values that its source sets. */
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

/** Whether it is certain that no key belongs to both: they set a column to values that are stored as different ones. */
export function areApart(
  left: readonly KeyScope[],
  right: readonly KeyScope[],
  columnNamed: (name: string) => EntityColumn | undefined,
): boolean {
  return left.some(({ column: name, value }) => {
    const other = right.find(({ column }) => column === name);
    const column = columnNamed(name);
    if (!other || !column) return false;
    const [one, two] = [storedAs(column, value), storedAs(column, other.value)];
    return one !== undefined && two !== undefined && one !== two;
  });
}

/** Equal for texts that are stored as the same value; undefined for types of which that is not known here. */
function storedAs({ type, nullable }: EntityColumn, text: string): string | undefined {
  switch (type.kind) {
    case 'integer':
      return /^-?\d+$/.test(text) ? String(BigInt(text)) : text;
    case 'text':
      return text === '' && !nullable ? (type.empty ?? '') : text;
    case 'code':
      return type.list === undefined ? text : text.toUpperCase();
    case 'choice':
      return text.toLowerCase();
    case 'boolean':
      return text === '' ? '' : String(trueCheck(type)(Buffer.from(text), 0, Buffer.byteLength(text)));
    case 'date':
      return text.replace(/\b0+(?=\d)/g, '');
    case 'decimal':
    case 'time':
    case 'timestamp':
    case 'json':
    case 'point':
      return undefined;
  }
}
