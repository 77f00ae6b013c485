import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/** A failure whose message alone is for the user: it says what to do. */
export class ProvisionError extends Error {
  name = 'ProvisionError';
}

async function isProgram(file) {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** First of `names` found on PATH or in `extraFolders` (servers often live in sbin, which PATH of a plain user lacks). */
export async function findProgram(names, extraFolders = []) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute), ...extraFolders];
  for (const name of names) {
    for (const folder of folders) {
      const file = path.join(folder, name);
      if (await isProgram(file)) return file;
    }
  }
  return undefined;
}

/** `file` when it is a program, else undefined. */
export const programAt = async (file) => ((await isProgram(file)) ? file : undefined);

/**
 * Runs a program to its end. Says every 10 s how long it has been at it; `timeoutMs` ends it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ what?: string, say?: (line: string) => void, timeoutMs?: number, env?: NodeJS.ProcessEnv, cwd?: string,
 *   signal?: AbortSignal }} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>} `output` is stdout and stderr as they came, its last 64 KiB.
 */
export function runProgram(command, args, options = {}) {
  const { what, say, timeoutMs, env, cwd, signal } = options;
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: env ?? process.env, cwd });
    let output = '';
    let stdout = '';
    const keep = (text) => (output = (output + text).slice(-65_536));
    child.stdout.setEncoding('utf8').on('data', (text) => {
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
export const lastLines = (text, count = 12) =>
  text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n');
