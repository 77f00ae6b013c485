import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from '../programs/run-program.js';
import { signalGroup } from './process-table.js';
import type { RunFolder } from './run-folder.js';

const stopGraceMs = 10_000;

/** A server's process ended when it should have served; `output` is its log. */
export class StartError extends Error {
  override name = 'StartError';
  constructor(
    message: string,
    readonly output: string,
  ) {
    super(message);
  }
}

interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly logFile?: string;
}

export interface RunProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string | undefined;
  /** Resolves with how it ended (`code 1`, `SIGTERM`); never rejects. */
  readonly ended: Promise<string>;
  isRunning(): boolean;
  /** SIGTERM, then SIGKILL to what is left after 10 s; resolves when it is gone. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Waits until `ready` says true; fails when the process ends before, or after `timeoutMs`. */
  waitUntil(ready: () => Promise<boolean>, timeoutMs?: number): Promise<void>;
  /** What it wrote so far; empty without a log file. */
  output(): Promise<string>;
}

/**
 * A child in a process group of its own, so that Ctrl-C in the terminal reaches it through us alone and the order of the
 * shutdown is ours. Its output goes to `logFile`, or where ours goes. It is entered in the run folder, so that it and what it
 * starts in its group never outlive the run.
 */
export async function startProcess(run: RunFolder, { name, command, args, env, cwd, logFile }: ProcessOptions): Promise<RunProcess> {
  run.throwIfClosing();
  const log = logFile === undefined ? 'inherit' : openSync(logFile, 'a', 0o600);
  const child = spawn(command, args, { stdio: ['ignore', log, log], env: env ?? process.env, cwd, detached: true });
  if (log !== 'inherit') closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
  });
  const { pid } = child;
  const output = async () => (logFile === undefined ? '' : readFile(logFile, 'utf8').catch(() => ''));
  if (pid === undefined) throw new StartError(`${name} can't be started: ${await ended}`, '');
  let running = true;
  const gone = ended.then((how) => {
    running = false;
    signalGroup(pid, 'SIGKILL');
    run.removeProcess(pid);
    return how;
  });
  run.addProcess({ pid, name });

  const self: RunProcess = {
    name,
    pid,
    logFile,
    ended: gone,
    isRunning: () => running,
    async stop() {
      if (!running) return;
      signalGroup(pid, 'SIGTERM');
      const timeout = new AbortController();
      await Promise.race([gone, sleep(stopGraceMs, undefined, { signal: timeout.signal }).catch(() => undefined)]);
      timeout.abort();
      if (running) signalGroup(pid, 'SIGKILL');
      await gone;
    },
    async kill() {
      if (running) signalGroup(pid, 'SIGKILL');
      await gone;
    },
    async waitUntil(ready, timeoutMs = 60_000) {
      const deadline = Date.now() + timeoutMs;
      while (running) {
        if (await ready()) return;
        if (Date.now() > deadline) {
          await self.stop();
          const text = await output();
          throw new StartError(`${name} was not ready after ${timeoutMs / 1000} s; its last lines:\n${lastLines(text)}`, text);
        }
        await sleep(100);
        run.throwIfClosing();
      }
      const text = await output();
      throw new StartError(`${name} ended at its start (${await gone}); its last lines:\n${lastLines(text)}`, text);
    },
    output,
  };
  run.onClose(() => self.stop());
  return self;
}

/** A server's process, which can be ended and started again. */
export interface RunServer {
  process(): RunProcess;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

/** The server of this process; `launch` starts it again. */
export function runServer(first: RunProcess, launch: () => Promise<RunProcess>): RunServer {
  let current = first;
  return {
    process: () => current,
    stop: () => current.stop(),
    async restart() {
      await current.stop();
      current = await launch();
    },
  };
}

/** Starts a server on free ports; another process may take such a port in between, so this is tried three times. */
export async function withFreshPorts<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt >= 3 || !(error instanceof StartError) || !/address already in use|EADDRINUSE|bind on TCP\/IP port/i.test(error.output))
        throw error;
    }
  }
}
