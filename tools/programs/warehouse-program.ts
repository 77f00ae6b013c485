import path from 'node:path';
import { findProgram, ProvisionError, type ProvisionOptions, runProgram } from './run-program.js';
import { shellQuoted } from './shell-quoted.js';
import { installWarehouse, type Unpacked, unpackedWarehouse } from './warehouse-install.js';

const serverFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec', '/opt/homebrew/bin', '/usr/local/bin', '/usr/local/mysql/bin'];

export type Product = 'mariadb' | 'mysql';

/** As people write it, with its version: `MariaDB 10.11.19`. */
export const productName = (product: Product, version: string): string => `${product === 'mariadb' ? 'MariaDB' : 'MySQL'} ${version}`;

interface ServerProgram {
  /** Such as `10.11.19`. */
  readonly version: string;
  /** Path of mariadbd or mysqld. */
  readonly server: string;
  /** Where it is unpacked, when it is not installed. */
  readonly root?: string;
  /** The command for its client, when that is not on PATH. */
  readonly client?: string;
  /** What its programs need in their environment. */
  readonly env: Readonly<Record<string, string>>;
}

export interface MariadbProgram extends ServerProgram {
  readonly product: 'mariadb';
  /** Path of mariadb-install-db. */
  readonly install: string;
}

/** MySQL initializes its data folder itself. */
export interface MysqlProgram extends ServerProgram {
  readonly product: 'mysql';
}

export type WarehouseProgram = MariadbProgram | MysqlProgram;

/**
 * MariaDB or MySQL: from PATH (and the folders where servers are), else installed with apt as root, else unpacked from apt's
 * packages into the cache folder.
 */
export async function warehouseProgram({ say, signal }: ProvisionOptions): Promise<WarehouseProgram> {
  const found = (await installed()) ?? (await unpacked(await unpackedWarehouse()));
  if (found) return found;
  const root = await installWarehouse({ say, signal });
  const made = (await installed()) ?? (await unpacked(root));
  if (made) return made;
  throw new ProvisionError(
    "A MySQL-compatible server is needed and can't be installed by this user. Run this, then start again:\n" +
      `    ${await installCommand()}\n(or set STRATA_MYSQL_URL=mysql://user:password@host:port to a server that runs)`,
  );
}

async function installed(): Promise<WarehouseProgram | undefined> {
  const maria = await describe(await findProgram(['mariadbd'], serverFolders), {
    install: await findProgram(['mariadb-install-db'], serverFolders),
  });
  if (maria) return maria;
  return describe(await findProgram(['mysqld'], serverFolders), {
    install: await findProgram(['mariadb-install-db', 'mysql_install_db'], serverFolders),
  });
}

/** MySQL's own server, when it is installed: what is called mysqld is MariaDB on many machines. Undefined when there is none. */
export async function mysqlProgram(): Promise<MysqlProgram | undefined> {
  const found = await describe(await findProgram(['mysqld'], serverFolders), {});
  return found?.product === 'mysql' ? found : undefined;
}

async function unpacked(root: Unpacked | undefined): Promise<WarehouseProgram | undefined> {
  if (!root) return undefined;
  const at = (name: string) => path.join(root.folder, 'usr', name);
  return describe(at('sbin/mariadbd'), { install: at('bin/mariadb-install-db'), root: at(''), env: root.env });
}

interface Place {
  readonly install?: string | undefined;
  readonly root?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function describe(server: string | undefined, { install, root, env = {} }: Place): Promise<WarehouseProgram | undefined> {
  if (!server) return undefined;
  const { code, stdout } = await runProgram(server, ['--no-defaults', '--version'], { env: { ...process.env, ...env } });
  const version = /Ver (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (code !== 0 || !version) return undefined;
  const libraries = Object.entries(env).map(([name, value]) => `${name}=${shellQuoted(value)} `);
  const inRoot = root ? { root, client: `${libraries.join('')}${shellQuoted(path.join(root, 'bin/mariadb'))}` } : {};
  const program = { version, server, env, ...inRoot };
  if (!/mariadb/i.test(stdout)) return { ...program, product: 'mysql' };
  return install ? { ...program, product: 'mariadb', install } : undefined;
}

/** The one command of this platform. */
async function installCommand(): Promise<string> {
  if (process.platform === 'darwin') return 'brew install mariadb';
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  const managers = [
    ['apt-get', `${sudo}sh -c 'apt-get update && apt-get install -y mariadb-server-core mariadb-client-core'`],
    ['dnf', `${sudo}dnf install -y mariadb-server`],
    ['apk', `${sudo}apk add mariadb mariadb-client`],
    ['pacman', `${sudo}pacman -S mariadb`],
    ['zypper', `${sudo}zypper install -y mariadb`],
  ] as const;
  for (const [name, command] of managers) if (await findProgram([name])) return command;
  return 'install MariaDB 10.11 or later with the package manager of this system';
}
