import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/strata.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The settings of one test: nothing of Strata's, Temporal's or a source's comes from outside. */
export function environment(settings: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(STRATA_|TEMPORAL_|EASTROCK_)/.test(name));
  return { ...Object.fromEntries(inherited), TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', ...settings };
}

/** Runs one command of the built CLI as its users do, without a terminal. */
export async function strata(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...texts };
}

/** Starts a worker; resolves when it is ready, rejects with what it said when it ends before. */
export async function startWorker(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [program, 'worker'], { env: { ...env, STRATA_LOG_FORMAT: 'json' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    worker.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('the worker is ready')) resolve();
    });
    worker.once('exit', (code) => reject(new Error(`the worker ended with ${code}: ${said}`)));
  });
  return worker;
}
