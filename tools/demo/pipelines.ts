import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { b2b } from '../../src/pipelines/b2b.js';
import { eastrock } from '../../src/pipelines/eastrock.js';
import { trips } from '../../src/pipelines/trips.js';
import { totesys } from '../../src/pipelines/totesys.js';
import type { PipelineDefinition } from '../../src/index.js';
import { ProvisionError } from '../programs/run-program.js';
import { firstB2bDay, writeB2bFiles } from '../samples/b2b/files.js';
import { writeSampleFiles } from '../samples/eastrock-files.js';
import { writeTripFiles } from '../samples/trips/files.js';
import { TotesysSource } from '../samples/totesys/source.js';
import type { DemoDatabase } from './database.js';

/** What the demo does with one of the built-in pipelines. */
export interface DemoPipeline {
  readonly definition: PipelineDefinition;
  /** Where its files are put, where there is an S3 server. */
  readonly bucket: string;
  /** Where its processed bucket is, where there is an S3 server. */
  readonly processedBucket?: string;
  /** Rows to generate where no number is given. */
  readonly rows: number;
  /** When its schedules look for files. */
  readonly schedules: string;
  /** Writes sample files into a folder; returns their keys below the source. */
  generate(folder: string, rows: number): Promise<readonly string[]>;
  /** Keys of the files of a folder that go into the source. */
  keysOf(folder: string): Promise<readonly string[]>;
  /** Fills the database that it extracts, in place of files; `rows` is how many orders there are. */
  fill?(url: string, rows: number): Promise<DemoDatabase>;
  /** It gets a server of rates, and a receiver of its alerts. */
  readonly web?: true;
  /**
   * Commands that bring the files to their tables, in their order. In between 'change' changes the database, 'mistake' makes one in it, and
   * 'alert' shows what somebody would be told.
   */
  readonly runs: readonly (readonly string[] | 'change' | 'mistake' | 'alert')[];
  /** Tables of bus to look at. */
  readonly tables: readonly string[];
  /** What people can do next, in another terminal. */
  readonly next: readonly string[];
}

const days = 3;
const day = (index: number) => new Date(Date.parse(`${firstB2bDay}T00:00:00Z`) + index * 86_400_000).toISOString().slice(0, 10);

const demoPipelines: readonly DemoPipeline[] = [
  {
    definition: eastrock,
    bucket: 'eastrockvalley-test',
    rows: 6_000,
    schedules: 'every 3 and 10 min',
    generate: async (folder, rows) => (await writeSampleFiles(folder, { rows })).map((file) => path.basename(file)),
    keysOf: csvFiles,
    runs: [['run', 'eastrock']],
    tables: ['total_users', 'daily_countries', 'total_payments'],
    next: [
      "printf 'UserID,UserName,SignUpDate,Country\\n900001,Ada,31/12/2025,DE\\n' > users_ada.csv",
      'strata put --pipeline eastrock users_ada.csv',
      'strata run eastrock',
    ],
  },
  {
    definition: b2b,
    bucket: 'b2b-test',
    rows: 6_000,
    schedules: 'daily at 01:00 UTC',
    generate: (folder, rows) => writeB2bFiles(folder, { rows, days }),
    keysOf: async (folder) => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const keys = entries
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
        .filter((key) => key.startsWith('data/'));
      if (keys.length === 0) throw new ProvisionError(`--input: there is no file below ${path.join(folder, 'data')}`);
      return keys.sort();
    },
    runs: [['run', 'b2b', '--init'], ...Array.from({ length: days }, (_, index) => ['run', 'b2b', '--date', day(index)])],
    tables: ['latest_monthly_sales', 'most_used_devices', 'total_leads'],
    next: ['strata exports list b2b', 'strata report monthly_sales', `strata run b2b --date ${day(days - 1)}`],
  },
  {
    definition: totesys,
    bucket: 'totesys-ingest-test',
    processedBucket: 'totesys-processed-test',
    rows: 6_000,
    schedules: 'every 5 and 10 min',
    fill: (url, rows) => TotesysSource.create(url, { orders: Math.ceil(rows / 10) }),
    generate: () => Promise.resolve([]),
    keysOf: () => Promise.reject(new ProvisionError('--input: totesys reads a database, so it takes no files')),
    web: true,
    runs: [['extract', 'totesys'], 'change', ['extract', 'totesys'], 'mistake', ['extract', 'totesys'], 'alert'],
    tables: ['fact_sales_order', 'current_sales_order', 'dim_counterparty'],
    next: [
      ...['strata extract totesys', 'strata lake runs totesys --processed', 'strata lake verify totesys'],
      ...['strata report current_sales_order', 'strata quarantine list totesys', 'strata alerts list totesys'],
      ...['strata extract totesys --extract fx_rates', 'strata report fx_rates'],
    ],
  },
  {
    definition: trips,
    bucket: 'trips-test',
    rows: 1_000_000,
    schedules: 'every 3 and 10 min',
    generate: (folder, rows) => writeTripFiles(folder, { rows }),
    keysOf: csvFiles,
    runs: [['run', 'trips']],
    tables: ['trip_sources', 'trip_weeks'],
    next: [
      'strata trips weekly --box 14.40,50.05,14.45,50.10',
      'strata trips weekly --region Prague --from 2018-05-01 --to 2018-05-31 --json',
      'strata report trip_sources',
    ],
  },
];

/** Those that a name stands for: of one pipeline, or `all`. */
export function demoPipelinesOf(name: string): readonly DemoPipeline[] {
  const found = demoPipelines.filter(({ definition }) => name === 'all' || definition.name === name);
  const names = demoPipelines.map(({ definition }) => definition.name).join(', ');
  if (found.length === 0) throw new ProvisionError(`--pipeline takes one of ${names} or all, not "${name}".`);
  return found;
}

async function csvFiles(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => /\.csv(\.gz|\.zst)?$/.test(name)).sort();
  if (names.length === 0)
    throw new ProvisionError(`--input: there is no *.csv file in ${folder} itself; folders below it are not looked at`);
  return names;
}
