import { isArchived } from '../../engine/folders/archive-folder.js';
import { feedsOfKey, feedsOfPickup, whyAmbiguous } from '../../engine/definition/match/feeds-of-key.js';
import type { FeedDefinition, PipelineDefinition } from '../../engine/definition/types.js';
import type { LeftAlone, ListOptions, ObjectStore, ObjectVersion } from '../../engine/object-store.js';
import { misnamed } from '../../engine/store-faults.js';
import { isQuarantined, quarantinePlace } from '../../engine/folders/quarantine-folder.js';
import type { LoadSource, Partitions } from '../../contracts/activities/pickup.js';
import { datesOf } from '../../contracts/dates/dates.js';
import { whyNotClaimable } from '../../engine/claimable.js';
import { listScope } from '../../engine/definition/match/list-scope.js';
import { feedsOfNeighbours, type Neighbour } from '../../engine/definition/match/neighbours.js';
import { partitionsOf } from '../../engine/definition/match/partitions.js';

/** An object of which a load can be made. */
export interface FeedObject {
  readonly object: ObjectVersion;
  /** The date that it belongs to, of a feed with a partition. */
  readonly date: string | undefined;
}

/** What no load can be made of. */
export interface UnclaimedObject extends LeftAlone {
  /** The dates whose files it is or holds; empty where files have no date. Absent if it is no file of the feed, and no folder of its files. */
  readonly dates?: readonly string[];
}

interface Listing extends Pick<ListOptions, 'signal' | 'patient' | 'waits' | 'unsettled'> {
  readonly leftAlone?: ((object: UnclaimedObject) => void) | undefined;
  /** A pickup lists only the folders of the feed, a backfill lists everything. */
  readonly kind: LoadSource['kind'];
  /** These dates alone; only of the pipeline's own source. */
  readonly partitions?: Partitions | undefined;
  readonly neighbours: readonly Neighbour[];
  /** Called for each object that several feeds match, or whose name the store does not know itself. */
  readonly faulty: (object: ObjectVersion, reason: string, date?: string) => void;
}

/**
 * Objects of a source that match this feed and no other feed of its pipeline or of neighbours, in pages. Objects that can't become a load
 * are left out and reported.
 */
export async function* feedObjects(
  store: ObjectStore,
  feed: FeedDefinition,
  definition: Pick<PipelineDefinition, 'feeds' | 'release'>,
  { leftAlone = () => undefined, faulty, neighbours, kind, partitions, ...options }: Listing,
): AsyncIterable<readonly FeedObject[]> {
  const isOwn = kind === 'feed';
  if (!hasPartitions(feed, partitions)) return;
  const dates = partitions === 'initial' ? undefined : partitions;
  const scope = isOwn ? listScope(feed, dates) : { recursive: true, prefix: '' };
  const owners = isOwn ? feedsOfPickup(definition, store.url) : feedsElsewhere(definition, store.url, kind);
  const othersOf = feedsOfNeighbours(store, neighbours);
  const partitionOf = partitionsOf(feed, { anyDepth: !isOwn });
  const keyOf = keyIn(store.url, kind);
  const isMine = (relative: string) => owners(relative).includes(feed);
  const isOther = (date: string | undefined) => dates !== undefined && date !== undefined && (date < dates.from || date > dates.to);
  const datesIn = datesOfFolders(feed, partitions);
  const ifMine = (object: LeftAlone) => {
    if (isMine(object.key)) {
      const { date, mistake } = partitionOf(keyOf(object.key));
      if (!isOther(date)) leftAlone(mistake === undefined ? { ...object, dates: date === undefined ? [] : [date] } : object);
      return;
    }
    const below = scope.recursive ? datesIn(object.key) : [];
    // Another folder that can't be looked into may hold files of any feed.
    if (below.length > 0) leftAlone({ ...object, dates: below });
    else if (scope.recursive && object.key.endsWith('/')) leftAlone(object);
  };
  for await (const page of store.list({ ...options, ...scope, only: isMine, leftAlone: ifMine })) {
    const ours = page.filter(({ key }) => isMine(store.relativeKey(key)));
    const unknown = await misnamed(store, ours, options.signal);
    const mine = ours.flatMap((object): FeedObject[] => {
      const relative = store.relativeKey(object.key);
      const { date, mistake } = partitionOf(keyOf(relative));
      if (isOther(date)) return [];
      const reason = whyNotClaimable(object, relative) ?? mistake;
      if (reason !== undefined) leftAlone({ key: relative, reason });
      const fault = reason === undefined ? (whyAmbiguous(owners(relative), othersOf(relative)) ?? unknown.get(object)) : undefined;
      if (fault !== undefined) faulty(object, fault, date);
      return (reason ?? fault) === undefined ? [{ object, date }] : [];
    });
    if (mine.length > 0) yield mine;
  }
}

/** Which of these dates have their files in a folder, such as `raw/2026-01-31` or `raw/`, or in folders below it. */
function datesOfFolders(feed: FeedDefinition, partitions: Partitions | undefined): (folder: string) => readonly string[] {
  if (partitions === undefined) return () => [];
  const dates = partitions === 'initial' ? undefined : datesOf(partitions);
  const { partition } = feed;
  const initial = partition && 'value' in partition ? [partition.value] : [];
  const folders = dates
    ? dates.map((date) => [date, `${listScope(feed, { from: date, to: date }).prefix}/`] as const)
    : initial.map((date) => [date, `${listScope(feed).prefix}/`] as const);
  return (folder) => {
    const path = folder.endsWith('/') ? folder : `${folder}/`;
    return folders.filter(([, prefix]) => prefix.startsWith(path)).map(([date]) => date);
  };
}

/** Whether files of the feed can be among those. */
function hasPartitions({ partition }: FeedDefinition, partitions: Partitions | undefined): boolean {
  if (partitions === undefined) return true;
  return partition !== undefined && (partitions === 'initial') === 'value' in partition;
}

/** Leaves out quarantine folders, which replays read, and the archive, unless a backfill names a part of it. */
function feedsElsewhere(
  { feeds, release }: Pick<PipelineDefinition, 'feeds' | 'release'>,
  url: string,
  kind: LoadSource['kind'],
): (relative: string) => readonly FeedDefinition[] {
  const feedsOf = feedsOfKey(feeds, { anyDepth: true });
  const keyOf = keyIn(url, kind);
  const isPutAway = (relative: string) =>
    (kind === 'backfill' && isQuarantined(url, relative)) || (release === 'archive' && isArchived(relative));
  return (relative) => (isPutAway(relative) ? [] : feedsOf(keyOf(relative)));
}

/** The key that patterns of feeds are compared with. In a quarantine folder it is the key that the file had in its source. */
function keyIn(url: string, kind: LoadSource['kind']): (relative: string) => string {
  return (relative) => (kind === 'replay' ? (quarantinePlace(url + relative)?.key ?? relative) : relative);
}
