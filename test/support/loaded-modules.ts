import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/strata.js', import.meta.url));

/** In a thread of its own: notes each ES module. */
const hooks = `
import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  if (!url.startsWith('data:')) appendFileSync(process.env.LOADED_MODULES, url + '\\n');
  return next(url, context);
}`;
/** At the end: notes what CommonJS modules have required. */
const preload = `
import Module, { register } from 'node:module';
import { appendFileSync } from 'node:fs';
register('data:text/javascript,' + encodeURIComponent(process.env.LOADED_HOOKS));
process.on('exit', () => appendFileSync(process.env.LOADED_MODULES, Object.keys(Module._cache).join('\\n')));`;

export interface Loaded {
  readonly code: number;
  readonly stdout: string;
  /** Names of packages. */
  readonly packages: readonly string[];
  /** Strata's own modules, below dist/. */
  readonly own: readonly string[];
}

/** Runs the built program in a process of its own and tells which modules it loads. */
export async function loadedModules(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Loaded> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-modules-'));
  const file = join(folder, 'loaded');
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, LOADED_MODULES: file, LOADED_HOOKS: hooks, TEMPORAL_CONFIG_FILE: join(folder, 'none.toml'), ...settings };
  const { code, stdout } = await new Promise<{ code: number; stdout: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(preload)}`, program, ...args],
      { env },
      (_error, text) => resolve({ code: child.exitCode ?? -1, stdout: text }),
    );
  });
  const loaded = (await readFile(file, 'utf8')).split('\n').map((path) => path.replaceAll('\\', '/'));
  await rm(folder, { recursive: true });
  const found = (pattern: RegExp) => [...new Set(loaded.flatMap((path) => pattern.exec(path)?.[1] ?? []))].sort();
  return { code, stdout, packages: found(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//), own: found(/^file:.*\/dist\/(.*)$/) };
}
