import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from './errors.js';

/** The command line of a running process, its arguments joined by spaces; undefined when there is no such process. */
export async function commandLine(pid: number): Promise<string | undefined> {
  if (existsSync('/proc/self/cmdline')) {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text === '' ? undefined : text.replaceAll('\0', ' ').trim();
  }
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' ? undefined : stdout.trim();
}

/** The process that started this one; undefined when there is none any more. */
export async function parentOf(pid: number): Promise<number | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return Number(stdout.trim()) || undefined;
}

/** Whether there is a process of that number, whoever's. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Signals a process group, if it is there; EPERM is what macOS says of one that has only ended processes. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}

/** SIGTERM, and SIGKILL after 10 s, to the group of a process that is not our child; `stillOurs` guards against a pid that is used again. */
export async function endGroup(leader: number, stillOurs: () => Promise<boolean>): Promise<void> {
  signalGroup(leader, 'SIGTERM');
  for (let waited = 0; waited < 100 && (await stillOurs()); waited++) await sleep(100);
  signalGroup(leader, 'SIGKILL');
  for (let waited = 0; waited < 50 && (await stillOurs()); waited++) await sleep(100);
}
