import { setTimeout as sleep } from 'node:timers/promises';
import { projectFolder, strataProgram } from '../build.js';
import type { Display } from '../display.js';
import { lastLines, ProvisionError, runProgram } from '../programs/run-program.js';
import { type RunProcess, startProcess } from '../run/process.js';
import type { RunFolder } from '../run/run-folder.js';

/** Runs one of strata's commands; fails with what it said. */
export async function runStrata(args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const { code, output } = await runProgram(process.execPath, [strataProgram, ...args], { env, signal, cwd: projectFolder });
  if (code !== 0) throw new ProvisionError(`strata ${args.join(' ')} failed:\n${lastLines(output, 20)}`);
}

async function startWorker(run: RunFolder, env: NodeJS.ProcessEnv): Promise<RunProcess> {
  const worker = await startProcess(run, {
    name: 'the worker',
    command: process.execPath,
    // The folder in the command line shows later whose process it is; Node would write its diagnostic reports there.
    args: [`--diagnostic-dir=${run.folder}`, strataProgram, 'worker'],
    env,
    cwd: projectFolder,
    logFile: run.path('worker.log'),
  });
  await Promise.race([worker.ended, sleep(300)]);
  if (!worker.isRunning())
    throw new ProvisionError(`The worker ended at its start; its last lines:\n${lastLines(await worker.output(), 20)}`);
  return worker;
}

export interface KeptWorker {
  readonly logFile: string;
  output(): Promise<string>;
  /** Resolves with how it ended, when it is not started again any more. */
  readonly ended: Promise<string>;
}

/** A worker that is started again whenever it ends, as often as it comes to life: work goes on where the last one was. */
export async function keptWorker(run: RunFolder, env: NodeJS.ProcessEnv, display: Display): Promise<KeptWorker> {
  let worker = await startWorker(run, env);
  const logFile = run.path('worker.log');
  const keep = async (): Promise<string> => {
    for (let short = 0; short < 3;) {
      const started = Date.now();
      const how = await worker.ended;
      if (run.closing) return how;
      short = Date.now() - started < 10_000 ? short + 1 : 0;
      display.line(`\n  The worker ended (${how}); another one is started. Its log: ${logFile}`);
      worker = await startWorker(run, env).catch(() => worker);
    }
    return 'three times within 10 s of its start';
  };
  return { logFile, output: () => worker.output(), ended: keep() };
}
