import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';

/** Only Linux tells what is read here; elsewhere everything is NaN, which reports show as not measured. */
export const canMeasure = existsSync('/proc/self/stat');

/** Of USER_HZ, which is 100 on every platform that Node runs on. */
const ticksPerSecond = 100;

/** Fields of /proc/PID/stat after the name, which may hold spaces and parentheses; undefined when the process is gone. */
async function statOf(pid) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 20) return undefined;
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
  return { pid, parent: Number(fields[1]), own: user + system, ended: childUser + childSystem };
}

/** A process and all that descend from it. */
async function treeOf(root) {
  const names = await readdir('/proc').catch(() => []);
  const all = (await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => statOf(Number(name))))).filter(Boolean);
  const tree = new Map(all.filter(({ pid }) => pid === root).map((stat) => [stat.pid, stat]));
  for (let before = -1; before !== tree.size;) {
    before = tree.size;
    for (const stat of all) if (tree.has(stat.parent)) tree.set(stat.pid, stat);
  }
  return [...tree.values()];
}

/** Of a process and all that descend from it. */
export const treePids = async (root) => (await treeOf(root)).map(({ pid }) => pid);

/** CPU seconds of the trees of these processes so far, ended children included. */
export async function cpuSeconds(pids) {
  if (!canMeasure) return NaN;
  const trees = await Promise.all(pids.map(treeOf));
  const unique = new Map(trees.flat().map((stat) => [stat.pid, stat]));
  return [...unique.values()].reduce((sum, { own, ended }) => sum + own + ended, 0) / ticksPerSecond;
}

/** CPU seconds of children of this process that have ended and were waited for. */
export async function endedChildrenSeconds() {
  return canMeasure ? (await statOf(process.pid)).ended / ticksPerSecond : NaN;
}

/** The most memory that one of these processes held since its start or the last reset, in bytes. */
export async function peakMemory(pids) {
  const statuses = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')));
  const peaks = statuses.flatMap((status) => /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? []);
  return peaks.length === 0 ? NaN : Math.max(...peaks.map(Number)) * 1024;
}

/** Peak memory counts from now on, where the system lets us say so. */
export async function resetPeak(pids) {
  await Promise.all(pids.map((pid) => writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined)));
}

/** Seconds of all processors since the start of the machine: busy, and stolen by other guests of its host. */
export async function machineSeconds() {
  if (!canMeasure) return { busy: NaN, stolen: NaN };
  const [user, nice, system, , , irq, softirq, steal] = /^cpu +(.*)$/m
    .exec(await readFile('/proc/stat', 'utf8'))[1]
    .split(' ')
    .map(Number);
  return { busy: (user + nice + system + irq + softirq) / ticksPerSecond, stolen: (steal ?? 0) / ticksPerSecond };
}

/** The process that listens on a TCP port of this machine; undefined when it can't be told. */
export async function listenerOn(port) {
  const inodes = new Set();
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['tcp', 'tcp6']) {
    for (const line of (await readFile(`/proc/net/${table}`, 'utf8').catch(() => '')).split('\n')) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] === '0A' && fields[1]?.endsWith(`:${hex}`)) inodes.add(`socket:[${fields[9]}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const handle of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      if (inodes.has(await readlink(`/proc/${pid}/fd/${handle}`).catch(() => ''))) return Number(pid);
    }
  }
  return undefined;
}
