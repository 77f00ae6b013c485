import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from './programs.mjs';

const stopGraceMs = 10_000;

/** A server's process ended when it should have served; `output` is its log. */
export class StartError extends Error {
  name = 'StartError';
  constructor(message, output) {
    super(message);
    this.output = output;
  }
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // EPERM: on macOS, of a group that has only ended processes.
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}

/**
 * A child in a process group of its own, so that Ctrl-C in the terminal reaches it through us alone and the order of the
 * shutdown is ours. Its output goes to `logFile`, or where ours goes. It is entered in the run folder, so that it and what it
 * starts in its group never outlive the run.
 * @param {import('./run-folder.mjs').RunFolder} run
 * @param {{ name: string, command: string, args: readonly string[], env?: NodeJS.ProcessEnv, cwd?: string, logFile?: string }} options
 */
export async function startProcess(run, { name, command, args, env, cwd, logFile }) {
  run.throwIfClosing();
  const log = logFile === undefined ? 'inherit' : openSync(logFile, 'a', 0o600);
  const child = spawn(command, args, { stdio: ['ignore', log, log], env: env ?? process.env, cwd, detached: true });
  if (log !== 'inherit') closeSync(log);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
  });
  const { pid } = child;
  const output = () => (logFile === undefined ? '' : readFile(logFile, 'utf8').catch(() => ''));
  if (pid === undefined) throw new StartError(`${name} can't be started: ${await ended}`, '');
  let running = true;
  const gone = ended.then((how) => {
    running = false;
    signalGroup(pid, 'SIGKILL');
    run.removeProcess(pid);
    return how;
  });
  run.addProcess({ pid, name });

  const self = {
    name,
    pid,
    logFile,
    /** Resolves with how it ended (`code 1`, `SIGTERM`); never rejects. */
    ended: gone,
    isRunning: () => running,
    /** SIGTERM, then SIGKILL to what is left after 10 s; resolves when it is gone. */
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
    /** Waits until `ready` says true; fails when the process ends before, or after `timeoutMs`. */
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

/**
 * Starts a server on free ports; another process may take such a port in between, so this is tried three times.
 * @template T
 * @param {() => Promise<T>} start
 */
export async function withFreshPorts(start) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt >= 3 || !(error instanceof StartError) || !/address already in use|EADDRINUSE|bind on TCP\/IP port/i.test(error.output))
        throw error;
    }
  }
}
