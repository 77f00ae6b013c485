import type { ObjectStore, ObjectVersion } from '../../engine/object-store.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { objectIdentity } from './object-identity.js';

export interface OfFeed {
  readonly feed: string;
  readonly object: ObjectVersion;
}

/** Objects that one statement looks up. */
const atOnce = 1_000;

/** Those of the objects that a pickup has landed and that are still in their source: kept, or released later. */
export async function loadedObjects(
  warehouse: Warehouse,
  pipeline: string,
  store: ObjectStore,
  objects: readonly OfFeed[],
): Promise<ReadonlySet<ObjectVersion>> {
  const loaded = new Set<ObjectVersion>();
  for (let first = 0; first < objects.length; first += atOnce) {
    const some = objects
      .slice(first, first + atOnce)
      .map(({ feed, object }) => ({ object, identity: objectIdentity(pipeline, feed, store.url, object) }));
    const rows = await warehouse.query<{ identity: Buffer }>(
      `select distinct identity from gear.loads
       where identity in (${some.map(() => '?').join(', ')}) and kind = 'pickup' and source_state in ('present', 'kept') and state <> 'claimed'`,
      some.map(({ identity }) => identity),
    );
    const known = new Set(rows.map(({ identity }) => identity.toString('hex')));
    for (const { object, identity } of some) if (known.has(identity.toString('hex'))) loaded.add(object);
  }
  return loaded;
}
