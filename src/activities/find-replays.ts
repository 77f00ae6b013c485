import type { FeedRef } from '../contracts/activities.js';
import type { ObjectStore, ObjectVersion } from '../engine/object-store.js';
import type { SqlRow, Warehouse } from '../engine/warehouse.js';
import { quarantineFolder } from './feed-objects.js';
import { replayedOrder, sqlDatetime } from './object-identity.js';

/** The address of what lies in the quarantine folder of a load: its source's, and the load's id. */
const inQuarantine = new RegExp(`^(.*/)${quarantineFolder}(\\d{1,18})/[^/]*$`, 'su');

/** What an object brings again. */
export interface Replay {
  /** Right behind the load in whose quarantine it lies: it must not win over what was delivered after that, whenever it is replayed. */
  readonly order: Buffer;
  /** The load in whose file its rows stood first. */
  readonly firstLoadId: number;
  /** It is the load's own file, moved for a row over 1 MiB: its good rows are loaded, the others in quarantine. */
  readonly isLoaded: boolean;
}

interface ReplayedLoad extends SqlRow {
  load_id: number;
  kind: string;
  store_url: string;
  etag: string;
  size_bytes: number;
  state: string;
  move_source: number;
  released_at: string | null;
  delivery_order: Buffer;
  first_load_id: number;
}

/** The objects that lie in `quarantine/<load id>/`, by their keys; of several there the last one put comes last. */
export async function findReplays(
  warehouse: Warehouse,
  { pipeline, feed }: FeedRef,
  store: ObjectStore,
  objects: readonly ObjectVersion[],
): Promise<ReadonlyMap<string, Replay>> {
  const places = objects.flatMap((object) => {
    const [, source, loadId] = inQuarantine.exec(store.url + store.relativeKey(object.key)) ?? [];
    return source === undefined || loadId === undefined ? [] : [{ object, source, loadId }];
  });
  if (places.length === 0) return new Map();
  const ids = [...new Set(places.map(({ loadId }) => loadId))];
  const loads = await warehouse.query<ReplayedLoad>(
    `select l.load_id, kind, store_url, etag, size_bytes, state, move_source, released_at, delivery_order, coalesce(r.first_load_id, l.load_id) as first_load_id
     from gear.loads l
     left join gear.replays r on r.load_id = l.load_id
     where pipeline = ? and feed = ? and l.load_id in (${ids.map(() => '?').join(', ')})`,
    [pipeline, feed, ...ids],
  );
  return new Map(
    places.flatMap(({ object, source, loadId }) => {
      // What was found in a backfill has no quarantine folder of its own: corrected rows of it lie in that of whatever source.
      const load = loads.find((each) => Number(each.load_id) === Number(loadId) && (each.store_url === source || each.kind === 'backfill'));
      return load ? [[object.key, replayOf(load, object, store.url.startsWith('s3:'))] as const] : [];
    }),
  );
}

function replayOf(load: ReplayedLoad, object: ObjectVersion, isBucket: boolean): Replay {
  const isLoaded = isItsFile(load, object, isBucket);
  return { order: replayedOrder(load.delivery_order, object), firstLoadId: Number(load.first_load_id), isLoaded };
}

/**
 * As it was moved, or is being moved now; what was put there since, or mended in place, is another file. A moved file keeps its ETag; a
 * bucket's copy may have another one, and the time at which it was made.
 */
function isItsFile(load: ReplayedLoad, object: ObjectVersion, isBucket: boolean): boolean {
  const wasLoaded = load.state === 'staged' || load.state === 'processed';
  const isCopy = isBucket && load.released_at !== null && sqlDatetime(object.lastModified) <= load.released_at;
  return wasLoaded && Number(load.move_source) === 1 && Number(load.size_bytes) === object.size && (object.etag === load.etag || isCopy);
}
