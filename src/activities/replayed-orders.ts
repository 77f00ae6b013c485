import type { FeedRef } from '../contracts/activities.js';
import type { ObjectStore, ObjectVersion } from '../engine/object-store.js';
import type { Warehouse } from '../engine/warehouse.js';
import { quarantineFolder } from './feed-objects.js';
import { replayedOrder } from './object-identity.js';

/** The address of what lies in the quarantine folder of a load: its source's, and the load's id. */
const inQuarantine = new RegExp(`^(.*/)${quarantineFolder}(\\d{1,18})/[^/]*$`, 'su');

/**
 * The order of deliveries of objects in `quarantine/<load id>/`, by their keys: right behind the load. Its refused file, or corrected rows
 * of it, must not win over what was delivered after it, whenever they are replayed; of several the last one put wins.
 */
export async function replayedOrders(
  warehouse: Warehouse,
  { pipeline, feed }: FeedRef,
  store: ObjectStore,
  objects: readonly ObjectVersion[],
): Promise<ReadonlyMap<string, Buffer>> {
  const places = objects.flatMap((object) => {
    const [, source, loadId] = inQuarantine.exec(store.url + store.relativeKey(object.key)) ?? [];
    return source === undefined || loadId === undefined ? [] : [{ object, source, loadId }];
  });
  if (places.length === 0) return new Map();
  const ids = [...new Set(places.map(({ loadId }) => loadId))];
  const loads = await warehouse.query<{ load_id: number; kind: string; store_url: string; delivery_order: Buffer }>(
    `select load_id, kind, store_url, delivery_order from gear.loads
     where pipeline = ? and feed = ? and load_id in (${ids.map(() => '?').join(', ')})`,
    [pipeline, feed, ...ids],
  );
  return new Map(
    places.flatMap(({ object, source, loadId }) => {
      // What was found in a backfill has no quarantine folder of its own: corrected rows of it lie in that of whatever source.
      const load = loads.find((each) => Number(each.load_id) === Number(loadId) && (each.store_url === source || each.kind === 'backfill'));
      return load ? [[object.key, replayedOrder(load.delivery_order, object)] as const] : [];
    }),
  );
}
