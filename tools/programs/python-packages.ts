import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, installAtomically } from './cache.js';
import {
  findProgram,
  lastLines,
  programAt,
  ProvisionError,
  type ProvisionOptions,
  runProgram,
  type RunProgramOptions,
} from './run-program.js';

interface PythonOptions extends ProvisionOptions {
  readonly packages: readonly string[];
  /** Adds the fastest driver for MySQL that can be had here. */
  readonly addDriver?: boolean;
}

/**
 * The folder of a Python environment with these packages in the cache folder, made once. Its name holds what has to be made again with
 * other packages. Throws ProvisionError when it can't be made.
 */
export async function pythonPackages(name: string, { packages, addDriver = false, say, signal }: PythonOptions): Promise<string> {
  const target = path.join(cacheFolder(), 'python', name);
  if (await programAt(path.join(target, 'bin', 'python'))) return target;
  const python = await findProgram(['python3', 'python']);
  if (!python) throw new ProvisionError('Python 3.10 or later is needed and not on PATH.');
  say(`installing ${packages.join(', ')}`);
  return installAtomically(target, async (folder) => {
    const made = path.join(folder, 'python');
    const venv = await runProgram(python, ['-m', 'venv', made], { signal });
    if (venv.code !== 0)
      throw new ProvisionError(`python -m venv failed (on Debian it is in the package python3-venv):\n${lastLines(venv.output)}`);
    const { code, output } = await pip(made, packages, { what: `installing ${packages.join(', ')}`, say, signal });
    if (code !== 0)
      throw new ProvisionError(`pip can't install ${packages.join(', ')}; is the package registry there?\n${lastLines(output)}`);
    if (addDriver) await installDriver(made, target, { say, signal });
    return made;
  });
}

/** The driver that the environment has: mysqlclient, which is written in C, or else pymysql. */
export async function pythonDriver(folder: string): Promise<{ name: string; scheme: string }> {
  const { code } = await runProgram(path.join(folder, 'bin', 'python'), ['-c', 'import MySQLdb']);
  return code === 0 ? { name: 'mysqlclient', scheme: 'mysql+mysqldb' } : { name: 'pymysql', scheme: 'mysql+pymysql' };
}

const pip = (folder: string, packages: readonly string[], options: RunProgramOptions) =>
  runProgram(path.join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], options);

async function installDriver(made: string, target: string, options: ProvisionOptions): Promise<void> {
  if ((await pip(made, ['mysqlclient'], options)).code === 0) return;
  // It has to be compiled, for which the client's headers are missing: those of apt's package do, unpacked beside it.
  const flags = await unpackedClient(made, target, options);
  if (flags && (await pip(made, ['mysqlclient'], { ...options, env: { ...process.env, ...flags } })).code === 0) return;
  const { code, output } = await pip(made, ['pymysql'], options);
  if (code !== 0) throw new ProvisionError(`neither mysqlclient nor pymysql can be installed:\n${lastLines(output)}`);
}

/** Settings of the compiler for MariaDB's client library, with the path that it will have in `target`. */
async function unpackedClient(made: string, target: string, { signal }: ProvisionOptions): Promise<Record<string, string> | undefined> {
  const [aptGet, dpkg] = [await findProgram(['apt-get']), await findProgram(['dpkg'])];
  if (!aptGet || !dpkg) return undefined;
  const packages = path.join(made, 'packages');
  await mkdir(packages);
  const { code } = await runProgram(aptGet, ['download', 'libmariadb-dev', 'libmariadb3'], { cwd: packages, signal });
  if (code !== 0) return undefined;
  for (const file of await readdir(packages))
    await runProgram(dpkg, ['-x', path.join(packages, file), path.join(made, 'client')], { signal });
  const [triplet] = (await readdir(path.join(made, 'client/usr/lib')).catch(() => [])).filter((name) => name.includes('-linux-'));
  if (!triplet) return undefined;
  const library = path.join('client/usr/lib', triplet);
  return {
    MYSQLCLIENT_CFLAGS: `-I${path.join(made, 'client/usr/include/mariadb')}`,
    MYSQLCLIENT_LDFLAGS: `-L${path.join(made, library)} -lmariadb -Wl,-rpath,${path.join(target, library)}`,
  };
}
