import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { cachedProgram, installAtomically } from './cache.js';
import { findProgram, lastLines, type ProvisionOptions, runProgram } from './run-program.js';

interface GoProgram extends ProvisionOptions {
  readonly module: string;
  readonly program: string;
  readonly what: string;
}

/**
 * Builds a Go program into the cache folder. Undefined when there is no Go; on a failed build it says why and gives undefined
 * too, so that the caller can go on to its next way.
 */
export async function goInstall({ module, program, what, say, signal }: GoProgram): Promise<string | undefined> {
  const go = await findProgram(['go'], ['/usr/local/go/bin', '/opt/homebrew/bin']);
  if (!go) return undefined;
  say(what);
  return installAtomically(cachedProgram(program), async (folder) => {
    await mkdir(folder, { recursive: true });
    const env = { ...process.env, GOBIN: folder, ...(await cachesOfItsOwn(go, folder)) };
    const { code, output } = await runProgram(go, ['install', module], { env, what, say, signal });
    if (code !== 0) throw new GoBuildError(`go install ${module} failed:\n${lastLines(output)}`);
    return path.join(folder, program);
  }).catch((error: unknown) => {
    if (!(error instanceof GoBuildError)) throw error;
    say(error.message);
    return undefined;
  });
}

/** Go's caches take 2 GB each: where the user has none, they go with the folder of the build. */
async function cachesOfItsOwn(go: string, folder: string): Promise<Record<string, string>> {
  const { stdout } = await runProgram(go, ['env', 'GOMODCACHE', 'GOCACHE']);
  const [modules = '', builds = ''] = stdout.trim().split('\n');
  // Modules are written read-only, which would keep them from being removed.
  const ownModules = { GOMODCACHE: path.join(folder, 'modules'), GOFLAGS: `${process.env.GOFLAGS ?? ''} -modcacherw`.trim() };
  return { ...(existsSync(modules) ? {} : ownModules), ...(existsSync(builds) ? {} : { GOCACHE: path.join(folder, 'builds') }) };
}

class GoBuildError extends Error {}
