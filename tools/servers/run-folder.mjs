import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.mjs';
import { ProvisionError } from './programs.mjs';
import { commandLine, endGroup } from './process-table.mjs';

const guardScript = fileURLToPath(new URL('guard.sh', import.meta.url));

export class ClosingError extends Error {
  name = 'ClosingError';
  constructor() {
    super('stopped');
  }
}

/**
 * One run's folder: the data of its servers, and `run.json`, which names the script that owns the run and the processes that
 * belong to it.
 */
export class RunFolder {
  #processes = new Map();
  #closers = [];
  #closing;
  #guard;

  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    // The guard outlives us when we are killed; it holds nothing but the reading end of a pipe.
    this.#guard = spawn('/bin/sh', [guardScript, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' });
    this.#guard.on('error', () => undefined);
    this.#guard.stdin.on('error', () => undefined);
    this.#guard.unref();
    this.#guard.stdin.unref?.();
    this.#save();
  }

  /** True once the end of the run has begun. */
  get closing() {
    return this.#closing !== undefined;
  }

  throwIfClosing() {
    if (this.closing) throw new ClosingError();
  }

  /** A name that no other run has. */
  get id() {
    return path.basename(this.folder);
  }

  path(...parts) {
    return path.join(this.folder, ...parts);
  }

  addProcess({ pid, name }) {
    this.#processes.set(pid, name);
    this.#guard.stdin.write(`+${pid}\n`);
    this.#save();
  }

  removeProcess(pid) {
    this.#processes.delete(pid);
    this.#guard.stdin.write(`-${pid}\n`);
    if (!this.#closing) this.#save();
  }

  /** `close` runs these, the last one first. */
  onClose(close) {
    this.#closers.push(close);
  }

  /** Ends every process of the run, removes the folder; may be called at any time and more than once. */
  close() {
    this.#closing ??= (async () => {
      for (const close of this.#closers.reverse()) await close();
      await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
      this.#guard.stdin.end('done\n');
    })();
    return this.#closing;
  }

  #save() {
    const processes = [...this.#processes].map(([pid, name]) => ({ pid, name }));
    const owner = { pid: process.pid, script: path.basename(process.argv[1] ?? '') };
    writeFileSync(this.path('run.json'), JSON.stringify({ owner, processes }), { mode: 0o600 });
  }
}

/**
 * A new run folder of a kind (`demo`, `test`) after the leftovers of former ones of that kind are gone: processes that are
 * verified by their command line to belong to the folder are ended and the folder is removed. Runs that still have their
 * script are left alone. Throws ProvisionError where no folder can be made.
 * @param {string} kind
 */
export async function createRunFolder(kind) {
  const parent = path.join(cacheFolder(), kind);
  const folder = path.join(parent, randomBytes(4).toString('hex'));
  await inCache(async () => {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    for (const name of await readdir(parent)) await removeLeftover(path.join(parent, name));
    await mkdir(folder, { mode: 0o700 });
  });
  return new RunFolder(folder);
}

async function inCache(work) {
  try {
    await work();
  } catch (error) {
    const way = process.platform === 'darwin' ? 'make it writable' : 'make it writable, or set XDG_CACHE_HOME to a folder that is';
    throw new ProvisionError(`The cache folder ${cacheFolder()} can't be used (${error.code ?? error.message}); ${way}.`);
  }
}

async function removeLeftover(folder) {
  let run;
  try {
    run = JSON.parse(await readFile(path.join(folder, 'run.json'), 'utf8'));
  } catch {
    // Just being made by another run, or broken off right then.
    const made = await stat(folder).catch(() => undefined);
    if (made === undefined || Date.now() - made.mtimeMs < 60_000) return;
    run = { owner: { pid: 0, script: '' }, processes: [] };
  }
  const owner = run.owner.pid > 0 ? await commandLine(run.owner.pid) : undefined;
  if (owner?.includes(run.owner.script)) return;
  const belongs = async ({ pid }) => (await commandLine(pid))?.includes(folder) ?? false;
  // The guard may be at it already: what it ends needs no second signal, but it may take its 10 s.
  for (const entry of run.processes) {
    if (await belongs(entry)) await endGroup(entry.pid, () => belongs(entry));
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
