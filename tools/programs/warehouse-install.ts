import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, installAtomically } from './cache.js';
import { messageOf } from '../run/errors.js';
import { findProgram, lastLines, programAt, type ProvisionOptions, runProgram } from './run-program.js';

/** A MariaDB that is not installed but lies in a folder. */
export interface Unpacked {
  readonly folder: string;
  /** What its programs need in their environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where packages are unpacked to, and what with. */
interface Unpacking {
  readonly aptGet: string;
  readonly dpkg: string;
  readonly work: string;
  readonly root: string;
  readonly signal: AbortSignal | undefined;
}

/** The server and its set-up programs, without the service that `mariadb-server` would start. */
const packages = ['mariadb-server-core', 'mariadb-client-core'];
const unpackedFolder = () => path.join(cacheFolder(), 'mariadb');

/** A MariaDB that was unpacked before, if there is one. */
export async function unpackedWarehouse(): Promise<Unpacked | undefined> {
  const folder = unpackedFolder();
  if (!(await programAt(path.join(folder, 'usr/sbin/mariadbd')))) return undefined;
  return { folder, env: await libraryPath(folder) };
}

/**
 * Installs MariaDB where that is possible: with apt as root; else apt's packages unpacked into the cache folder, which is returned.
 * Undefined when it was installed, or when neither works; the caller looks which.
 */
export async function installWarehouse({ say, signal }: ProvisionOptions): Promise<Unpacked | undefined> {
  const aptGet = await findProgram(['apt-get']);
  if (!aptGet || process.platform !== 'linux') return undefined;
  if (process.getuid?.() === 0) {
    await installAsRoot(aptGet, { say, signal });
    return undefined;
  }
  return unpack(aptGet, { say, signal });
}

async function installAsRoot(aptGet: string, { say, signal }: ProvisionOptions): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [
    { what: 'updating the package lists', args: ['update', '-qq'] },
    { what: 'installing MariaDB', args: ['install', '-y', '-qq', '--no-install-recommends', ...packages] },
  ];
  for (const { what, args } of steps) {
    say(what);
    // Another installation may hold apt's locks; it is waited for.
    const { code, output } = await runProgram(aptGet, ['-o', 'DPkg::Lock::Timeout=300', ...args], { env, what, say, signal });
    if (code !== 0) say(`apt-get ${args[0]} failed:\n${lastLines(output)}`);
  }
}

async function unpack(aptGet: string, { say, signal }: ProvisionOptions): Promise<Unpacked | undefined> {
  const dpkg = await findProgram(['dpkg']);
  if (!dpkg) return undefined;
  say('fetching MariaDB (without root: unpacked into the cache folder)');
  try {
    await installAtomically(unpackedFolder(), async (work) => {
      const root = path.join(work, 'root');
      await mkdir(root);
      const unpacking = { aptGet, dpkg, work, root, signal };
      await fetchAndUnpack(packages, unpacking);
      await addMissingLibraries(unpacking);
      return root;
    });
    return await unpackedWarehouse();
  } catch (error) {
    signal?.throwIfAborted();
    say(`MariaDB can't be fetched without root: ${messageOf(error)}`);
    return undefined;
  }
}

async function fetchAndUnpack(names: readonly string[], { aptGet, dpkg, work, root, signal }: Unpacking): Promise<void> {
  const folder = path.join(work, `packages-${names.join('+').slice(0, 60)}`);
  await mkdir(folder);
  const { code, output } = await runProgram(aptGet, ['download', ...names], { cwd: folder, signal });
  if (code !== 0) throw new Error(`apt-get download failed:\n${lastLines(output, 4)}`);
  for (const file of await readdir(folder)) {
    const unpacked = await runProgram(dpkg, ['-x', path.join(folder, file), root], { signal });
    if (unpacked.code !== 0) throw new Error(`${file} can't be unpacked:\n${lastLines(unpacked.output, 4)}`);
  }
}

/** Adds packages of libraries until every program finds all of its own: what a minimal system lacks is two or three of them. */
async function addMissingLibraries(unpacking: Unpacking): Promise<void> {
  const { root, signal } = unpacking;
  const wanted = (await dependencies(packages, signal)).filter((name) => name.startsWith('lib') && name !== 'libc6');
  const missing = await missingLibraries(root, signal);
  if (missing.length === 0) return;
  for (const name of wanted) {
    const installed = await runProgram('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { signal });
    if (installed.code === 0 && installed.stdout.trim() === 'installed') continue;
    await fetchAndUnpack([name], unpacking);
  }
  const left = await missingLibraries(root, signal);
  if (left.length > 0) throw new Error(`libraries are missing: ${left.join(', ')}`);
}

/** The packages' dependencies, the first alternative of each. */
async function dependencies(names: readonly string[], signal: AbortSignal | undefined): Promise<string[]> {
  const { stdout } = await runProgram('apt-cache', ['depends', '--no-recommends', '--no-suggests', ...names], { signal });
  return [...new Set([...stdout.matchAll(/^ {2}(?:Depends|PreDepends): ([a-z0-9.+-]+)/gm)].flatMap(([, name]) => name ?? []))];
}

async function missingLibraries(root: string, signal: AbortSignal | undefined): Promise<string[]> {
  const env = { ...process.env, ...(await libraryPath(root)) };
  const { stdout } = await runProgram('ldd', [path.join(root, 'usr/sbin/mariadbd')], { env, signal });
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].flatMap(([, name]) => name ?? []);
}

async function libraryPath(root: string): Promise<{ LD_LIBRARY_PATH: string }> {
  const folders: string[] = [];
  for (const base of ['usr/lib', 'lib']) {
    for (const name of await readdir(path.join(root, base)).catch(() => [])) {
      if (name.includes('-linux-')) folders.push(path.join(root, base, name));
    }
  }
  const before = process.env.LD_LIBRARY_PATH;
  return { LD_LIBRARY_PATH: [...folders, ...(before ? [before] : [])].join(':') };
}
