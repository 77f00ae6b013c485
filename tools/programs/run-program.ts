import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/** A failure whose message alone is for the user: it says what to do. */
export class ProvisionError extends Error {
  override name = 'ProvisionError';
}

/** Shows a line of progress. */
export type Say = (line: string) => void;

export interface ProvisionOptions {
  readonly say: Say;
  /** Ends what is under way. */
  readonly signal?: AbortSignal | undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** First of `names` found on PATH or in `extraFolders` (servers often live in sbin, which PATH of a plain user lacks). */
export async function findProgram(names: readonly string[], extraFolders: readonly string[] = []): Promise<string | undefined> {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const name of names) {
    for (const folder of [...onPath, ...extraFolders]) {
      const file = path.join(folder, name);
      if (await isProgram(file)) return file;
    }
  }
  return undefined;
}

/** `file` when it is a program, else undefined. */
export const programAt = async (file: string): Promise<string | undefined> => ((await isProgram(file)) ? file : undefined);

export interface RunProgramOptions {
  /** With `say`: said every 10 s, with how long it has been at it. */
  readonly what?: string | undefined;
  readonly say?: Say | undefined;
  readonly timeoutMs?: number | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ProgramResult {
  readonly code: number;
  /** Standard output and standard error as they came, their last 64 KiB. */
  readonly output: string;
  readonly stdout: string;
}

/** Runs a program to its end. */
export function runProgram(command: string, args: readonly string[], options: RunProgramOptions = {}): Promise<ProgramResult> {
  const { what, say, timeoutMs, env, cwd, signal } = options;
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: env ?? process.env, cwd });
    let output = '';
    let stdout = '';
    const keep = (text: string) => (output = (output + text).slice(-65_536));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      keep(text);
    });
    child.stderr.setEncoding('utf8').on('data', keep);
    const ticker = setInterval(() => {
      if (what) say?.(`${what}: ${Math.round((Date.now() - started) / 1000)} s`);
    }, 10_000);
    const end = () => child.kill('SIGTERM');
    const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
    signal?.addEventListener('abort', end, { once: true });
    const done = () => {
      clearInterval(ticker);
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code) => {
      done();
      resolve({ code: code ?? 1, output, stdout });
    });
  });
}

/** The last lines of some output, indented, for error messages. */
export const lastLines = (text: string, count = 12): string =>
  text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n');
