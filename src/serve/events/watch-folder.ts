import { setMaxListeners } from 'node:events';
import { watch, type FSWatcher } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onAbort } from '../../connectors/on-abort.js';
import type { FolderTimes } from '../../engine/object-store.js';
import { codeOf } from '../../engine/system-errors.js';

/** Milliseconds that a pickup may begin earlier than this process thinks. */
const margin = 50;
/** Milliseconds until a folder that can't be watched is tried again. */
const tryAgainAfter = 30_000;

export interface FolderWatch {
  readonly times: FolderTimes;
  /** Whether a folder below it, such as `raw/2026-01-31/`, may hold files that matter, or lead to them. */
  readonly isWanted: (folder: string) => boolean;
  /** A file of this path is there, and nobody wrote to it for a moment. Called once more when it has rested for as long as a file without a last line end must. */
  readonly onFile: (path: string) => void;
  /** A folder is watched again after a gap. */
  readonly onGap: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Watches the files of a folder, and of those below it that are wanted, until the signal aborts. Never fails: it tries again. */
export function watchFolder(root: string, options: FolderWatch, signal: AbortSignal): void {
  // Node's watch listens once a folder.
  setMaxListeners(0, signal);
  const files = new RestingFiles(root, options, signal);
  /** By path below the root with a slash at its end; '' is the root. */
  const watchers = new Map<string, FSWatcher>();

  const open = (folder: string): boolean => {
    try {
      const watcher = watch(join(root, folder), { signal }, (kind, name) => changed(folder, kind, name));
      watchers.set(
        folder,
        watcher.on('error', (error) => again(folder, error)),
      );
      return true;
    } catch (error) {
      // A folder below that has gone is told by the one above it when it comes again.
      if (folder === '' || !['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) again(folder, error);
      return false;
    }
  };
  const again = (folder: string, error: unknown) => {
    if (signal.aborted) return;
    options.onFailure(error);
    const retry = setTimeout(() => {
      forget();
      if (open(folder)) options.onGap();
    }, tryAgainAfter);
    const forget = onAbort(signal, () => clearTimeout(retry));
  };
  const changed = (folder: string, kind: string, name: string | null) => {
    if (name === null || name.startsWith('.')) return;
    files.touched(folder + name);
    // It came, went or is another one now. A watch stays with the folder that it was opened for.
    if (kind === 'rename' && options.isWanted(`${folder}${name}/`)) void replaced(`${folder}${name}/`);
  };
  const replaced = async (folder: string) => {
    for (const [path, watcher] of watchers) {
      if (!path.startsWith(folder)) continue;
      watcher.close();
      watchers.delete(path);
    }
    // What came with it, or before it was watched, is new too.
    await below(folder, (path) => files.touched(path));
  };
  const below = async (folder: string, onFile: (path: string) => void) => {
    const stat = await lstat(join(root, folder)).catch(() => undefined);
    if (!signal.aborted && stat?.isDirectory() && open(folder)) await inside(folder, onFile);
  };
  /** Watches the folders of a folder, and tells of its files. */
  const inside = async (folder: string, onFile: (path: string) => void): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])) {
      const path = folder + entry.name;
      if (entry.name.startsWith('.')) continue;
      if (!entry.isDirectory()) onFile(path);
      else if (options.isWanted(`${path}/`)) await below(`${path}/`, onFile);
    }
  };

  // What is there from the beginning is picked up without it.
  if (open('')) void inside('', () => undefined);
}

/** Tells of files that were touched once they rest. */
class RestingFiles {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly quietTime: number;
  private readonly restTime: number;

  constructor(
    private readonly root: string,
    private readonly watch: Pick<FolderWatch, 'times' | 'onFile'>,
    private readonly signal: AbortSignal,
  ) {
    const { times } = watch;
    this.quietTime = times.quietSeconds * 1_000 + margin;
    this.restTime = Math.max(0, times.unfinishedSeconds - times.quietSeconds) * 1_000;
    signal.addEventListener('abort', () => this.timers.forEach((timer) => clearTimeout(timer)), { once: true });
  }

  touched(path: string): void {
    this.lookIn(this.quietTime, path, false);
  }

  private lookIn(time: number, path: string, isLast: boolean): void {
    clearTimeout(this.timers.get(path));
    this.timers.set(
      path,
      setTimeout(() => void this.look(path, isLast), time),
    );
  }

  private async look(path: string, isLast: boolean): Promise<void> {
    this.timers.delete(path);
    const file = await lstat(join(this.root, path)).catch(() => undefined);
    if (!file?.isFile() || this.signal.aborted) return;
    this.watch.onFile(path);
    // A pickup that came too early for it has looked at it by then.
    if (!isLast && this.restTime > 0) this.lookIn(this.restTime, path, true);
  }
}
