import { execFile } from 'node:child_process';

const interval = 1_000;

/**
 * Sends this process SIGTERM once the npm or npx that started it is gone: npx passes no signal on, and a worker that stayed behind would
 * go on with old definitions. Does nothing where npm did not start it.
 */
export async function endWithNpm(): Promise<void> {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const npm = await npmAbove(parent);
  if (npm === undefined) return;
  setInterval(() => (process.ppid !== parent || !isRunning(npm)) && process.kill(process.pid, 'SIGTERM'), interval).unref();
}

/** npm is the parent, or a shell stands between. */
async function npmAbove(pid: number): Promise<number | undefined> {
  for (let [at, steps] = [pid, 0]; at > 1 && steps < 4; steps += 1) {
    const [, above = '', command = ''] = /^\s*(\d+)\s+(.*)$/.exec(await processOf(at)) ?? [];
    if (/\b(npm|npx)\b/.test(command)) return at;
    at = Number(above);
  }
  return undefined;
}

function processOf(pid: number): Promise<string> {
  return new Promise((resolve) =>
    execFile('ps', ['-ww', '-o', 'ppid=,args=', '-p', String(pid)], (_error, stdout) => resolve(stdout.split('\n')[0] ?? '')),
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
