import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { greeting } from './greeting.js';
import { lastLines, ProvisionError, runProgram } from '../programs/run-program.js';
import { type Product, productName, type WarehouseProgram } from '../programs/warehouse-program.js';
import { runServer, type RunServer, startProcess, withFreshPorts } from '../run/process.js';
import type { RunFolder } from '../run/run-folder.js';
import { freePort } from './ports.js';

const user = 'strata';

interface WarehouseOptions {
  readonly program: WarehouseProgram;
  readonly bufferPool?: string;
  readonly maxConnections?: number;
  /** Further arguments. */
  readonly settings?: readonly string[];
  /** Tells servers of one run apart. */
  readonly name?: string;
}

export interface Warehouse extends RunServer {
  readonly url: string;
  readonly port: number;
  readonly password: string;
  readonly product: Product;
  /** `MariaDB 10.11.19`. */
  readonly productName: string;
  readonly env: { readonly STRATA_MYSQL_URL: string };
}

/**
 * An empty MariaDB or MySQL server on 127.0.0.1, its data in the run folder; user `strata` with a password of this run may do
 * everything, root can't connect.
 */
export async function startWarehouse(run: RunFolder, options: WarehouseOptions): Promise<Warehouse> {
  const { program, bufferPool = '256M', maxConnections = 150, settings = [], name = 'warehouse' } = options;
  const data = run.path(name);
  const files = run.path(`${name}-files`);
  await mkdir(files, { mode: 0o700 });
  const password = randomBytes(16).toString('hex');
  const env = { ...process.env, ...program.env };
  await initialize(run, { program, data, files, env });
  const initFile = run.path(`${name}-init.sql`);
  await writeFile(initFile, initSql(program.product, password), { mode: 0o600 });

  return withFreshPorts(async () => {
    const port = await freePort();
    const launch = async (extra: readonly string[]) => {
      const child = await startProcess(run, {
        name: program.product === 'mariadb' ? 'MariaDB' : 'MySQL',
        command: program.server,
        args: [
          ...serverArgs({ program, data, files, port }),
          `--innodb-buffer-pool-size=${bufferPool}`,
          `--max-connections=${maxConnections}`,
          ...settings,
          ...extra,
        ],
        env,
        cwd: run.folder,
        logFile: run.path(`${name}.log`),
      });
      await child.waitUntil(async () => (await greeting('127.0.0.1', port)) !== undefined, 120_000);
      return child;
    };
    const server = runServer(await launch([`--init-file=${initFile}`]), () => launch([]));
    await rm(initFile, { force: true });
    const url = `mysql://${user}:${password}@127.0.0.1:${port}`;
    const { product, version } = program;
    return { url, port, password, product, productName: productName(product, version), env: { STRATA_MYSQL_URL: url }, ...server };
  });
}

interface Folders {
  readonly program: WarehouseProgram;
  readonly data: string;
  /** For temporary files. */
  readonly files: string;
}

async function initialize(run: RunFolder, { program, data, files, env }: Folders & { readonly env: NodeJS.ProcessEnv }): Promise<void> {
  const common = ['--no-defaults', ...asRoot()];
  // MariaDB's is a shell script that splits paths at spaces: it gets them from the run folder on, and this one not as an argument.
  const here = (file: string) => `./${path.relative(run.folder, file)}`;
  // --force: without a host name that resolves it would stop, though no account here depends on one.
  const mariadb = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve', '--force'];
  const { command, args } =
    program.product === 'mariadb'
      ? {
          command: program.install,
          args: [...common, `--datadir=${here(data)}`, ...(program.root ? [`--basedir=${here(program.root)}`] : []), ...mariadb],
        }
      : { command: program.server, args: [...common, `--datadir=${data}`, `--tmpdir=${files}`, '--initialize-insecure'] };
  if (program.product === 'mysql') await mkdir(data, { mode: 0o700, recursive: true });
  const { code, output } = await runProgram(command, args, { env: { ...env, TMPDIR: files }, cwd: run.folder });
  run.throwIfClosing();
  if (code !== 0) throw new ProvisionError(`the database's folder can't be set up (${command}):\n${lastLines(output)}`);
}

/** Both servers refuse to run as root unless told so. */
const asRoot = () => (process.getuid?.() === 0 ? ['--user=root'] : []);

function serverArgs({ program, data, files, port }: Folders & { readonly port: number }): string[] {
  const own =
    program.product === 'mariadb' ? [`--secure-file-priv=${files}`] : ['--secure-file-priv=NULL', '--mysqlx=OFF', '--skip-log-bin'];
  return [
    '--no-defaults',
    ...asRoot(),
    ...(program.root ? [`--basedir=${program.root}`, `--plugin-dir=${path.join(program.root, 'lib/mysql/plugin')}`] : []),
    `--datadir=${data}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    // Relative to the data folder, so that its path may be longer than the 107 bytes that a socket's address holds.
    '--socket=server.sock',
    '--pid-file=server.pid',
    // A folder of its own: a server that starts deletes the #sql files that it finds there, also those of another one that runs.
    `--tmpdir=${files}`,
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--local-infile=ON',
    '--max-allowed-packet=64M',
    ...own,
  ];
}

/** One statement a line, as --init-file asks for. */
function initSql(product: Product, password: string): string {
  const account = `'${user}'@'127.0.0.1'`;
  const lines = [
    `create user if not exists ${account} identified by '${password}';`,
    `grant all privileges on *.* to ${account} with grant option;`,
    ...(product === 'mariadb'
      ? ["delete from mysql.global_priv where User in ('root', '');", 'flush privileges;']
      : ["drop user if exists 'root'@'localhost';"]),
  ];
  return `${lines.join('\n')}\n`;
}
