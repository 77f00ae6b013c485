import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { workWatch } from '../work-watch.js';

/** Milliseconds. */
const defaultInterval = 5_000;

/** Does work of another process, which says nothing until it is done: as long as the bytes in its folder change, it shows life. */
export async function whileGrowing<Result>(folder: string, work: () => Promise<Result>, interval = defaultInterval): Promise<Result> {
  const watch = workWatch();
  if (!watch) return work();
  let before = -1;
  const timer = setInterval(() => {
    void bytesBelow(folder).then((bytes) => {
      if (bytes !== before) watch.sign();
      before = bytes;
    });
  }, interval);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Of all files; those that go while they are counted have none. */
async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
