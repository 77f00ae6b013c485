import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { cachedProgram, installAtomically } from './cache.mjs';
import { findProgram, lastLines, runProgram } from './programs.mjs';

/**
 * Builds a Go program into the cache folder. Undefined when there is no Go; on a failed build it says why and gives undefined
 * too, so that the caller can go on to its next way.
 * @param {{ module: string, program: string, what: string, say: (line: string) => void, signal?: AbortSignal }} options
 */
export async function goInstall({ module, program, what, say, signal }) {
  const go = await findProgram(['go'], ['/usr/local/go/bin', '/opt/homebrew/bin']);
  if (!go) return undefined;
  say(what);
  return installAtomically(cachedProgram(program), async (folder) => {
    await mkdir(folder, { recursive: true });
    const env = { ...process.env, GOBIN: folder, ...(await cachesOfItsOwn(go, folder)) };
    const { code, output } = await runProgram(go, ['install', module], { env, what, say, signal });
    if (code !== 0) throw new GoBuildError(`go install ${module} failed:\n${lastLines(output)}`);
    return path.join(folder, program);
  }).catch((error) => {
    if (!(error instanceof GoBuildError)) throw error;
    say(error.message);
    return undefined;
  });
}

/** Go's caches take 2 GB each: where the user has none, they go with the folder of the build. */
async function cachesOfItsOwn(go, folder) {
  const { stdout } = await runProgram(go, ['env', 'GOMODCACHE', 'GOCACHE']);
  const [modules = '', builds = ''] = stdout.trim().split('\n');
  const caches = {};
  // Modules are written read-only, which would keep them from being removed.
  if (!existsSync(modules))
    Object.assign(caches, { GOMODCACHE: path.join(folder, 'modules'), GOFLAGS: `${process.env.GOFLAGS ?? ''} -modcacherw`.trim() });
  if (!existsSync(builds)) Object.assign(caches, { GOCACHE: path.join(folder, 'builds') });
  return caches;
}

class GoBuildError extends Error {}
