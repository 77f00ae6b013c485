import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, installAtomically } from './cache.mjs';
import { findProgram, lastLines, programAt, runProgram } from './programs.mjs';

/** The server and its set-up programs, without the service that `mariadb-server` would start. */
const packages = ['mariadb-server-core', 'mariadb-client-core'];
const unpackedFolder = () => path.join(cacheFolder(), 'mariadb');

/** A MariaDB that was unpacked before, if there is one. */
export async function unpackedWarehouse() {
  const folder = unpackedFolder();
  if (!(await programAt(path.join(folder, 'usr/sbin/mariadbd')))) return undefined;
  return { folder, env: await libraryPath(folder) };
}

/**
 * Installs MariaDB where that is possible: with apt as root; else apt's packages unpacked into the cache folder, which is returned.
 * Undefined when it was installed, or when neither works; the caller looks which.
 */
export async function installWarehouse({ say, signal }) {
  const aptGet = await findProgram(['apt-get']);
  if (!aptGet || process.platform !== 'linux') return undefined;
  if (process.getuid?.() === 0) {
    await installAsRoot(aptGet, { say, signal });
    return undefined;
  }
  return unpack(aptGet, { say, signal });
}

async function installAsRoot(aptGet, { say, signal }) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [
    ['updating the package lists', ['update', '-qq']],
    ['installing MariaDB', ['install', '-y', '-qq', '--no-install-recommends', ...packages]],
  ];
  for (const [what, args] of steps) {
    say(what);
    // Another installation may hold apt's locks; it is waited for.
    const { code, output } = await runProgram(aptGet, ['-o', 'DPkg::Lock::Timeout=300', ...args], { env, what, say, signal });
    if (code !== 0) say(`apt-get ${args[0]} failed:\n${lastLines(output)}`);
  }
}

async function unpack(aptGet, { say, signal }) {
  const dpkg = await findProgram(['dpkg']);
  if (!dpkg) return undefined;
  say('fetching MariaDB (without root: unpacked into the cache folder)');
  try {
    await installAtomically(unpackedFolder(), async (work) => {
      const root = path.join(work, 'root');
      await mkdir(root);
      await fetchAndUnpack({ aptGet, dpkg, names: packages, work, root, signal });
      await addMissingLibraries({ aptGet, dpkg, work, root, signal });
      return root;
    });
    return await unpackedWarehouse();
  } catch (error) {
    signal?.throwIfAborted();
    say(`MariaDB can't be fetched without root: ${error.message}`);
    return undefined;
  }
}

/** Returns the packages' dependencies, first alternative of each. */
async function fetchAndUnpack({ aptGet, dpkg, names, work, root, signal }) {
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
async function addMissingLibraries({ aptGet, dpkg, work, root, signal }) {
  const wanted = (await dependencies(packages, signal)).filter((name) => name.startsWith('lib') && name !== 'libc6');
  const missing = await missingLibraries(root, signal);
  if (missing.length === 0) return;
  for (const name of wanted) {
    const installed = await runProgram('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { signal });
    if (installed.code === 0 && installed.stdout.trim() === 'installed') continue;
    await fetchAndUnpack({ aptGet, dpkg, names: [name], work, root, signal });
  }
  const left = await missingLibraries(root, signal);
  if (left.length > 0) throw new Error(`libraries are missing: ${left.join(', ')}`);
}

async function dependencies(names, signal) {
  const { stdout } = await runProgram('apt-cache', ['depends', '--no-recommends', '--no-suggests', ...names], { signal });
  const found = [...stdout.matchAll(/^ {2}(?:Depends|PreDepends): ([a-z0-9.+-]+)/gm)].map((match) => match[1]);
  return [...new Set(found)];
}

async function missingLibraries(root, signal) {
  const env = { ...process.env, ...(await libraryPath(root)) };
  const { stdout } = await runProgram('ldd', [path.join(root, 'usr/sbin/mariadbd')], { env, signal });
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
}

async function libraryPath(root) {
  const folders = [];
  for (const base of ['usr/lib', 'lib']) {
    for (const name of await readdir(path.join(root, base)).catch(() => [])) {
      if (name.includes('-linux-')) folders.push(path.join(root, base, name));
    }
  }
  const before = process.env.LD_LIBRARY_PATH;
  return { LD_LIBRARY_PATH: [...folders, ...(before ? [before] : [])].join(':') };
}
