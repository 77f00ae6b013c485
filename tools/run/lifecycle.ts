import { constants } from 'node:os';
import { stackOf } from './errors.js';
import { ClosingError, createRunFolder, type Place, type RunFolder } from './run-folder.js';
import { ProvisionError } from '../programs/run-program.js';
import { commandLine, isRunning, parentOf } from './process-table.js';
import { StartError } from './process.js';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof stopSignals)[number];

interface RunOptions extends Place {
  readonly onStop?: (signal: StopSignal) => void;
  /** The exit code after a signal, where it is not 128 + n. */
  readonly codeAfter?: (signal: StopSignal) => number | undefined;
  /** Called after everything else, with the exit code. */
  readonly lastWord?: (code: number) => void;
}

/**
 * Runs `work` with a run folder of this kind and ends the process afterwards: with the code that it returns, with 1 after a
 * failure, with 128 + n after a signal. Whatever the way, the run's processes are ended before.
 */
export async function withRun(kind: string, work: (run: RunFolder) => Promise<number>, options: RunOptions = {}): Promise<void> {
  const run = await createRunFolder(kind, options).catch(reportFailure);
  if (run === undefined) {
    options.lastWord?.(1);
    process.exitCode = 1;
    return;
  }
  let stopped = false;
  const stop = (signal: StopSignal) => {
    // A terminal's Ctrl-C often arrives twice (from the terminal and from npm): the first one counts.
    if (stopped) return;
    stopped = true;
    options.onStop?.(signal);
    const code = options.codeAfter?.(signal) ?? 128 + constants.signals[signal];
    void run
      .close()
      .catch(reportFailure)
      .then(() => process.exit(code));
  };
  for (const signal of stopSignals) process.on(signal, () => stop(signal));
  if (process.env.npm_lifecycle_event) await watchNpm(() => stop('SIGHUP'));

  let code: number;
  try {
    code = await work(run);
  } catch (error) {
    if (!run.closing && !(error instanceof ClosingError)) reportFailure(error);
    code = 1;
  }
  if (run.closing) return;
  await run.close();
  options.lastWord?.(code);
  process.exitCode = code;
}

/** Killing npm does not always reach the script that it runs: it often has a shell between. */
async function watchNpm(onGone: () => void): Promise<void> {
  const parent = process.ppid;
  const beyond = await parentOf(parent);
  const npm = beyond && /\bnpm\b/.test((await commandLine(beyond)) ?? '') ? beyond : undefined;
  const look = () => {
    if (process.ppid !== parent || (npm && !isRunning(npm))) onGone();
  };
  setInterval(look, 1000).unref();
}

function reportFailure(error: unknown): void {
  const expected = error instanceof ProvisionError || error instanceof StartError;
  console.error(`\n${expected ? error.message : stackOf(error)}`);
}
