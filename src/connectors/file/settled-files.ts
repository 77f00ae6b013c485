import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchCall, workWatch } from '../work-watch.js';
import type { LeftAlone, ListOptions, ObjectVersion } from '../../engine/object-store.js';
import { codeOf } from '../../engine/system-errors.js';
import { etagOf, statFile, versionOf } from './file-version.js';
import { ofOneAlone, unreadable } from './folder-entries.js';
import type { Looks } from './looks.js';

const looksAtOnce = 100;
/** Milliseconds that a listing waits for files once it has seen them all. A later one takes what rests longer. */
const longestWait = 60_000;
/** Milliseconds. */
const signInterval = 10_000;

/** How long, in milliseconds, a file must look the same before it counts as written. */
export interface QuietTimes {
  readonly quiet: number;
  /** For a file that is empty, or whose last line has no line break: its writer may have stalled. */
  readonly unfinished: number;
}

export interface Looking extends Pick<ListOptions, 'patient' | 'waits'> {
  readonly root: string;
  readonly looks: Looks;
  readonly times: QuietTimes;
  /** Whether inodes last. */
  readonly inodes: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly leftAlone: (object: LeftAlone) => void;
}

interface Seen {
  readonly key: string;
  readonly since: number;
  readonly state: string;
  /** Where an earlier listing found it to be complete as it is: one look is enough. */
  readonly version?: ObjectVersion;
  readonly isEmpty?: boolean;
  /** It changed between two looks. */
  readonly isGrowing?: boolean;
}

/**
 * The versions of those of the files that nobody writes to: each looks the same twice, its quiet time or more apart. The first look
 * of later files is made while that time passes for earlier ones, so that all wait once and few are kept in memory.
 * Files that need longer, for their last line has no end, are waited for only where the listing would else be empty or is patient: they must
 * not hold up the others. Only a patient listing waits for files that grow. What it did not take is told as left alone.
 */
export async function* settledFiles(batches: AsyncIterable<readonly string[]>, looking: Looking): AsyncGenerator<readonly ObjectVersion[]> {
  const { looks, times } = looking;
  const queue: (readonly Seen[])[] = [];
  let unfinished: Seen[] = [];
  let found = 0;
  const take = async (seen: readonly Seen[]): Promise<readonly ObjectVersion[]> => {
    const second = await inParts(seen, (each) => lookAgain(looking, each));
    unfinished.push(...second.flatMap((outcome) => (outcome === undefined || 'etag' in outcome ? [] : [outcome])));
    const page = second.flatMap((outcome) => (outcome !== undefined && 'etag' in outcome ? [outcome] : []));
    found += page.length;
    return page;
  };
  const dueAt = (seen: readonly Seen[], time: number) => Math.max(...seen.map(({ since }) => since + time));
  for await (const keys of batches) {
    const seen = await inParts(keys, (key) => look(looking, key));
    queue.push(seen.flatMap((each) => (each ? [each] : [])));
    while (queue[0] !== undefined && dueAt(queue[0], times.quiet) <= looks.now()) yield await take(queue.shift() ?? []);
  }
  for (const seen of queue) {
    await until(looking, dueAt(seen, times.quiet));
    yield await take(seen);
  }
  const restsAt = ({ since, isGrowing }: Seen) => since + (isGrowing ? times.quiet : times.unfinished);
  const isAwaited = (seen: Seen) => looking.patient?.() === true || (found === 0 && !seen.isGrowing);
  for (const latest = looks.now() + longestWait; ;) {
    const awaited = unfinished.filter(isAwaited);
    const due = Math.min(...awaited.map(restsAt));
    if (awaited.length === 0 || due > latest) break;
    await until(looking, due, () => looking.waits?.({ files: awaited.length, seconds: times.unfinished / 1_000 }));
    const again = awaited.filter((seen) => restsAt(seen) <= looks.now());
    unfinished = unfinished.filter((seen) => !again.includes(seen));
    yield await take(again);
  }
  for (const seen of unfinished)
    looking.leftAlone(seen.isGrowing ? growsStill(seen.key, times) : restsStill(seen.key, seen.isEmpty, times));
}

function growsStill(key: string, { quiet }: QuietTimes): LeftAlone {
  return { key, waits: true, reason: `it is still being written: it is loaded once it has not changed for ${quiet / 1_000} s` };
}

export function restsStill(key: string, isEmpty: boolean | undefined, { unfinished }: QuietTimes): LeftAlone {
  const why = isEmpty ? 'it is empty' : 'it does not end with a line break';
  return { key, waits: true, reason: `${why}: it is loaded once it has not changed for ${unfinished / 1_000} s` };
}

async function until({ looks, signal }: Looking, time: number, wait: () => void = () => undefined): Promise<void> {
  const work = workWatch();
  // A timer may end a moment early; a long wait is work that goes on.
  for (let left = time - looks.now(); left > 0; left = time - looks.now()) {
    work?.sign('waiting until files rest');
    wait();
    await sleep(Math.ceil(Math.min(left, signInterval)), undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** The change time counts: every write sets it, also where the modification time is set back, as `cp -p` and rsync do while a file grows. */
async function look({ root, looks, inodes, leftAlone, signal }: Looking, key: string): Promise<Seen | undefined> {
  signal?.throwIfAborted();
  try {
    const stat = await statFile(join(root, key));
    if (stat === undefined || !stat.isFile()) return undefined;
    const state = etagOf(stat, inodes);
    const since = looks.since(key, state);
    return looks.isSettled(key, state) ? { key, state, since, version: versionOf(key, stat, inodes) } : { key, state, since };
  } catch (error) {
    if (!ofOneAlone.includes(codeOf(error))) throw error;
    leftAlone(unreadable(key, error));
    return undefined;
  }
}

/** The version; the file again when it changed, or its last line has no end, and it must rest longer; undefined when it went away. */
async function lookAgain(looking: Looking, seen: Seen): Promise<ObjectVersion | Seen | undefined> {
  const { looks, times, inodes, signal } = looking;
  signal?.throwIfAborted();
  if (seen.version) return seen.version;
  const opened = await openAndLook(looking, seen.key);
  if (opened === undefined) return undefined;
  const state = etagOf(opened.stat, inodes);
  const since = looks.since(seen.key, state);
  if (state !== seen.state) return { key: seen.key, state, since, isGrowing: true };
  if (!opened.isFinished && looks.now() - seen.since < times.unfinished)
    return { key: seen.key, state, since: seen.since, isEmpty: opened.stat.size === 0n };
  looks.settle(seen.key, state);
  return versionOf(seen.key, opened.stat, inodes);
}

/** Opened and not only looked at: network file systems ask their server then, and answer from memory else. */
export async function openAndLook(
  { root, leftAlone }: Pick<Looking, 'root' | 'leftAlone'>,
  key: string,
): Promise<{ stat: BigIntStats; isFinished: boolean } | undefined> {
  try {
    const handle = await open(join(root, key), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat({ bigint: true });
      if (!stat.isFile()) return undefined;
      if (stat.size > BigInt(Number.MAX_SAFE_INTEGER)) {
        leftAlone({ key, reason: `its size of ${stat.size} bytes is more than can be loaded: divide it` });
        return undefined;
      }
      return { stat, isFinished: await endsWithLineBreak(handle, Number(stat.size)) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (ofOneAlone.includes(codeOf(error))) leftAlone(unreadable(key, error));
    else if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(codeOf(error) ?? '')) throw error;
    return undefined;
  }
}

/** In UTF-16 of the usual order the last byte of a line break is 0, as it also is where a program has made room for what it will write. */
async function endsWithLineBreak(handle: FileHandle, size: number): Promise<boolean> {
  const bytesAt = async (place: number, length: number) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, Math.max(0, place));
    return buffer.subarray(0, bytesRead);
  };
  const isBreak = (byte: number | undefined) => byte === 0x0a || byte === 0x0d;
  const [last] = await bytesAt(size - 1, 1);
  if (last !== 0) return isBreak(last);
  const isUtf16 = (await bytesAt(0, 2)).equals(Buffer.of(0xff, 0xfe));
  return isUtf16 && size % 2 === 0 && isBreak((await bytesAt(size - 2, 1))[0]);
}

/** Some of the system's calls at once, for a network file system's each take a while, and one of them may never come back. */
export async function inParts<Item, Result>(items: readonly Item[], call: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const watched = (item: Item) => watchCall('looking at a file of the folder', () => call(item));
  for (let from = 0; from < items.length; from += looksAtOnce) {
    results.push(...(await Promise.all(items.slice(from, from + looksAtOnce).map(watched))));
  }
  return results;
}
