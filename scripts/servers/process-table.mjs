import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

/** The command line of a running process, its arguments joined by spaces; undefined when there is no such process. */
export async function commandLine(pid) {
  if (existsSync('/proc/self/cmdline')) {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text === '' ? undefined : text.replaceAll('\0', ' ').trim();
  }
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' ? undefined : stdout.trim();
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** SIGTERM, and SIGKILL after 10 s, to a process that is not our child; `stillOurs` guards against a pid used anew. */
export async function endProcess(pid, stillOurs) {
  signal(pid, 'SIGTERM');
  for (let waited = 0; waited < 100; waited++) {
    if (!(await stillOurs())) return;
    await sleep(100);
  }
  signal(pid, 'SIGKILL');
  for (let waited = 0; waited < 50 && (await stillOurs()); waited++) await sleep(100);
}
