import { startProcess } from '../../run/process.js';
import type { RunFolder } from '../../run/run-folder.js';
import { lastLines, ProvisionError } from '../../programs/run-program.js';
import { endedChildrenSeconds, peakMemory, treePids } from './processes.js';

interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

export interface ProgramCost {
  readonly seconds: number;
  /** CPU seconds, with its children's. */
  readonly cpu: number;
  /** The most memory of the largest of its processes, in bytes. */
  readonly peak: number;
}

/** Runs a program to its end. Throws ProvisionError with its last lines when it fails. */
export async function measuredProgram(run: RunFolder, options: Program): Promise<ProgramCost> {
  const before = await endedChildrenSeconds();
  const started = performance.now();
  const child = await startProcess(run, { ...options, logFile: run.path('measured-program.log') });
  let peak = NaN;
  const look = async () => {
    const now = await peakMemory(await treePids(child.pid));
    if (!(now <= peak)) peak = Number.isFinite(now) ? now : peak;
  };
  const watch = setInterval(() => void look(), 25);
  const how = await child.ended;
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  run.throwIfClosing();
  if (how !== 'code 0') throw new ProvisionError(`${options.name} failed (${how}):\n${lastLines(await child.output())}`);
  return { seconds, cpu: (await endedChildrenSeconds()) - before, peak };
}
