import { readFile } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { projectFolder } from '../../build.js';
import { findProgram, runProgram } from '../../programs/run-program.js';
import { cpuSeconds, machineSeconds } from './processes.js';

/** Cores, memory, processor and system, in one line. */
export async function machine(): Promise<string> {
  const processors = cpus();
  const model = processors[0]?.model.trim() || 'unknown processor';
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const system = /^PRETTY_NAME="?([^"\n]+)/m.exec(osRelease)?.[1] ?? `${platform()} ${release()}`;
  return `${processors.length} cores (${model}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${system} on ${arch()}`;
}

/** The commit of this checkout, and whether its sources differ from it. */
export async function strataVersion(): Promise<string> {
  const git = await findProgram(['git']);
  if (!git) return 'Strata (no git here)';
  const ask = async (...args: readonly string[]) => (await runProgram(git, args, { cwd: projectFolder, timeoutMs: 10_000 })).stdout.trim();
  const commit = await ask('rev-parse', '--short=10', 'HEAD');
  if (commit === '') return 'Strata (no commit)';
  const changed = await ask('status', '--porcelain', '--untracked-files=no', '--', 'src', 'sql', 'bin', 'package-lock.json');
  return `Strata ${commit}${changed === '' ? '' : ' with changes'}`;
}

/** Begins to watch how much of the machine others take; the function that it gives says it, in one sentence. */
export async function watchOthers(ours: readonly number[]): Promise<() => Promise<string>> {
  const of = async () => ({ ...(await machineSeconds()), ours: await cpuSeconds([process.pid, ...ours]), at: performance.now() });
  const before = await of();
  return async () => {
    const after = await of();
    const all = ((after.at - before.at) / 1000) * cpus().length;
    const others = (after.busy - before.busy - (after.ours - before.ours)) / all;
    const stolen = (after.stolen - before.stolen) / all;
    if (!Number.isFinite(others)) return 'What else ran meanwhile is not measured on this system.';
    const percent = (share: number) => `${Math.max(0, Math.round(share * 100))} %`;
    const busy = others + stolen > 0.1 ? ', so read its seconds with care' : '';
    return `Other programs took ${percent(others)} of the processors meanwhile, the host's other guests ${percent(stolen)}${busy}.`;
  };
}
