import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../programs/cache.js';
import { ProvisionError } from '../programs/run-program.js';
import { errorCode, messageOf } from './errors.js';
import { memoryFolder } from './memory-folder.js';
import { commandLine, endGroup } from './process-table.js';

const guardScript = fileURLToPath(new URL('guard.sh', import.meta.url));

export class ClosingError extends Error {
  override name = 'ClosingError';
  constructor() {
    super('stopped');
  }
}

/** What `run.json` holds: the script that owns the run, and the processes that belong to it. */
interface RunState {
  readonly owner: { readonly pid: number; readonly script: string };
  readonly processes: readonly { readonly pid: number; readonly name: string }[];
}

/**
 * One run's folder: the data of its servers, and `run.json`, which names the script that owns the run and the processes that
 * belong to it.
 */
export class RunFolder {
  readonly #processes = new Map<number, string>();
  readonly #closers: (() => unknown)[] = [];
  readonly #guard: ChildProcessByStdio<Writable, null, null>;
  #closing: Promise<void> | undefined;

  constructor(readonly folder: string) {
    // The guard outlives us when we are killed; it holds nothing but the reading end of a pipe.
    this.#guard = spawn('/bin/sh', [guardScript, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' });
    this.#guard.on('error', () => undefined);
    this.#guard.stdin.on('error', () => undefined);
    this.#guard.unref();
    // It is a socket, which would keep this process alive.
    if (this.#guard.stdin instanceof Socket) this.#guard.stdin.unref();
    this.#save();
  }

  /** True once the end of the run has begun. */
  get closing(): boolean {
    return this.#closing !== undefined;
  }

  throwIfClosing(): void {
    if (this.closing) throw new ClosingError();
  }

  /** A name that no other run has. */
  get id(): string {
    return path.basename(this.folder);
  }

  path(...parts: readonly string[]): string {
    return path.join(this.folder, ...parts);
  }

  addProcess({ pid, name }: { readonly pid: number; readonly name: string }): void {
    this.#processes.set(pid, name);
    this.#guard.stdin.write(`+${pid}\n`);
    this.#save();
  }

  removeProcess(pid: number): void {
    this.#processes.delete(pid);
    this.#guard.stdin.write(`-${pid}\n`);
    if (!this.#closing) this.#save();
  }

  /** `close` runs these, the last one first. */
  onClose(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Ends every process of the run, removes the folder; may be called at any time and more than once. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      for (const close of this.#closers.reverse()) await close();
      await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
      this.#guard.stdin.end('done\n');
    })();
    return this.#closing;
  }

  #save(): void {
    const processes = [...this.#processes].map(([pid, name]) => ({ pid, name }));
    const state: RunState = { owner: { pid: process.pid, script: path.basename(process.argv[1] ?? '') }, processes };
    writeFileSync(this.path('run.json'), JSON.stringify(state), { mode: 0o600 });
  }
}

export interface Place {
  /** In memory, where this machine has enough of it: for servers whose data nobody needs after a crash of the machine. */
  readonly inMemory?: boolean;
}

/**
 * A new run folder of a kind (`demo`, `test`) after the leftovers of former ones of that kind are gone: processes that are
 * verified by their command line to belong to the folder are ended and the folder is removed. Runs that still have their
 * script are left alone. It is in the cache folder where no other place is asked for or can be had. Throws ProvisionError where no
 * folder can be made.
 */
export async function createRunFolder(kind: string, { inMemory = false }: Place = {}): Promise<RunFolder> {
  const memory = await memoryFolder();
  const onDisk = path.join(cacheFolder(), kind);
  const parents = [onDisk, ...(memory === undefined ? [] : [path.join(memory.path, kind)])];
  const folder = path.join((inMemory && memory?.hasRoom && parents[1]) || onDisk, randomBytes(4).toString('hex'));
  await inCache(async () => {
    for (const parent of parents) {
      await mkdir(parent, { recursive: true, mode: 0o700 });
      for (const name of await readdir(parent)) await removeLeftover(path.join(parent, name));
    }
    await mkdir(folder, { mode: 0o700 });
  });
  return new RunFolder(folder);
}

async function inCache(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const way = process.platform === 'darwin' ? 'make it writable' : 'make it writable, or set XDG_CACHE_HOME to a folder that is';
    throw new ProvisionError(`The cache folder ${cacheFolder()} can't be used (${errorCode(error) ?? messageOf(error)}); ${way}.`);
  }
}

async function removeLeftover(folder: string): Promise<void> {
  const run = await stateOf(folder);
  if (run) {
    if ((await commandLine(run.owner.pid))?.includes(run.owner.script)) return;
    const belongs = async (pid: number) => (await commandLine(pid))?.includes(folder) ?? false;
    // The guard may be at it already: what it ends needs no second signal, but it may take its 10 s.
    for (const { pid } of run.processes) if (await belongs(pid)) await endGroup(pid, () => belongs(pid));
  } else {
    // Just being made by another run, or broken off right then.
    const made = await stat(folder).catch(() => undefined);
    if (made === undefined || Date.now() - made.mtimeMs < 60_000) return;
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function stateOf(folder: string): Promise<RunState | undefined> {
  try {
    const state: RunState = JSON.parse(await readFile(path.join(folder, 'run.json'), 'utf8'));
    return state;
  } catch {
    return undefined;
  }
}
