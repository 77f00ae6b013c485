import type { ObjectStore, ObjectVersion } from '../../engine/object-store.js';
import { storeFaults, type StoreFault } from '../../engine/store-faults.js';

/** What gear.loads knows of the loads of a version that is listed again. */
export interface KnownLoads {
  /** Of the last one. */
  readonly generation: number;
  readonly sourceState: string;
  readonly releasedAt: string | null;
  /** Of the first one. */
  readonly claimedAt: string;
}

/** If this many loads of one version ended `gone` or `replaced` although the version is still listed, the store is at fault. */
const mostVain = 3;
const looksAtOnce = 16;
/** A store with more faults than this is at fault as a whole, and no further object is checked. */
const mostFaults = 100;

/**
 * Those of the objects that are new deliveries of a version which had a load before. If the store lists a version that it does not have, or
 * still has one whose deletion it confirmed, each new load would end in the same way. Such objects are left alone, and `fault` is called
 * for each.
 */
export async function deliveredAgain<Listed extends { readonly object: ObjectVersion; readonly known: KnownLoads }>(
  store: ObjectStore,
  objects: readonly Listed[],
  fault: (object: ObjectVersion, reason: string) => void,
  signal: AbortSignal,
): Promise<Listed[]> {
  if (store.lookAgain === undefined) return [...objects];
  const again: Listed[] = [];
  let faults = 0;
  for (let first = 0; first < objects.length && faults < mostFaults; first += looksAtOnce) {
    const some = objects.slice(first, first + looksAtOnce);
    const look = async ({ object, known }: Listed) =>
      known.sourceState === 'kept' ? 'current' : (store.lookAgain?.(object, signal) ?? 'current');
    const seen = await Promise.all(some.map(look));
    some.forEach((listed, index) => {
      const found = verdict(seen[index]!, listed);
      if (found === 'delivered') again.push(listed);
      if (found === 'delivered' || found === 'unlisted') return;
      faults += 1;
      fault(listed.object, storeFaults[found]);
    });
  }
  return again;
}

function verdict(
  seen: 'current' | 'replaced' | 'gone' | 'unlisted',
  { object, known }: { readonly object: ObjectVersion; readonly known: KnownLoads },
): StoreFault | 'delivered' | 'unlisted' {
  if (seen === 'unlisted') return 'unlisted';
  if (seen === 'gone') return 'unknown-key';
  if (seen === 'replaced') return 'listing-differs';
  if (['deleted', 'moved', 'archived'].includes(known.sourceState)) return canBePutAgain(object, known) ? 'delivered' : 'not-deleted';
  return (known.sourceState === 'gone' || known.sourceState === 'replaced') && known.generation + 1 >= mostVain
    ? 'listing-differs'
    : 'delivered';
}

/**
 * The same bytes put again have a new time, which many servers give in whole seconds. An object that was put before the first claim and
 * again after the last release has the same time only if both lie within one second.
 */
function canBePutAgain({ lastModified }: ObjectVersion, { claimedAt, releasedAt }: KnownLoads): boolean {
  if (releasedAt === null) return true;
  const inSeconds = Date.parse(lastModified) % 1_000 === 0;
  return inSeconds && Date.parse(`${releasedAt}Z`) - Date.parse(`${claimedAt}Z`) <= 1_000;
}
