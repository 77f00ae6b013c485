import { randomBytes } from 'node:crypto';
import { chown, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { cacheFolder } from '../programs/cache.js';
import type { PostgresProgram } from '../programs/postgres-program.js';
import { lastLines, ProvisionError, runProgram, type ProgramResult } from '../programs/run-program.js';
import { runServer, type RunServer, startProcess, withFreshPorts } from '../run/process.js';
import type { RunFolder } from '../run/run-folder.js';
import { freePort } from './ports.js';

const user = 'strata';
/** `nobody`: the server refuses to run as root. */
const otherUser = 65_534;

interface PostgresOptions {
  readonly program: PostgresProgram;
  /** Further settings, such as `max_prepared_transactions=10`. */
  readonly settings?: readonly string[];
}

export interface Postgres extends RunServer {
  /** Of the database `postgres`; the user may do everything. */
  readonly url: string;
  readonly port: number;
  readonly data: string;
  /** `PostgreSQL 15.18`. */
  readonly productName: string;
  /** Runs one of its programs, such as pg_resetwal, as the user that the server runs as. */
  run(name: string, args: readonly string[]): Promise<ProgramResult>;
}

/** An empty PostgreSQL server on 127.0.0.1; its data goes with the run. */
export async function startPostgres(run: RunFolder, { program, settings = [] }: PostgresOptions): Promise<Postgres> {
  const isRoot = process.getuid?.() === 0;
  const folder = isRoot ? await mkdtemp(path.join(tmpdir(), 'strata-postgres-')) : run.path('postgres');
  run.onClose(() => rm(folder, { recursive: true, force: true }));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const password = randomBytes(16).toString('hex');
  const passwordFile = path.join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (isRoot) for (const each of [folder, passwordFile]) await chown(each, otherUser, otherUser);
  const bin = isRoot ? await reachableBin(program, folder) : program.bin;
  const command = (name: string, args: readonly string[]): [string, string[]] => {
    const file = path.join(bin, name);
    return isRoot ? ['setpriv', [`--reuid=${otherUser}`, `--regid=${otherUser}`, '--clear-groups', file, ...args]] : [file, [...args]];
  };
  const runOne = (name: string, args: readonly string[]) => runProgram(...command(name, args), { cwd: folder });
  const data = path.join(folder, 'data');
  const made = await runOne('initdb', [
    ...['-D', data, '-U', user, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    ...['-E', 'UTF8', '--locale=C', '--no-sync'],
  ]);
  run.throwIfClosing();
  if (made.code !== 0) throw new ProvisionError(`PostgreSQL's folder can't be set up:\n${lastLines(made.output)}`);
  await rm(passwordFile);

  return withFreshPorts(async () => {
    const port = await freePort();
    const url = `postgres://${user}:${password}@127.0.0.1:${port}/postgres`;
    const own = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off', 'max_connections=100', ...settings];
    const launch = async () => {
      const [file, args] = command('postgres', ['-D', data, ...own.flatMap((setting) => ['-c', setting])]);
      const logFile = run.path(`postgres-${port}.log`);
      const child = await startProcess(run, { name: 'PostgreSQL', command: file, args, cwd: folder, logFile });
      await child.waitUntil(() => answers(url), 120_000);
      return child;
    };
    const server = runServer(await launch(), launch);
    return { url, port, data, productName: `PostgreSQL ${program.version}`, run: runOne, ...server };
  });
}

/** Where the other user finds the programs: nobody but root can look into root's cache folder, so fetched ones are copied. */
async function reachableBin({ bin }: PostgresProgram, folder: string): Promise<string> {
  if (!bin.startsWith(cacheFolder())) return bin;
  const copy = path.join(folder, 'program');
  await cp(path.dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  return path.join(copy, 'bin');
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
