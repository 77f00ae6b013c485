import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe } from '@jest/globals';

/** A file system of its own in memory, which can be filled up and made read-only. Nobody else sees it, and it goes with this process. */
export interface SmallDisk {
  /** Its root, for this process and those that it starts. */
  readonly folder: string;
  /** Writes until the last byte is taken; it makes no more of them than there are. */
  fill(): Promise<void>;
  /** Makes the room free again that `fill` took. */
  empty(): Promise<void>;
  /** Such as `remount,ro` or `remount,nr_inodes=20`. */
  mount(options: string): Promise<void>;
  /** How many files and folders there may be: so many as there are now. */
  takeInodes(): Promise<void>;
  /** Puts before a command what lets it see the disk at `folderInside`. */
  readonly inside: readonly string[];
  readonly folderInside: string;
  close(): Promise<void>;
}

/** Mounts need a user and a mount namespace of their own, which some kernels and containers give to nobody. */
function whyNot(): string | undefined {
  const { status, error, stderr } = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { encoding: 'utf8' });
  if (status === 0) return undefined;
  return `SKIPPED: nothing can be mounted here: ${error?.message ?? stderr.trim()}`;
}

const why = whyNot();

/** `describe`, where the kernel lets this user mount something; else its tests are skipped, and the name says why. */
export function describeWithDisks(name: string, tests: () => void): void {
  if (why === undefined) describe(name, tests);
  else describe.skip(`${name} (${why})`, tests);
}

const ballast = '.ballast';

/** `options` are those of tmpfs, such as `size=4m` or `nr_inodes=100`. It is mounted at `at`, or at a new folder. */
export async function smallDisk(options: string, at?: string): Promise<SmallDisk> {
  const place = at ?? (await mkdtemp(join(tmpdir(), 'strata-disk-')));
  // Each line that it reads is a command; it answers with its exit code. The mount goes with its last process.
  const holder = spawn('unshare', ['-rm', 'sh', '-c', 'while read -r line; do sh -c "$line" </dev/null >&2; echo $?; done'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: holder.stdout })[Symbol.asyncIterator]();
  const run = async (command: string) => {
    holder.stdin.write(`${command}\n`);
    const { value } = await answers.next();
    if (value !== '0') throw new Error(`${command}: exit code ${String(value)}`);
  };
  await run(`mount -t tmpfs -o ${options} tmpfs '${place}'`);
  const folder = `/proc/${holder.pid}/root${place}`;
  return {
    folder,
    folderInside: place,
    inside: ['nsenter', '--target', String(holder.pid), '--user', '--mount', '--preserve-credentials', '--'],
    mount: (remount) => run(`mount -o remount,${remount} '${place}'`),
    takeInodes: () => run(`mount -o remount,nr_inodes=$(df --output=iused '${place}' | tail -n 1 | tr -d ' ') '${place}'`),
    fill: async () => {
      const file = await open(join(folder, ballast), 'a');
      try {
        for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) {
          // A write that finds no room for all of it takes what there is.
          while (await file.write(Buffer.alloc(bytes)).then(({ bytesWritten }) => bytesWritten === bytes, isFull));
        }
      } finally {
        await file.close();
      }
    },
    empty: () => rm(join(folder, ballast)),
    close: async () => {
      const ended = once(holder, 'exit');
      holder.stdin.end();
      await ended;
      if (at === undefined) await rmdir(place);
    },
  };
}

function isFull(error: NodeJS.ErrnoException): false {
  if (error.code !== 'ENOSPC') throw error;
  return false;
}
