import { whyNotClaimable } from '../engine/claimable.js';
import { archiveFolder } from '../engine/folders/archive-folder.js';
import { whyFolderLeft } from '../engine/folders/folders-below.js';
import { quarantineFolder, whyNoReplay } from '../engine/folders/quarantine-folder.js';
import { misnamed } from '../engine/store-faults.js';
import type { OfFeed } from '../gear/loads/loaded-objects.js';
import { feedsOfNeighbours, type Neighbour } from '../engine/definition/match/neighbours.js';
import { futureReason, isInFuture } from '../gear/loads/object-identity.js';
import { feedsOfPickup, whichPutAway, whyAmbiguous } from '../engine/definition/match/feeds-of-key.js';
import { listScopes, type ListScope } from '../engine/definition/match/list-scope.js';
import { partitionsOf } from '../engine/definition/match/partitions.js';
import { releaseKindOf } from '../engine/definition/release.js';
import type { FeedDefinition, PipelineDefinition } from '../engine/definition/types.js';
import type { LeftAlone, ObjectStore, ObjectVersion } from '../engine/object-store.js';
import { visibleLine } from '../contracts/escape-controls.js';
import { grouped } from '../contracts/format-numbers.js';

export interface WaitingFiles {
  readonly feeds: Readonly<Record<string, { readonly files: number; readonly bytes: number; readonly oldest: string | undefined }>>;
  /** Objects that were loaded and stay: the pipeline keeps them, or their time has not come. */
  readonly loaded: number;
  /** Objects that belong to no feed, in the source's root, in folders of feeds or above these, or in `archive/`: how many, and the first few keys. */
  readonly others: { readonly files: number; readonly keys: readonly string[] };
  /** Objects that no pickup takes, whatever feed they may be of: how many, and the first few with the reason. */
  readonly leftAlone: Remarks;
  /** Objects that wait, of which there is something to know. */
  readonly remarks: Remarks;
}

export interface Remarks {
  readonly files: number;
  readonly shown: readonly { readonly key: string; readonly reason: string }[];
}

/** Keys of each kind that are shown, where no more are asked for. */
const shownKeys = 20;

export interface WaitingOptions {
  /** Of the feeds of a lake: the last run whose objects all have loads. */
  readonly claimedRuns?: ReadonlyMap<string, number>;
  /** How many keys of each kind are listed: of other files, of files left alone, and of remarks. 20 when absent. */
  readonly shown?: number;
}

/** What is in a pipeline's source now: a file that is present has not been loaded yet, unless `whichLoaded` says so. */
export async function waitingFiles(
  store: ObjectStore,
  definition: PipelineDefinition,
  neighbours: readonly Neighbour[] = [],
  whichLoaded: (objects: readonly OfFeed[]) => Promise<ReadonlySet<ObjectVersion>> = () => Promise.resolve(new Set()),
  { claimedRuns = new Map(), shown = shownKeys }: WaitingOptions = {},
): Promise<WaitingFiles> {
  const { feeds } = definition;
  const ownersOf = feedsOfPickup(definition, store.url);
  const dateOf = new Map(feeds.map((feed) => [feed, partitionsOf(feed)]));
  const othersOf = feedsOfNeighbours(store, neighbours);
  const counts = new Map<FeedDefinition, { files: number; bytes: number; oldest: string | undefined }>();
  for (const feed of feeds) counts.set(feed, { files: 0, bytes: 0, oldest: undefined });
  const keys: string[] = [];
  let others = 0;
  let loaded = 0;
  const odd = { leftAlone: new RemarkList(shown), remarks: new RemarkList(shown) };
  /** Of the page to come, by key: of a file that waits for nothing but time there is something to know only where a feed will take it. */
  const resting = new Map<string, LeftAlone>();
  const remark = (object: LeftAlone) => {
    if (!object.waits) odd.leftAlone.add(object);
    else if (ownersOf(object.key).length > 0) resting.set(object.key, object);
  };
  const now = new Date().toISOString().replace('T', ' ').replace('Z', '');
  for await (const page of objectsOf(store, definition, remark)) {
    const known = await whichLoaded(
      page.flatMap((object) => ownersOf(store.relativeKey(object.key)).map((feed) => ({ feed: feed.name, object }))),
    );
    const unknown = await misnamed(
      store,
      page.filter(({ key }) => ownersOf(store.relativeKey(key)).length > 0),
    );
    for (const object of page) {
      const key = store.relativeKey(object.key);
      const owners = ownersOf(key);
      const count = owners[0] && counts.get(owners[0]);
      const undated = owners[0] && dateOf.get(owners[0])?.(key).mistake;
      const unnamed = owners[0]?.manifest === undefined ? undefined : whyUnnamed(key, claimedRuns.get(owners[0].name) ?? 0);
      const reason = whyNotClaimable(object, key) ?? whyAmbiguous(owners, othersOf(key)) ?? undated ?? unnamed ?? unknown.get(object);
      if (known.has(object)) {
        loaded += 1;
        resting.delete(object.key);
      } else if (reason !== undefined) odd.leftAlone.add({ key, reason });
      else if (count) {
        count.files += 1;
        count.bytes += object.size;
        if (count.oldest === undefined || object.lastModified < count.oldest) count.oldest = object.lastModified;
        if (isInFuture(object, now)) odd.remarks.add({ key, reason: futureReason(object) });
      } else {
        others += 1;
        if (keys.length < shown) keys.push(key);
      }
    }
    for (const object of resting.values()) odd.remarks.add(object);
    resting.clear();
  }
  return {
    feeds: Object.fromEntries([...counts].map(([feed, count]) => [feed.name, count])),
    loaded,
    others: { files: others, keys },
    leftAlone: odd.leftAlone,
    remarks: odd.remarks,
  };
}

/**
 * Objects in the root, in the folders where the feeds have files and in those that Strata fills, each once, without those that Strata has
 * put away.
 */
async function* objectsOf(
  store: ObjectStore,
  definition: PipelineDefinition,
  remark: (object: LeftAlone) => void,
): AsyncGenerator<readonly ObjectVersion[]> {
  const scopes = scopesOf(definition);
  const isPutAway = whichPutAway(definition, store.url);
  const isAway = ({ key }: ObjectVersion) => isPutAway(store.relativeKey(key));
  const isListed = ({ key }: LeftAlone) => scopes.some(({ prefix }) => prefix.startsWith(key));
  const isFolder = ({ key, reason }: LeftAlone) => reason === whyFolderLeft(key);
  const leftAlone = (object: LeftAlone, { isBetween = false }: StatusScope) => {
    if (isFolder(object) && (isBetween || isListed(object))) return;
    if (!isPutAway(object.key)) remark(object);
    else if (!object.waits) remarkStray(object.key);
  };
  const remarkStray = (key: string) => {
    const reason = whyNoReplay(store.url, key);
    if (reason !== undefined) remark({ key, reason });
  };
  for (const scope of scopes) {
    for await (const page of store.list({ ...scope, unsettled: true, leftAlone: (object) => leftAlone(object, scope) })) {
      const [away, objects] = [page.filter((each) => isAway(each)), page.filter((each) => !isAway(each))];
      for (const { key } of away) remarkStray(store.relativeKey(key));
      if (objects.length > 0) yield objects;
    }
  }
}

interface StatusScope extends ListScope {
  /** Between the root and folders of feeds: what writes the files of the feeds may have other folders there. */
  readonly isBetween?: boolean;
}

function scopesOf({ feeds, release }: PipelineDefinition): readonly StatusScope[] {
  const scopes = listScopes(feeds);
  const isIn = (folder: string) => scopes.some(({ recursive, prefix }) => (recursive ? folder.startsWith(prefix) : folder === prefix));
  const filled = [quarantineFolder, ...(releaseKindOf({ release }) === 'archive' ? [archiveFolder] : [])];
  // A lake has manifests and keys of its own above its tables.
  const above = feeds.some(({ manifest }) => manifest !== undefined) ? [] : foldersAbove(scopes.map(({ prefix }) => prefix));
  return [
    ...scopes,
    ...filled.filter((folder) => !isIn(folder)).map((prefix) => ({ recursive: false, prefix })),
    ...above.filter((folder) => !isIn(folder)).map((prefix) => ({ recursive: false, prefix, isBetween: prefix !== '' })),
  ];
}

/** The root and all folders on the way to these, each once. */
function foldersAbove(prefixes: readonly string[]): readonly string[] {
  const above = prefixes.flatMap((prefix) => {
    const parts = prefix.split('/').slice(0, -1);
    return parts.map((_, depth) =>
      parts
        .slice(0, depth)
        .map((part) => `${part}/`)
        .join(''),
    );
  });
  return [...new Set(above)];
}

/** Why an object of a lake without a load waits for nothing; undefined where its run may come yet. */
export function whyUnnamed(key: string, claimedRun: number): string | undefined {
  const [, run] = /\/run=(\d{10})\//.exec(key) ?? [];
  if (run !== undefined && Number(run) > claimedRun) return undefined;
  return 'no manifest names it, so nothing reads it: a run of the extract that died left it. strata lake sweep lists all of them';
}

class RemarkList implements Remarks {
  files = 0;
  readonly shown: { key: string; reason: string }[] = [];

  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add({ key, reason }: Pick<LeftAlone, 'key' | 'reason'>): void {
    this.files += 1;
    if (this.shown.length < this.#most) this.shown.push({ key, reason });
  }
}

/** Lines for people, a remark each; the names are as they were delivered. `all` is the command that shows all of them. */
export function remarkLines(heading: string, { files, shown }: Remarks, all: string): string[] {
  if (files === 0) return [];
  const more = files > shown.length ? [`  and ${grouped(files - shown.length)} more. To see all of them, run: ${all}`] : [];
  return [heading, ...shown.map(({ key, reason }) => `  ${visibleLine(key)}: ${reason}`), ...more];
}
