import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedProgram, installAtomically } from './cache.mjs';
import { goInstall } from './go-build.mjs';
import { findProgram, programAt, ProvisionError, runProgram } from './programs.mjs';

/** The newest version of the CLI that `go install` can build (server 1.29); newer ones have replace directives. */
const goModule = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const downloader = fileURLToPath(new URL('temporal-download.mjs', import.meta.url));
const testingPackage = fileURLToPath(new URL('../../node_modules/@temporalio/testing/package.json', import.meta.url));

/**
 * The Temporal CLI: from PATH, from the cache folder, by the SDK's download, built with Go; in this order.
 * @param {{ say: (line: string) => void, signal?: AbortSignal }} options
 * @returns {Promise<string>} its path
 */
export async function temporalProgram({ say, signal }) {
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

async function download({ say, signal }) {
  if (!existsSync(testingPackage)) return undefined;
  say('downloading the Temporal CLI');
  const stalled = new AbortController();
  const either = signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal;
  try {
    return await installAtomically(cachedProgram('temporal'), async (folder) => {
      let bytes = 0;
      let since = Date.now();
      const watch = setInterval(async () => {
        const now = await folderBytes(folder).catch(() => 0);
        if (now !== bytes) [bytes, since] = [now, Date.now()];
        else if (Date.now() - since > stallMs) stalled.abort();
      }, 1000);
      try {
        const { code, stdout } = await runProgram(process.execPath, [downloader, folder], {
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

async function folderBytes(folder) {
  let sum = 0;
  for (const name of await readdir(folder)) sum += (await stat(path.join(folder, name))).size;
  return sum;
}
