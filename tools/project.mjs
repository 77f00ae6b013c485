import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, lastLines, ProvisionError, runProgram } from './servers/programs.mjs';

/** The project's folder. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const inProject = (...parts) => path.join(projectFolder, ...parts);

/** Throws with the versions when this Node is too old for the project. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 12)) return;
  throw new ProvisionError(`Strata needs Node 20.12 or later; this is ${process.versions.node}. See https://nodejs.org/en/download`);
}

/** Installs packages when they are not those of the lock file. */
export async function ensurePackages({ say, signal }) {
  if (await packagesAreCurrent()) return;
  const npm = await findProgram(['npm']);
  if (!npm) throw new ProvisionError('npm is needed and not on PATH; it comes with Node: https://nodejs.org/en/download');
  const what = 'installing packages';
  say(what);
  // Where NODE_ENV is production npm would leave out the compiler.
  const { code, output } = await runProgram(npm, ['ci', '--include=dev', '--no-progress'], { cwd: projectFolder, what, say, signal });
  if (code !== 0) throw new ProvisionError(`npm ci failed:\n${lastLines(output, 20)}`);
}

/** Compares contents: times say little after a checkout, and npm ci empties a folder that something else may be using. */
async function packagesAreCurrent() {
  try {
    const [wanted, installed] = await Promise.all(
      ['package-lock.json', 'node_modules/.package-lock.json'].map(
        async (name) => JSON.parse(await readFile(inProject(name), 'utf8')).packages,
      ),
    );
    return Object.entries(wanted).every(([name, { version, optional }]) => {
      if (name === '') return true;
      return installed[name] ? installed[name].version === version : optional === true;
    });
  } catch {
    return false;
  }
}

/** Compiles the sources when they changed since the last time that this did. */
export async function ensureBuild({ say, signal }) {
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

async function sourcesHash() {
  const hash = createHash('sha256');
  const sources = (await readdir(inProject('src'), { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  for (const name of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', ...sources.map((file) => path.join('src', file))]) {
    hash.update(`${name}\0`).update(await readFile(inProject(name)));
  }
  return hash.digest('hex');
}
