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

/** The process that started this one; undefined when there is none any more. */
export async function parentOf(pid) {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return Number(stdout.trim()) || undefined;
}

/** Whether there is a process of that number, whoever's. */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function signalGroup(leader, name) {
  try {
    process.kill(-leader, name);
  } catch (error) {
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}

/** SIGTERM, and SIGKILL after 10 s, to the group of a process that is not our child; `stillOurs` guards against a pid used anew. */
export async function endGroup(leader, stillOurs) {
  signalGroup(leader, 'SIGTERM');
  for (let waited = 0; waited < 100 && (await stillOurs()); waited++) await sleep(100);
  signalGroup(leader, 'SIGKILL');
  for (let waited = 0; waited < 50 && (await stillOurs()); waited++) await sleep(100);
}
