import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { pythonPackages } from '../../programs/python-packages.js';
import type { Bench } from '../context.js';
import { measuredProgram } from '../measure/measured-program.js';
import { measure } from '../measure/meter.js';
import { dltVersion } from './index.js';
import type { SourceTable, TableCost } from './psql-gzip.js';

const script = fileURLToPath(new URL('dlt_extract.py', import.meta.url));

/** dlt's source for SQL databases, as it is fastest: `extract` writes a table into a file of Parquet, and throws where rows are missing. */
export async function dltExtract(bench: Bench): Promise<{ readonly name: string; extract(table: SourceTable): Promise<TableCost> }> {
  const packages = [`dlt[parquet,sql-database]==${dltVersion}`, 'psycopg2-binary', 'numpy', 'connectorx'];
  const folder = await pythonPackages(`dlt-${dltVersion}-postgres`, { packages, say: bench.say, signal: bench.signal });
  const python = path.join(folder, 'bin', 'python');
  return { name: `dlt ${dltVersion} (connectorx, Parquet)`, extract: (table) => extract(bench, python, table) };
}

async function extract({ run }: Bench, python: string, { url, pid, table, rows }: SourceTable): Promise<TableCost> {
  const home = run.path('data', 'dlt');
  const lake = path.join(home, 'lake');
  await rm(home, { recursive: true, force: true });
  const { result, cpu } = await measure({ source: [pid] }, () =>
    measuredProgram(run, {
      name: 'dlt',
      command: python,
      args: [script, table, 'connectorx'],
      env: {
        ...process.env,
        ...{
          HOME: home,
          DLT_DATA_DIR: home,
          PEER_URL: url.replace(/^postgres:/, 'postgresql+psycopg2:'),
          PEER_FOLDER: pathToFileURL(home).href,
        },
        ...{ RUNTIME__DLTHUB_TELEMETRY: 'false', RUNTIME__LOG_LEVEL: 'ERROR' },
      },
      cwd: run.folder,
    }),
  );
  const files = (await readdir(path.join(lake, table)))
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => path.join(lake, table, name));
  const written = await rowsOf(files);
  if (written !== rows) throw new Error(`dlt wrote ${written} of ${rows} rows`);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  await rm(home, { recursive: true });
  return {
    seconds: result.seconds,
    client: result.cpu,
    source: cpu.source,
    peak: result.peak,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

async function rowsOf(files: readonly string[]): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const list = files.map((file) => `'${file}'`).join(', ');
    const result = await connection.runAndReadAll(`select count(*)::int from read_parquet([${list}])`);
    return Number(result.getRows()[0]?.[0]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
