import type { OpenLoads } from '../../contracts/activities/pickup.js';

/** With fewer small objects, each gets a workflow of its own, which shows more in Temporal Web. */
const smallestBundle = 5;
/** Few enough that a bundle ends within seconds, and enough that Temporal's share of a landing is small. */
export const largestBundle = 50;

/** Splits a page of open loads, in the order of the page: each large object alone, small ones together if several wait. */
export function* splitIntoBundles({ loadIds, small }: OpenLoads): Generator<readonly number[]> {
  const bundled = new Set(small.length < smallestBundle ? [] : small);
  let part: number[] = [];
  for (const loadId of loadIds) {
    if (!bundled.has(loadId)) {
      yield [loadId];
      continue;
    }
    part.push(loadId);
    if (part.length === largestBundle) {
      yield part;
      part = [];
    }
  }
  if (part.length > 0) yield part;
}
