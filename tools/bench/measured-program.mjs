import { startProcess } from '../servers/process.mjs';
import { lastLines, ProvisionError } from '../servers/programs.mjs';
import { endedChildrenSeconds, peakMemory, treePids } from './processes.mjs';

/**
 * Runs a program to its end. Throws ProvisionError with its last lines when it fails.
 * @param {import('../servers/run-folder.mjs').RunFolder} run
 * @param {{ name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string }} options
 * @returns {Promise<{ seconds: number, cpu: number, peak: number }>} CPU seconds with its children's; the
 *   most memory of the largest of them
 */
export async function measuredProgram(run, options) {
  const before = await endedChildrenSeconds();
  const started = performance.now();
  const child = await startProcess(run, { ...options, logFile: run.path('measured-program.log') });
  let peak = NaN;
  const watch = setInterval(async () => {
    const now = await peakMemory(await treePids(child.pid));
    if (!(now <= peak)) peak = Number.isFinite(now) ? now : peak;
  }, 25);
  const how = await child.ended;
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  run.throwIfClosing();
  if (how !== 'code 0') throw new ProvisionError(`${options.name} failed (${how}):\n${lastLines(await child.output())}`);
  return { seconds, cpu: (await endedChildrenSeconds()) - before, peak };
}
