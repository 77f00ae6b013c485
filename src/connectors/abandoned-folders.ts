import { randomUUID } from 'node:crypto';
import { readdir, readFile, readlink, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A process, so that no other one is ever taken for it. */
export interface Maker {
  /** Of the machine's start and of the process ids that are seen, such as those of a container. */
  readonly scope: string;
  readonly pid: number;
  /** When it began, in ticks since the machine's start: an id comes again. */
  readonly began: string;
}

/** This process; undefined where the system does not tell, as on macOS. */
export async function ownProcess(): Promise<Maker | undefined> {
  try {
    const [boot, namespace] = await Promise.all([readFile('/proc/sys/kernel/random/boot_id', 'utf8'), readlink('/proc/self/ns/pid')]);
    const began = await beginOf(process.pid);
    const scope = `${boot.slice(0, 8)}.${/\d+/.exec(namespace)?.[0] ?? ''}`;
    return began === undefined ? undefined : { scope, pid: process.pid, began };
  } catch {
    return undefined;
  }
}

/** For the name of a folder that it makes. */
export function nameOf({ scope, pid, began }: Maker): string {
  return `${scope}.${pid}.${began}`;
}

/**
 * Removes temporary folders of processes that are gone: a killed one can't, and an export has gigabytes. Folders whose maker this process
 * can't see, such as one in another container, stay. What can't be removed stays too.
 */
export async function removeAbandoned(maker: Maker, folder: string): Promise<void> {
  for (const name of await abandonedIn(maker, folder, (kind) => /^strata-[a-z]+$/.test(kind)))
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
}

/** A name for a file that this process takes away again, or `removeFiles` where it is killed before. */
export async function nameOfFile(kind: string): Promise<string> {
  const maker = await ownProcess();
  return `${kind}-${maker === undefined ? '' : `${nameOf(maker)}-`}${randomUUID()}`;
}

/**
 * Removes files of that kind, as `nameOfFile` names them, whose process is gone, and empty folders of such a name. Others may write there too:
 * nothing is removed but what has the name itself.
 */
export async function removeFiles(folder: string, kind: string): Promise<void> {
  const maker = await ownProcess();
  if (maker === undefined) return;
  for (const name of await abandonedIn(maker, folder, (of) => of === kind)) {
    const path = join(folder, name);
    await unlink(path).catch(() => rmdir(path).catch(() => undefined));
  }
}

/** The names whose maker is gone, and whose beginning is of that kind. */
async function abandonedIn({ scope }: Maker, folder: string, isOf: (kind: string) => boolean): Promise<string[]> {
  const abandoned: string[] = [];
  for (const name of await readdir(folder).catch((): string[] => [])) {
    const [, kind = '', of, pid, began] = /^(.+)-([0-9a-f]{8}\.\d+)\.(\d+)\.(\d+)-/.exec(name) ?? [];
    if (of === scope && isOf(kind) && (await beginOf(Number(pid))) !== began) abandoned.push(name);
  }
  return abandoned;
}

/** When a process began; undefined where there is none. */
async function beginOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of the program comes before, in brackets, and may contain anything.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
