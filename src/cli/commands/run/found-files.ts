import { feedObjects, type UnclaimedObject } from '../../../activities/pickup/feed-objects.js';
import type { Project } from '../../../config/load-project.js';
import { projectStores } from '../../../config/project-stores.js';
import type { RunInput } from '../../../contracts/workflows.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import { neighboursOf } from '../../../engine/definition/match/neighbours.js';
import type { FeedDefinition } from '../../../engine/definition/types.js';
import type { ObjectStore, ObjectVersion } from '../../../engine/object-store.js';
import type { Warehouse } from '../../../engine/warehouse.js';
import { compressionOf } from '../../../engine/read/format.js';
import { claimedRuns } from '../../../gear/lake/claimed-runs.js';
import { whyUnnamed } from '../../../status/waiting-files.js';
import { loadedObjects } from '../../../gear/loads/loaded-objects.js';

/** What a run would find of one feed and one date; `new` is what it would load. */
export interface FoundFiles {
  readonly date: string | null;
  readonly feed: string;
  files: number;
  bytes: number;
  newFiles: number;
  newBytes: number;
  /** About how many lines the new files have, by the beginning of one file of the feed; null where that does not tell. */
  newLines: number | null;
}

/** What no load can be made of. A folder that can't be read may concern several feeds, and many dates. */
export interface LeftAlone {
  readonly key: string;
  readonly reason: string;
  readonly feeds: readonly string[];
  /** Of those asked for. */
  readonly dates: readonly string[];
}

export interface Looking {
  readonly project: Project;
  readonly warehouse: Warehouse;
  readonly compiled: CompiledPipeline;
  readonly input: RunInput;
  readonly leftAlone: LeftAlone[];
}

/** Adds it to what other feeds left alone. */
function leave(all: LeftAlone[], feed: FeedDefinition, { key, reason, dates = [] }: UnclaimedObject): void {
  const index = all.findIndex((each) => each.key === key && each.reason === reason);
  const { feeds = [], dates: before = [] } = all[index] ?? {};
  const united = { key, reason, feeds: [...new Set([...feeds, feed.name])], dates: [...new Set([...before, ...dates])].sort() };
  if (index < 0) all.push(united);
  else all[index] = united;
}

/** Bytes of a file that tell how long its lines are. */
const looked = 65_536;

/** The feeds that a run takes. */
export function feedsOfRun({ definition }: CompiledPipeline, { dates, initial, feeds }: RunInput): readonly FeedDefinition[] {
  if (!dates && !initial) return definition.feeds;
  return definition.feeds.filter(
    ({ name, partition }) => partition !== undefined && (initial ? 'value' : 'group') in partition && (feeds?.includes(name) ?? true),
  );
}

/** What a run would find, in the order of dates. What it would leave alone goes to `leftAlone`. */
export async function foundFiles(looking: Looking): Promise<readonly FoundFiles[]> {
  const all: FoundFiles[] = [];
  for (const feed of feedsOfRun(looking.compiled, looking.input)) all.push(...(await filesOf(looking, feed)));
  return all.sort((a, b) => compare(a.date ?? '', b.date ?? '') || compare(a.feed, b.feed));
}

async function filesOf({ project, warehouse, compiled, input, leftAlone }: Looking, feed: FeedDefinition): Promise<FoundFiles[]> {
  const { definition } = compiled;
  const stores = projectStores(project);
  const store = stores.sourceOf(definition.name);
  const byDate = new Map<string, FoundFiles>();
  let sample: ObjectVersion | undefined;
  const claimedRun = feed.manifest === undefined ? 0 : ((await claimedRuns(warehouse, definition.name)).get(feed.name) ?? 0);
  const listing = {
    kind: 'feed',
    partitions: input.dates ?? (input.initial ? 'initial' : undefined),
    neighbours: neighboursOf(definition.name, project.pipelines, stores),
    faulty: ({ key }: { readonly key: string }, reason: string, date?: string) =>
      leave(leftAlone, feed, { key: store.relativeKey(key), reason, dates: date === undefined ? [] : [date] }),
    // As it is now: what may still be being written is waited for by the run.
    unsettled: true,
    leftAlone: (object: UnclaimedObject) => {
      if (!object.waits) leave(leftAlone, feed, object);
    },
  } as const;
  for await (const page of feedObjects(store, feed, definition, listing)) {
    const objects = page.map(({ object }) => ({ feed: feed.name, object }));
    const loaded = await loadedObjects(warehouse, definition.name, store, objects);
    for (const { object, date = null } of page) {
      const isLoaded = loaded.has(object);
      const unnamed = feed.manifest === undefined || isLoaded ? undefined : whyUnnamed(store.relativeKey(object.key), claimedRun);
      if (unnamed !== undefined) {
        leave(leftAlone, feed, { key: store.relativeKey(object.key), reason: unnamed });
        continue;
      }
      const row = byDate.get(date ?? '') ?? { date, feed: feed.name, files: 0, bytes: 0, newFiles: 0, newBytes: 0, newLines: 0 };
      byDate.set(date ?? '', row);
      row.files += 1;
      row.bytes += object.size;
      if (isLoaded) continue;
      row.newFiles += 1;
      row.newBytes += object.size;
      if (object.size > (sample?.size ?? 0)) sample = object;
    }
  }
  const bytesPerLine = sample && (await bytesOfLine(store, sample, feed));
  return [...byDate.values()].map((row) => ({
    ...row,
    newLines: row.newBytes === 0 ? 0 : bytesPerLine === undefined ? null : Math.round(row.newBytes / bytesPerLine),
  }));
}

/** What a line of the file takes, by its beginning; undefined where that does not tell, as of a packed file. */
async function bytesOfLine(store: ObjectStore, object: ObjectVersion, { format }: FeedDefinition): Promise<number | undefined> {
  if (compressionOf(format, object.key) !== 'none') return undefined;
  let [bytes, lines] = [0, 0];
  for await (const part of await store.read(object, { start: 0, end: Math.min(looked, object.size) })) {
    for (const byte of part as Buffer) {
      bytes += 1;
      if (byte === 0x0a) lines += 1;
    }
  }
  return lines === 0 ? undefined : bytes / lines;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
