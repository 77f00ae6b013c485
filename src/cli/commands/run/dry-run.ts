import { feedObjects } from '../../../activities/pickup/feed-objects.js';
import type { Project } from '../../../config/load-project.js';
import { projectStores } from '../../../config/project-stores.js';
import { datesOf } from '../../../contracts/dates/dates.js';
import { listOf, listText } from '../../../contracts/dates/dated-runs.js';
import { visibleLine } from '../../../contracts/escape-controls.js';
import { byteSize, counted, grouped } from '../../../contracts/format-numbers.js';
import type { RunInput } from '../../../contracts/workflows.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import { neighboursOf } from '../../../engine/definition/match/neighbours.js';
import type { FeedDefinition } from '../../../engine/definition/types.js';
import type { Warehouse } from '../../../engine/warehouse.js';
import { loadedObjects } from '../../../gear/loads/loaded-objects.js';
import type { Cli } from '../../cli.js';

/** What a run would find of one feed and one date; `new` is what it would load. */
interface FoundFiles {
  readonly date: string | null;
  readonly feed: string;
  files: number;
  bytes: number;
  newFiles: number;
  newBytes: number;
}

interface LeftAlone {
  readonly key: string;
  readonly reason: string;
}

/** Dates shown one by one. */
const shown = 100;

/** `strata run --dry-run`: what is there to be loaded. How many rows it is, only loading it tells. */
export async function dryRun(cli: Cli, project: Project, compiled: CompiledPipeline, input: RunInput, json: boolean): Promise<void> {
  const { definition } = compiled;
  const feeds = definition.feeds.filter((feed) => isWanted(feed, input));
  const leftAlone: LeftAlone[] = [];
  const found = await cli.withWarehouse(project, async (warehouse) => {
    const all: FoundFiles[] = [];
    for (const feed of feeds) all.push(...(await filesOf({ project, warehouse, compiled, input, leftAlone }, feed)));
    return all.sort((a, b) => compare(a.date ?? '', b.date ?? '') || compare(a.feed, b.feed));
  });
  const missing = Object.fromEntries(feeds.flatMap(({ name }) => missingOf(name, found, input)));
  if (json) return cli.out.json({ pipeline: definition.name, files: found, missing, leftAlone });
  print(cli, found, leftAlone);
  for (const [feed, dates] of Object.entries(missing))
    cli.out.prose(`no file of ${feed}${dates.length > 0 ? ` for ${counted(dates.length, 'date')}: ${listText(listOf(dates))}` : ''}`);
}

function isWanted({ name, partition }: FeedDefinition, { dates, initial, feeds }: RunInput): boolean {
  if (dates ?? initial) return partition !== undefined && (initial ? 'value' : 'group') in partition && (feeds?.includes(name) ?? true);
  return true;
}

interface Looking {
  readonly project: Project;
  readonly warehouse: Warehouse;
  readonly compiled: CompiledPipeline;
  readonly input: RunInput;
  readonly leftAlone: LeftAlone[];
}

async function filesOf({ project, warehouse, compiled, input, leftAlone }: Looking, feed: FeedDefinition): Promise<FoundFiles[]> {
  const { definition } = compiled;
  const stores = projectStores(project);
  const store = stores.sourceOf(definition.name);
  const byDate = new Map<string, FoundFiles>();
  const listing = {
    kind: 'feed',
    partitions: input.dates ?? (input.initial ? 'initial' : undefined),
    neighbours: neighboursOf(definition.name, project.pipelines, stores),
    leftAlone: ({ key, reason }: LeftAlone) => void leftAlone.push({ key, reason }),
    ambiguous: ({ key }: { readonly key: string }, reason: string) => void leftAlone.push({ key: store.relativeKey(key), reason }),
  } as const;
  for await (const page of feedObjects(store, feed, definition, listing)) {
    const objects = page.map(({ object }) => ({ feed: feed.name, object }));
    const loaded = await loadedObjects(warehouse, definition.name, store, objects);
    for (const { object, date = null } of page) {
      const row = byDate.get(date ?? '') ?? { date, feed: feed.name, files: 0, bytes: 0, newFiles: 0, newBytes: 0 };
      byDate.set(date ?? '', row);
      row.files += 1;
      row.bytes += object.size;
      if (loaded.has(object)) continue;
      row.newFiles += 1;
      row.newBytes += object.size;
    }
  }
  return [...byDate.values()];
}

/** A feed without files, with the dates that it lacks. */
function missingOf(feed: string, found: readonly FoundFiles[], { dates }: RunInput): (readonly [string, readonly string[]])[] {
  const own = found.filter((row) => row.feed === feed);
  if (!dates) return own.length === 0 ? [[feed, []]] : [];
  const has = new Set(own.map(({ date }) => date));
  const without = datesOf(dates).filter((date) => !has.has(date));
  return without.length === 0 ? [] : [[feed, without]];
}

function print({ out }: Cli, found: readonly FoundFiles[], leftAlone: readonly LeftAlone[]): void {
  const hasNew = found.filter(({ newFiles }) => newFiles > 0);
  out.table(
    ['date', 'feed', 'files to load', 'size', 'loaded already'],
    hasNew
      .slice(0, shown)
      .map(({ date, feed, files, newFiles, newBytes }) => [
        date ?? '',
        feed,
        grouped(newFiles),
        byteSize(newBytes),
        grouped(files - newFiles),
      ]),
  );
  if (hasNew.length > shown) out.prose(`and ${grouped(hasNew.length - shown)} more`);
  const sum = (of: (row: FoundFiles) => number) => found.reduce((total, row) => total + of(row), 0);
  const [files, bytes] = [sum(({ newFiles }) => newFiles), sum(({ newBytes }) => newBytes)];
  const loaded = sum((row) => row.files) - files;
  out.prose(`${counted(files, 'file')} to load, ${byteSize(bytes)}; ${grouped(loaded)} loaded already. Nothing was started`);
  for (const { key, reason } of leftAlone.slice(0, shown)) out.prose(`${visibleLine(key)} is left alone: ${reason}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
