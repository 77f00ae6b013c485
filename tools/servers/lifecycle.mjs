import { constants } from 'node:os';
import { ClosingError, createRunFolder } from './run-folder.mjs';
import { ProvisionError } from './programs.mjs';
import { commandLine, isRunning, parentOf } from './process-table.mjs';
import { StartError } from './process.mjs';

/**
 * Runs `main` with a run folder of this kind and ends the process afterwards: with the code that main returns, with 1 after a
 * failure, with 128 + n after a signal. Whatever the way, the run's processes are ended before.
 * @param {string} kind
 * @param {(run: import('./run-folder.mjs').RunFolder) => Promise<number>} main
 * @param {{ onStop?: (signal: string) => void, codeAfter?: (signal: string) => number | undefined,
 *   lastWord?: (code: number) => void }} [hooks]
 */
export async function withRun(kind, main, hooks = {}) {
  const run = await createRunFolder(kind).catch(reportFailure);
  if (run === undefined) {
    hooks.lastWord?.(1);
    process.exitCode = 1;
    return;
  }
  let stoppedBy;
  const stop = (signal) => {
    // A terminal's Ctrl-C often arrives twice (from the terminal and from npm): the first one counts.
    if (stoppedBy) return;
    stoppedBy = signal;
    hooks.onStop?.(signal);
    const code = hooks.codeAfter?.(signal) ?? 128 + constants.signals[signal];
    void run
      .close()
      .catch(reportFailure)
      .then(() => process.exit(code));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
  if (process.env.npm_lifecycle_event) await watchNpm(() => stop('SIGHUP'));

  let code;
  try {
    code = await main(run);
  } catch (error) {
    if (!stoppedBy && !(error instanceof ClosingError)) reportFailure(error);
    code = 1;
  }
  if (stoppedBy) return;
  await run.close();
  hooks.lastWord?.(code);
  process.exitCode = code;
}

/** Killing npm does not always reach the script that it runs: it often has a shell between. */
async function watchNpm(onGone) {
  const parent = process.ppid;
  const beyond = await parentOf(parent);
  const npm = beyond && /\bnpm\b/.test((await commandLine(beyond)) ?? '') ? beyond : undefined;
  setInterval(() => (process.ppid !== parent || (npm && !isRunning(npm))) && onGone(), 1000).unref();
}

function reportFailure(error) {
  const expected = error instanceof ProvisionError || error instanceof StartError;
  console.error(`\n${expected ? error.message : (error.stack ?? error)}`);
}
