import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';

/** Only Linux tells what is read here; elsewhere everything is NaN, which reports show as not measured. */
export const canMeasure = existsSync('/proc/self/stat');

/** Of USER_HZ, which is 100 on every platform that Node runs on. */
const ticksPerSecond = 100;

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Ticks of the process itself. */
  readonly own: number;
  /** Ticks of its children that have ended. */
  readonly ended: number;
}

/** Fields of /proc/PID/stat after the name, which may hold spaces and parentheses; undefined when the process is gone. */
async function statOf(pid: number): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 20) return undefined;
  const ticks = (field: number) => Number(fields[field]);
  return { pid, parent: ticks(1), own: ticks(11) + ticks(12), ended: ticks(13) + ticks(14) };
}

/** A process and all that descend from it. */
async function treeOf(root: number): Promise<ProcessStat[]> {
  const names = await readdir('/proc').catch(() => []);
  const stats = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => statOf(Number(name))));
  const all = stats.filter((stat) => stat !== undefined);
  const tree = new Map(all.filter(({ pid }) => pid === root).map((stat) => [stat.pid, stat]));
  for (let before = -1; before !== tree.size;) {
    before = tree.size;
    for (const stat of all) if (tree.has(stat.parent)) tree.set(stat.pid, stat);
  }
  return [...tree.values()];
}

/** Of a process and all that descend from it. */
export const treePids = async (root: number): Promise<number[]> => (await treeOf(root)).map(({ pid }) => pid);

/** CPU seconds of the trees of these processes so far, ended children included. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  if (!canMeasure) return NaN;
  const trees = await Promise.all(pids.map(treeOf));
  const unique = new Map(trees.flat().map((stat) => [stat.pid, stat]));
  return [...unique.values()].reduce((sum, { own, ended }) => sum + own + ended, 0) / ticksPerSecond;
}

/** CPU seconds of children of this process that have ended and were waited for. */
export async function endedChildrenSeconds(): Promise<number> {
  return ((await statOf(process.pid))?.ended ?? NaN) / ticksPerSecond;
}

/** The most memory that one of these processes held since its start or the last reset, in bytes. */
export async function peakMemory(pids: readonly number[]): Promise<number> {
  const statuses = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')));
  const peaks = statuses.flatMap((status) => /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? []);
  return peaks.length === 0 ? NaN : Math.max(...peaks.map(Number)) * 1024;
}

/** Peak memory counts from now on, where the system lets us say so. Returns how many processes were reset. */
export async function resetPeak(pids: readonly number[]): Promise<number> {
  const reset = (pid: number) =>
    writeFile(`/proc/${pid}/clear_refs`, '5').then(
      () => 1,
      () => 0,
    );
  return (await Promise.all(pids.map(reset))).reduce<number>((sum, done) => sum + done, 0);
}

/** Seconds of all processors since the start of the machine: busy, and stolen by other guests of its host. */
export async function machineSeconds(): Promise<{ busy: number; stolen: number }> {
  const fields =
    /^cpu +(.*)$/m
      .exec(await readFile('/proc/stat', 'utf8').catch(() => ''))?.[1]
      ?.split(' ')
      .map(Number) ?? [];
  const [user = NaN, nice = NaN, system = NaN, , , irq = NaN, softirq = NaN, steal = 0] = fields;
  return { busy: (user + nice + system + irq + softirq) / ticksPerSecond, stolen: steal / ticksPerSecond };
}

/** The process that listens on a TCP port of this machine; undefined when it can't be told. */
export async function listenerOn(port: number): Promise<number | undefined> {
  const inodes = new Set<string>();
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
