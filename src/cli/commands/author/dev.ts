import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { watch, type FSWatcher } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Project } from '../../../config/load-project.js';
import { onAbort } from '../../../connectors/on-abort.js';
import type { Cli } from '../../cli.js';
import { withExamples } from '../../grammar.js';

const program = fileURLToPath(new URL('../../../../bin/strata.js', import.meta.url));
/** What definitions and SQL are made of. */
const watched = /\.(c?js|mjs|json|sql)$/;
/** Editors write a file in several steps. */
const quietMilliseconds = 300;

/**
 * `strata dev`: a worker for those who write definitions. Processes of their own load them, so that a change is loaded as by any worker:
 * where migrate accepts it, a new worker takes over, else the former one goes on.
 */
export function devCommand(command: Command, cli: Cli): void {
  withExamples(command, ['STRATA_PIPELINES=./shop/shop.js strata dev']).action(async () => {
    const project = await cli.project({ warehouse: true, sources: true });
    const end = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
    const changes = new Changes(foldersOf(project, cli.environment['STRATA_PIPELINES']));
    let worker: ChildProcess | undefined;
    try {
      while (!end.signal.aborted) {
        const accepted = (await finished(strata(['migrate']), end.signal)) === 0;
        if (end.signal.aborted) break;
        if (accepted) {
          await stop(worker);
          worker = strata(['worker']);
        } else cli.out.note(worker ? 'the worker goes on with the old definitions' : 'no worker runs until the definitions are right');
        await changes.next(end.signal);
        if (!end.signal.aborted) cli.out.note('a file changed: loading the definitions again');
      }
    } finally {
      changes.close();
      await stop(worker);
    }
  });
}

function strata(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** The exit code; the process is ended where that is asked for. */
async function finished(child: ChildProcess, signal: AbortSignal): Promise<number | null> {
  const forget = onAbort(signal, () => void child.kill('SIGTERM'));
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  forget();
  return child.exitCode;
}

async function stop(worker: ChildProcess | undefined): Promise<void> {
  if (!worker || worker.exitCode !== null || worker.signalCode !== null) return;
  worker.kill('SIGTERM');
  await once(worker, 'exit');
}

interface WatchedFolder {
  readonly path: string;
  readonly recursive: boolean;
}

/** The folders of the definitions' files, and all below those of their SQL. */
function foldersOf(project: Project, setting = ''): readonly WatchedFolder[] {
  const files = setting
    .split(',')
    .map((source) => source.trim())
    .filter((source) => /\.(c?js|mjs|json)$/.test(source));
  const own = files.map((file) => dirname(file.startsWith('file:') ? fileURLToPath(file) : resolve(file)));
  return [
    ...[...new Set(own)].map((path) => ({ path, recursive: false })),
    ...[...new Set(project.sqlFolders.values())].map((path) => ({ path, recursive: true })),
  ];
}

/** Changes of files, those included that happen while nobody waits for one. */
class Changes {
  private readonly watchers: readonly FSWatcher[];
  private seen = false;
  private wake: () => void = () => undefined;

  constructor(folders: readonly WatchedFolder[]) {
    this.watchers = folders.map(({ path, recursive }) =>
      watch(path, { recursive }, (_event, name) => {
        if (name !== null && !watched.test(name)) return;
        this.seen = true;
        this.wake();
      }),
    );
  }

  /** Resolves when files have changed and then stayed as they are for a moment, or at the signal. */
  async next(signal: AbortSignal): Promise<void> {
    if (!this.seen && !signal.aborted) {
      let forget = () => undefined as void;
      await new Promise<void>((done) => {
        this.wake = done;
        forget = onAbort(signal, done);
      });
      forget();
    }
    do {
      this.seen = false;
      await sleep(quietMilliseconds);
    } while (this.seen && !signal.aborted);
  }

  close(): void {
    for (const watcher of this.watchers) watcher.close();
  }
}
