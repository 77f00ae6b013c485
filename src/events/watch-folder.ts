import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Milliseconds without a change after which a file counts as written; listings of folders ask for the same (connectors/file). */
const quietTime = 2_050;
/** Milliseconds until a folder that can't be watched is tried again. */
const tryAgainAfter = 30_000;

export interface FolderWatch {
  /** A file of this name is there, and nobody wrote to it for a moment. */
  readonly onFile: (name: string) => void;
  /** The folder is watched again after a gap. */
  readonly onGap: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Watches the files of a folder, not those below it, until the signal aborts. Never fails: it tries again. */
export function watchFolder(folder: string, { onFile, onGap, onFailure }: FolderWatch, signal: AbortSignal): void {
  const timers = new Map<string, NodeJS.Timeout>();
  const look = async (name: string) => {
    timers.delete(name);
    const file = await stat(join(folder, name)).catch(() => undefined);
    if (file?.isFile() && !signal.aborted) onFile(name);
  };
  const changed = (name: string | null) => {
    if (name === null || name.startsWith('.')) return;
    clearTimeout(timers.get(name));
    timers.set(name, setTimeout(() => void look(name), quietTime));
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
