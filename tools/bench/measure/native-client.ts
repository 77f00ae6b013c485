import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createConnection } from 'mysql2/promise';
import { findProgram, runProgram } from '../../programs/run-program.js';
import type { RunFolder } from '../../run/run-folder.js';
import type { Bench } from '../context.js';
import type { Database } from '../servers.js';
import { measuredProgram, type ProgramCost } from './measured-program.js';

/** How the client programs are told to do without TLS, which Strata's workers here do without too. */
const plainText = { mariadb: ['--skip-ssl'], mysql: ['--ssl-mode=DISABLED', '--get-server-public-key'] };

export interface NativeClient {
  readonly name: string;
  /** `statement` loads the file `{file}`. */
  load(statement: string, file: string): Promise<ProgramCost>;
}

/**
 * The database's own client, which loads a file as fast as one connection can: `mariadb` or `mysql`, the first one that this server takes;
 * else mysql2 with a raw stream.
 */
export async function nativeClient({ run }: Bench, database: Database): Promise<NativeClient> {
  const { hostname, port, username, password } = new URL(database.url);
  const connect = [
    '--no-defaults',
    `--host=${hostname}`,
    `--port=${port || 3306}`,
    `--user=${decodeURIComponent(username)}`,
    '--local-infile=1',
  ];
  const env = { ...process.env, ...database.program?.env, MYSQL_PWD: decodeURIComponent(password) };
  const { root } = database.program ?? {};
  for (const name of database.name === 'mysql' ? ['mysql', 'mariadb'] : ['mariadb', 'mysql']) {
    const program = await findProgram([name], root ? [path.join(root, 'bin')] : []);
    if (!program) continue;
    for (const extra of [...Object.values(plainText), []]) {
      const args = [...connect, ...extra];
      const { code } = await runProgram(program, [...args, '--execute=select 1'], { env, timeoutMs: 10_000 });
      if (code === 0) return { name: `${name} client`, load: (statement, file) => byProgram(run, { program, args, env }, statement, file) };
    }
  }
  return { name: 'mysql2, raw stream (no client program here)', load: (statement, file) => byDriver(database.url, statement, file) };
}

interface ClientCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

function byProgram(run: RunFolder, { program, args, env }: ClientCall, statement: string, file: string): Promise<ProgramCost> {
  const call = [...args, `--execute=${statement.replace('{file}', file)}`];
  return measuredProgram(run, { name: path.basename(program), command: program, args: call, env, cwd: run.folder });
}

async function byDriver(url: string, statement: string, file: string): Promise<ProgramCost> {
  const connection = await createConnection({ uri: url, multipleStatements: true });
  try {
    const before = process.cpuUsage();
    const started = performance.now();
    await connection.query({ sql: statement, infileStreamFactory: () => createReadStream(file, { highWaterMark: 1 << 18 }) });
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6, peak: NaN };
  } finally {
    await connection.end();
  }
}
