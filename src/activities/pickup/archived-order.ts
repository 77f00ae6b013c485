import { isInArchive } from '../../engine/folders/archive-folder.js';
import type { ObjectStore, ObjectVersion } from '../../engine/object-store.js';
import type { Claim } from '../../gear/loads/claims.js';

const looksAtOnce = 16;

/**
 * Sorts claims in the order of deliveries. Archived objects of a bucket are copies, whose time is the time of the move. They count as
 * delivered when they were first put, which `orderAt` says. Costs one request for each archived object, and none for others.
 */
export async function inDeliveryOrder(
  store: ObjectStore,
  claims: readonly Claim[],
  orderAt: (object: ObjectVersion, partitionDate?: string) => Buffer,
  signal: AbortSignal,
): Promise<Claim[]> {
  const ordered: Claim[] = [];
  const order = async (claim: Claim): Promise<Claim> => {
    const { object } = claim;
    if (claim.firstLoadId !== undefined || !isInArchive(store.url + store.relativeKey(object.key))) return claim;
    const lastModified = await store.timeBeforeMove?.(object, signal);
    return lastModified === undefined ? claim : { ...claim, order: orderAt({ ...object, lastModified }, claim.partitionDate) };
  };
  for (let first = 0; first < claims.length; first += looksAtOnce)
    ordered.push(...(await Promise.all(claims.slice(first, first + looksAtOnce).map(order))));
  return ordered.sort((a, b) => Buffer.compare(a.order, b.order));
}
