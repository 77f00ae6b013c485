import { watch } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderTimes } from '../../engine/object-store.js';

/** Milliseconds that a pickup may begin earlier than this process thinks. */
const margin = 50;
/** Milliseconds until a folder that can't be watched is tried again. */
const tryAgainAfter = 30_000;

export interface FolderWatch {
  readonly times: FolderTimes;
  /** A file of this name is there, and nobody wrote to it for a moment. Called once more when it has rested for as long as a file without a last line end must. */
  readonly onFile: (name: string) => void;
  /** The folder is watched again after a gap. */
  readonly onGap: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Watches the files of a folder, not those below it, until the signal aborts. Never fails: it tries again. */
export function watchFolder(folder: string, { times, onFile, onGap, onFailure }: FolderWatch, signal: AbortSignal): void {
  const timers = new Map<string, NodeJS.Timeout>();
  const quietTime = times.quietSeconds * 1_000 + margin;
  const restTime = Math.max(0, times.unfinishedSeconds - times.quietSeconds) * 1_000;
  const look = async (name: string, isLast: boolean) => {
    timers.delete(name);
    const file = await lstat(join(folder, name)).catch(() => undefined);
    if (!file?.isFile() || signal.aborted) return;
    onFile(name);
    // A pickup that came too early for it has looked at it by then.
    if (!isLast && restTime > 0) lookIn(restTime, name, true);
  };
  const lookIn = (time: number, name: string, isLast: boolean) => {
    clearTimeout(timers.get(name));
    timers.set(
      name,
      setTimeout(() => void look(name, isLast), time),
    );
  };
  const changed = (name: string | null) => {
    if (name === null || name.startsWith('.')) return;
    lookIn(quietTime, name, false);
  };
  const again = (error: unknown) => {
    if (signal.aborted) return;
    onFailure(error);
    const retry = setTimeout(() => {
      if (open()) onGap();
    }, tryAgainAfter);
    signal.addEventListener('abort', () => clearTimeout(retry), { once: true });
  };
  const open = (): boolean => {
    try {
      watch(folder, { signal }, (_event, name) => changed(name)).on('error', again);
      return true;
    } catch (error) {
      again(error);
      return false;
    }
  };
  signal.addEventListener('abort', () => timers.forEach((timer) => clearTimeout(timer)), { once: true });
  open();
}
