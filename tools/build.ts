import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, lastLines, ProvisionError, type ProvisionOptions, runProgram } from './programs/run-program.js';

/** The project's folder. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const inProject = (...parts: readonly string[]) => path.join(projectFolder, ...parts);

/** The program as users start it; it runs what was built. */
export const strataProgram = inProject('bin', 'strata.js');

/** Compiles the sources when they changed since the last time that this did. */
export async function ensureBuild({ say, signal }: ProvisionOptions): Promise<void> {
  const stamp = inProject('dist', '.sources');
  const hash = await sourcesHash();
  if ((await readFile(stamp, 'utf8').catch(() => '')) === hash && existsSync(inProject('dist', 'worker.js'))) return;
  const what = 'compiling';
  say(what);
  const npm = await findProgram(['npm']);
  const { code, output } = await runProgram(npm ?? 'npm', ['run', '--silent', 'build'], { cwd: projectFolder, what, say, signal });
  if (code !== 0) throw new ProvisionError(`npm run build failed:\n${lastLines(output, 20)}`);
  await writeFile(stamp, hash);
}

async function sourcesHash(): Promise<string> {
  const hash = createHash('sha256');
  const sources = (await readdir(inProject('src'), { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  for (const name of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', ...sources.map((file) => path.join('src', file))]) {
    hash.update(`${name}\0`).update(await readFile(inProject(name)));
  }
  return hash.digest('hex');
}
