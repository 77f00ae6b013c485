import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { ProvisionError } from '../../programs/run-program.js';
import { messageOf } from '../../run/errors.js';
import type { Bench } from '../context.js';
import { dropDatabases } from '../drop-databases.js';
import type { DataFile } from '../lab/games.js';
import { measuredProgram, type ProgramCost } from '../measure/measured-program.js';
import { measure, settled } from '../measure/meter.js';
import { pythonDriver, pythonPackages } from '../../programs/python-packages.js';

const dltScript = fileURLToPath(new URL('dlt_land.py', import.meta.url));
/** Of more than twelve days: what takes days for months shows. */
const trialRows = 250_000;
export const dltVersion = '1.31.0';
const slingVersion = '1.2.24';

/** The program that lands a file in a table of an empty database; `home` is a folder that it may fill. */
type CommandFor = (file: DataFile, database: string, home: string) => PeerCommand;

interface PeerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface InstalledPeer {
  readonly label: string;
  readonly command: CommandFor;
}

export const peerNames = ['dlt', 'sling'] as const;
export type PeerName = (typeof peerNames)[number];
/** The scenarios in which a peer takes part. */
export const peerScenarios: Readonly<Record<PeerName, readonly string[]>> = { dlt: ['chain', 'lake'], sling: ['chain'] };
const installers: Record<PeerName, (bench: Bench) => Promise<InstalledPeer>> = { dlt, sling };

export interface PeerCost extends ProgramCost {
  /** CPU seconds of the server. */
  readonly server: number;
}

export interface Peer {
  readonly name: string;
  land(file: DataFile): Promise<PeerCost>;
}

/**
 * Peers that land a file in the same server, each warm from a small one. One that can't be installed, or can't land that, is a problem
 * of the bench, which goes on without it.
 */
export async function preparePeers(bench: Bench, names: readonly PeerName[]): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const name of names) {
    try {
      const { label, command } = await installers[name](bench);
      await land(bench, command, await bench.gamesFile({ count: trialRows }));
      peers.push({ name: label, land: (file) => land(bench, command, file) });
    } catch (error) {
      bench.run.throwIfClosing();
      bench.problem(`${name} is left out: ${messageOf(error)}`);
    }
  }
  return peers;
}

async function dlt(bench: Bench): Promise<InstalledPeer> {
  const packages = [`dlt[sqlalchemy,parquet]==${dltVersion}`];
  const folder = await pythonPackages(`dlt-${dltVersion}`, { packages, addDriver: true, say: bench.say, signal: bench.signal });
  const driver = await pythonDriver(folder);
  return {
    label: `dlt ${dltVersion} (pyarrow, Parquet, ${driver.name})`,
    command: (file, database, home) => ({
      command: path.join(folder, 'bin', 'python'),
      args: [dltScript, file.path, 'games'],
      env: {
        PEER_URL: bench.database.url.replace(/^mysql:/, `${driver.scheme}:`) + (driver.name === 'mysqlclient' ? '/?charset=utf8mb4' : '/'),
        PEER_DATABASE: database,
        DLT_DATA_DIR: home,
        // Several files keep both workers busy: a quarter less time for a million rows than in one; smaller ones or more workers are no faster.
        LOAD__WORKERS: '2',
        DATA_WRITER__FILE_MAX_ITEMS: '250000',
        RUNTIME__DLTHUB_TELEMETRY: 'false',
        RUNTIME__LOG_LEVEL: 'ERROR',
      },
    }),
  };
}

async function sling(bench: Bench): Promise<InstalledPeer> {
  const packages = [`sling==${slingVersion}`];
  const folder = await pythonPackages(`sling-${slingVersion}`, { packages, say: bench.say, signal: bench.signal });
  const program = await slingProgram(folder);
  return {
    label: `sling ${slingVersion}`,
    command: (file, database) => ({
      command: program,
      args: [
        'run',
        '--src-stream',
        `file://${file.path}`,
        '--tgt-conn',
        'WAREHOUSE',
        '--tgt-object',
        `${database}.games`,
        '--mode',
        'full-refresh',
        // Without it, days up to the 12th are taken for months.
        '--src-options',
        '{ "datetime_format": "02/01/2006" }',
      ],
      env: { WAREHOUSE: `${bench.database.url}/${database}`, SLING_DISABLE_TELEMETRY: 'true' },
    }),
  };
}

/** Its packages hold one program by platform: sling_linux_amd64/bin/sling-linux-amd64. */
async function slingProgram(folder: string): Promise<string> {
  const found = (await readdir(folder, { recursive: true })).find((name) => /sling_\w+\/bin\/sling-[^/]+$/.test(name));
  if (!found) throw new ProvisionError(`there is no program in sling's packages (${folder}).`);
  return path.join(folder, found);
}

/** A database of its own, empty at the start, gone at the end. */
async function land(bench: Bench, commandFor: CommandFor, file: DataFile): Promise<PeerCost> {
  const { database, run } = bench;
  const name = `bench_${randomBytes(4).toString('hex')}_peer`;
  const home = run.path(name);
  await mkdir(home);
  const connection = await createConnection({ uri: database.url });
  try {
    await connection.query('create database ?? character set utf8mb4', [name]);
    await settled(database.pids);
    const { command, args, env } = commandFor(file, name, home);
    // Some keep state in the home folder.
    const started = () =>
      measuredProgram(run, { name: path.basename(command), command, args, env: { ...process.env, HOME: home, ...env }, cwd: home });
    const { result, cpu } = await measure({ database: database.pids }, started);
    const [[landed]] = await connection.query<({ rows: number } & RowDataPacket)[]>('select count(*) as `rows` from ??.games', [name]);
    if (landed?.rows !== file.rows) throw new Error(`${path.basename(command)} landed ${landed?.rows} of ${file.rows} rows`);
    return { ...result, server: cpu.database };
  } finally {
    await connection.end();
    // Staging databases of its own begin with the same name.
    await dropDatabases(database.url, name);
  }
}
