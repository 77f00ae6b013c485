import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectFolder } from '../build.js';
import { cachedProgram, installAtomically } from './cache.js';
import { goInstall } from './go-build.js';
import { findProgram, programAt, ProvisionError, type ProvisionOptions, runProgram } from './run-program.js';

/** The newest version of the CLI that `go install` can build (server 1.29); newer ones have replace directives. */
const goModule = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const downloader = fileURLToPath(new URL('temporal-download.ts', import.meta.url));

/** The path of the Temporal CLI: from PATH, from the cache folder, by the SDK's download, built with Go; in this order. */
export async function temporalProgram({ say, signal }: ProvisionOptions): Promise<string> {
  const found =
    (await findProgram(['temporal'])) ??
    (await programAt(cachedProgram('temporal'))) ??
    (await download({ say, signal })) ??
    (await goInstall({
      module: goModule,
      program: 'temporal',
      what: 'building the Temporal CLI with Go (about 5 minutes and 4 GB of disk for the time, this once)',
      say,
      signal,
    }));
  if (found) return found;
  signal?.throwIfAborted();
  throw new ProvisionError(
    'Temporal is needed and can neither be downloaded nor built here. Install its CLI, then run this again:\n    ' +
      (process.platform === 'darwin' ? 'brew install temporal' : 'curl -sSf https://temporal.download/cli.sh | sh') +
      '\n(or install Go, or set TEMPORAL_ADDRESS to a server that runs)',
  );
}

/** How long a download may make no progress: where the network is closed without a refusal, nothing else would end it. */
const stallMs = 20_000;

async function download({ say, signal }: ProvisionOptions): Promise<string | undefined> {
  say('downloading the Temporal CLI');
  const stalled = new AbortController();
  const either = signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal;
  try {
    return await installAtomically(cachedProgram('temporal'), async (folder) => {
      let bytes = 0;
      let since = Date.now();
      const look = async () => {
        const now = await folderBytes(folder).catch(() => 0);
        if (now !== bytes) [bytes, since] = [now, Date.now()];
        else if (Date.now() - since > stallMs) stalled.abort();
      };
      const watch = setInterval(() => void look(), 1000);
      try {
        const { code, stdout } = await runProgram(process.execPath, ['--import', 'tsx', downloader, folder], {
          // Node looks for tsx from there.
          cwd: projectFolder,
          what: 'downloading the Temporal CLI',
          say,
          signal: either,
        });
        if (code !== 0) throw new Error('download failed');
        return stdout.trim();
      } finally {
        clearInterval(watch);
      }
    });
  } catch {
    say(`the Temporal CLI can't be downloaded here${stalled.signal.aborted ? ' (no answer)' : ''}`);
    return undefined;
  }
}

async function folderBytes(folder: string): Promise<number> {
  let sum = 0;
  for (const name of await readdir(folder)) sum += (await stat(path.join(folder, name))).size;
  return sum;
}
