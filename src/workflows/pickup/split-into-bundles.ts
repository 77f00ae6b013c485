import type { OpenLoads } from '../../contracts/activities/pickup.js';

/** Of fewer small objects each gets a workflow of its own, in which more of it can be seen. */
const smallestBundle = 5;
/** Few enough for a bundle to end within seconds, enough for Temporal's share of a landing to be small. */
const largestBundle = 50;

/** A page of open loads in parts, in the order of the page: a large object alone, small ones together where several wait. */
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
