import path from 'node:path';
import { installWarehouse, unpackedWarehouse } from './warehouse-install.mjs';
import { findProgram, ProvisionError, runProgram } from './programs.mjs';
import { shellQuoted } from './shell-quoted.mjs';

const serverFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec', '/opt/homebrew/bin', '/usr/local/bin', '/usr/local/mysql/bin'];

/**
 * @typedef {object} WarehouseProgram
 * @property {'mariadb' | 'mysql'} product
 * @property {string} version such as `10.11.19`
 * @property {string} server path of mariadbd or mysqld
 * @property {string} [install] path of mariadb-install-db; absent for MySQL, which initializes itself
 * @property {string} [root] where it is unpacked, when it is not installed
 * @property {string} [client] the command for its client, when that is not on PATH
 * @property {Record<string, string>} env what its programs need in their environment
 */

/**
 * MariaDB or MySQL: from PATH (and the folders where servers are), else installed with apt as root, else unpacked from apt's
 * packages into the cache folder.
 * @param {{ say: (line: string) => void, signal?: AbortSignal }} options
 * @returns {Promise<WarehouseProgram>}
 */
export async function warehouseProgram({ say, signal }) {
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

async function installed() {
  const maria = await describe(await findProgram(['mariadbd'], serverFolders), {
    install: await findProgram(['mariadb-install-db'], serverFolders),
  });
  if (maria?.install) return maria;
  return describe(await findProgram(['mysqld'], serverFolders), {
    install: await findProgram(['mariadb-install-db', 'mysql_install_db'], serverFolders),
  });
}

/** MySQL's own server, when it is installed: what is called mysqld is MariaDB on many machines. Undefined when there is none. */
export async function mysqlProgram() {
  const found = await describe(await findProgram(['mysqld'], serverFolders), {});
  return found?.product === 'mysql' ? found : undefined;
}

function unpacked(root) {
  if (!root) return undefined;
  const at = (name) => path.join(root.folder, 'usr', name);
  return describe(at('sbin/mariadbd'), { install: at('bin/mariadb-install-db'), root: at(''), env: root.env });
}

async function describe(server, { install, root, env = {} }) {
  if (!server) return undefined;
  const { code, stdout } = await runProgram(server, ['--no-defaults', '--version'], { env: { ...process.env, ...env } });
  const version = /Ver (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (code !== 0 || !version) return undefined;
  const product = /mariadb/i.test(stdout) ? 'mariadb' : 'mysql';
  if (product === 'mariadb' && !install) return undefined;
  return {
    product,
    version,
    server,
    env,
    ...(product === 'mariadb' ? { install } : {}),
    ...(root ? { root, client: `LD_LIBRARY_PATH=${shellQuoted(env.LD_LIBRARY_PATH)} ${shellQuoted(path.join(root, 'bin/mariadb'))}` } : {}),
  };
}

/** The one command of this platform. */
async function installCommand() {
  if (process.platform === 'darwin') return 'brew install mariadb';
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  const managers = [
    ['apt-get', `${sudo}sh -c 'apt-get update && apt-get install -y mariadb-server-core mariadb-client-core'`],
    ['dnf', `${sudo}dnf install -y mariadb-server`],
    ['apk', `${sudo}apk add mariadb mariadb-client`],
    ['pacman', `${sudo}pacman -S mariadb`],
    ['zypper', `${sudo}zypper install -y mariadb`],
  ];
  for (const [name, command] of managers) if (await findProgram([name])) return command;
  return 'install MariaDB 10.11 or later with the package manager of this system';
}
