import type { ListedFiles } from './activities/pickup.js';
import type { PickupCounts } from './workflows.js';

/** A file or folder of a list, with the feeds that named it. */
export interface NamedFile {
  readonly object: string;
  readonly reason: string;
  readonly feeds: readonly string[];
}

/** The lists of several feeds as one: what several of them name, such as a folder that can't be read, is there once. */
export interface FilesOfFeeds {
  readonly named: readonly NamedFile[];
  /** Files that are counted and not named. Feeds that name the same files, and count as many, mean the same ones. */
  readonly more: readonly { readonly files: number; readonly feeds: readonly string[] }[];
}

export function filesOfFeeds(
  pickups: Readonly<Record<string, PickupCounts>>,
  listOf: (counts: PickupCounts) => ListedFiles | undefined,
): FilesOfFeeds {
  const named = new Map<string, { object: string; reason: string; feeds: string[] }>();
  const more = new Map<string, { files: number; feeds: string[] }>();
  for (const [feed, counts] of Object.entries(pickups)) {
    const { files = 0, first = [] } = listOf(counts) ?? {};
    for (const { object, reason } of first) {
      const key = JSON.stringify([object, reason]);
      const file = named.get(key) ?? { object, reason, feeds: [] };
      named.set(key, file);
      if (!file.feeds.includes(feed)) file.feeds.push(feed);
    }
    if (files <= first.length) continue;
    const key = JSON.stringify([files, first]);
    const others = more.get(key) ?? { files: files - first.length, feeds: [] };
    more.set(key, others);
    others.feeds.push(feed);
  }
  return { named: [...named.values()], more: [...more.values()] };
}

/** How many files no load was made of. What several feeds name counts once. */
export function countLeftAlone(pickups: Readonly<Record<string, PickupCounts>>): number {
  const { named, more } = filesOfFeeds(pickups, ({ leftAlone }) => leftAlone);
  return named.length + more.reduce((sum, { files }) => sum + files, 0);
}
