import type { FeedRef } from '../../contracts/activities/refs.js';
import type { ObjectStore, ObjectVersion } from '../../engine/object-store.js';
import { quarantineFolderOf, quarantinePlace, type QuarantinePlace } from '../../engine/folders/quarantine-folder.js';
import { StrataError } from '../../engine/strata-error.js';
import type { SqlRow, Warehouse } from '../../engine/warehouse.js';
import { loadedObject, shownKey, type LoadedObject } from '../../gear/loads/load-row.js';
import { replayedOrder } from '../../gear/loads/object-identity.js';

/** An object in the quarantine folder of a load. */
export interface Replay {
  /** Right after the load in whose quarantine folder it lies, so that it never wins over later deliveries. */
  readonly order: Buffer;
  /** The date of the load that it replays, of a feed with a partition. */
  readonly partitionDate: string | undefined;
  /** The load whose file had the rows first. */
  readonly firstLoadId: number;
  /** It is the load's own file, moved for a row over 1 MiB: its good rows are loaded, the others in quarantine. */
  readonly isLoaded: boolean;
}

interface ReplayedLoad extends SqlRow, LoadedObject {
  load_id: number;
  kind: string;
  store_url: string;
  identity: Buffer;
  state: string;
  move_source: number;
  delivery_order: Buffer;
  partition_date: string | null;
  first_load_id: number;
}

interface Found extends QuarantinePlace {
  readonly object: ObjectVersion;
}

/**
 * The objects in the quarantine folders of loads, by their keys. Of several objects in one folder, the one put last comes last. Throws
 * `misconfigured` if the digits of a folder are not those of this warehouse's load: the rows would take the positions of another file.
 */
export async function findReplays(
  warehouse: Warehouse,
  { pipeline, feed }: FeedRef,
  store: ObjectStore,
  objects: readonly ObjectVersion[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Replay>> {
  const places = objects.flatMap((object): Found[] => {
    const place = quarantinePlace(store.url + store.relativeKey(object.key));
    return place ? [{ object, ...place }] : [];
  });
  if (places.length === 0) return new Map();
  const ids = [...new Set(places.map(({ loadId }) => loadId))];
  const loads = await warehouse.query<ReplayedLoad>(
    `select l.load_id, kind, store_url, object_key, version_id, etag, size_bytes, last_modified, identity, state, move_source, delivery_order, partition_date,
       coalesce(r.first_load_id, l.load_id) as first_load_id
     from gear.loads l
     left join gear.replays r on r.load_id = l.load_id
     where pipeline = ? and feed = ? and l.load_id in (${ids.map(() => '?').join(', ')})`,
    [pipeline, feed, ...ids],
  );
  const replays = new Map<string, Replay>();
  for (const place of places) {
    const load = loads.find((each) => Number(each.load_id) === place.loadId);
    if (isOf(place, load)) replays.set(place.object.key, await replayOf(load, place.object, store, signal));
  }
  return replays;
}

/** Whether the object lies in the folder of that load. Otherwise it may be an ordinary file in a folder whose name is a number. */
function isOf(place: Found, load: ReplayedLoad | undefined): load is ReplayedLoad {
  const folder = load && quarantineFolderOf({ loadId: place.loadId, identity: load.identity });
  if (place.folder === folder) return true;
  // A backfilled file has no quarantine folder in its own source, so its corrected rows may lie in the folder of any source.
  const isNear = load?.store_url === place.source || load?.kind === 'backfill';
  if (!place.isNamed && !isNear) return false;
  const file = `${JSON.stringify(shownKey(place.object.key))} lies in ${place.folder}`;
  const advice = 'To load it as a new file, which wins over all before it, put it into the source itself. Nothing was claimed.';
  if (load && !place.isNamed) {
    throw new StrataError(
      'misconfigured',
      `${file}, which does not say of which file: the folder of load ${place.loadId} is ${folder}. Move it there and backfill from there. ${advice}`,
    );
  }
  const whose = load
    ? `load ${place.loadId} here is another file, whose folder is ${folder} in ${load.store_url}`
    : `this warehouse has no load ${place.loadId} of this feed`;
  throw new StrataError(
    'misconfigured',
    `${file}, which is not of this warehouse: ${whose}. It was made by another warehouse, or by this one before it was restored or emptied. ${advice}`,
  );
}

async function replayOf(load: ReplayedLoad, object: ObjectVersion, store: ObjectStore, signal: AbortSignal): Promise<Replay> {
  const wasLoaded = load.state === 'staged' || load.state === 'processed';
  // True for the file that was moved, or is being moved. A file that was put there since, or corrected in place, is another file.
  const isLoaded = wasLoaded && Number(load.move_source) === 1 && (await store.isMoved(object, loadedObject(load), signal));
  const order = replayedOrder(load.delivery_order, object);
  return { order, partitionDate: load.partition_date ?? undefined, firstLoadId: Number(load.first_load_id), isLoaded };
}
