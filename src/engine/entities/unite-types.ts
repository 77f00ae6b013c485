import type { ColumnType } from '../definition/types.js';
import { sqlType } from '../sql/column-types.js';
import { traitsOf } from '../types/column-traits.js';

/**
 * The type that holds every value of both: of whole numbers the widest range, of texts the longest with all white space of both, of decimals with the same scale the
 * most digits. Others must be the same but for how a file writes them. Undefined where there is no such type.
 */
export function uniteTypes(left: ColumnType, right: ColumnType): ColumnType | undefined {
  if (left.kind === 'integer' && right.kind === 'integer') {
    const bounds = [left, right].flatMap(({ min, max, also = [] }) => [min, max, ...also]);
    const lowest = bounds.reduce((low, bound) => (BigInt(bound) < BigInt(low) ? bound : low));
    const greatest = bounds.reduce((high, bound) => (BigInt(bound) > BigInt(high) ? bound : high));
    const united = { kind: 'integer', min: lowest, max: greatest } as const;
    return traitsOf(united).mistakes.length === 0 ? united : undefined;
  }
  if (left.kind === 'text' && right.kind === 'text') {
    const trim = (['none', 'end'] as const).find((each) => left.trim === each || right.trim === each);
    return { ...left, maxLength: Math.max(left.maxLength, right.maxLength), ...(trim && { trim }) };
  }
  if (left.kind === 'decimal' && right.kind === 'decimal' && left.scale === right.scale)
    return { ...left, precision: Math.max(left.precision, right.precision) };
  return stored(left) === stored(right) ? left : undefined;
}

/** What types have in common whose values are stored alike, however files write them. */
function stored(type: ColumnType): string {
  return JSON.stringify([type.kind, sqlType(type), type.kind === 'choice' ? type.values : undefined]);
}
