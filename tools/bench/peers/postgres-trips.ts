import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from } from 'pg-copy-streams';
import { postgresProgram } from '../../programs/postgres-program.js';
import { cities } from '../../samples/trips/files.js';
import { startPostgres } from '../../servers/postgres.js';
import type { Bench } from '../context.js';
import type { DataFile } from '../lab/games.js';
import { measure } from '../measure/meter.js';
import { median } from '../report/statistics.js';

export interface PostgresTrips {
  /** CPU seconds of the server and of who copies the first file, its groups, its weeks and the index with it. */
  readonly first: number;
  /** The same of the further file. */
  readonly second: number;
  /** Milliseconds of a question about a city. */
  readonly city: number;
}

const settings = ['fsync=on', 'shared_buffers=2GB', 'max_wal_size=8GB', 'work_mem=256MB', 'maintenance_work_mem=512MB', 'jit=off'];
const lonOf = (point: string) => `split_part(substr(${point}, 8), ' ', 1)::float8`;
const latOf = (point: string) => `rtrim(split_part(substr(${point}, 8), ' ', 2), ')')::float8`;

const tables = `
create unlogged table raw (region text, origin text, destination text, datetime text, datasource text);
create table trips (region text, datasource text, datetime timestamp(0), ox int, oy int, dx int, dy int);
create table trip_groups (region text, ocx int, ocy int, dcx int, dcy int, hour smallint, trips int, first timestamp(0), last timestamp(0),
  primary key (ocx, ocy, region, dcx, dcy, hour));
create table trip_weeks (ocx int, ocy int, week int, region text, trips int, primary key (ocx, ocy, week, region));
create table trip_destination_weeks (dcx int, dcy int, week int, region text, trips int, primary key (dcx, dcy, week, region));
create table trip_sources (region text, datasource text, trips int, first timestamp(0), last timestamp(0), primary key (region, datasource));`;

/** What a file of raw rows brings: typed rows, and groups, weeks and sources with them. */
const steps = [
  `create unlogged table fresh as select region, datasource, datetime::timestamp(0) as datetime,
     round(${lonOf('origin')} * 1e7)::int as ox, round(${latOf('origin')} * 1e7)::int as oy,
     round(${lonOf('destination')} * 1e7)::int as dx, round(${latOf('destination')} * 1e7)::int as dy from raw`,
  'insert into trips select * from fresh',
  `insert into trip_groups select region, floor(ox / 1e5)::int, floor(oy / 1e5)::int, floor(dx / 1e5)::int, floor(dy / 1e5)::int, extract(hour from datetime),
     count(*), min(datetime), max(datetime) from fresh group by 1, 2, 3, 4, 5, 6 order by 2, 3, 1, 4, 5, 6
   on conflict (ocx, ocy, region, dcx, dcy, hour) do update set trips = trip_groups.trips + excluded.trips,
     first = least(trip_groups.first, excluded.first), last = greatest(trip_groups.last, excluded.last)`,
  `insert into trip_weeks select floor(ox / 1e5)::int, floor(oy / 1e5)::int, to_char(datetime, 'IYYYIW')::int, region, count(*) from fresh group by 1, 2, 3, 4
   order by 1, 2, 3, 4 on conflict (ocx, ocy, week, region) do update set trips = trip_weeks.trips + excluded.trips`,
  `insert into trip_destination_weeks select floor(dx / 1e5)::int, floor(dy / 1e5)::int, to_char(datetime, 'IYYYIW')::int, region, count(*) from fresh
   group by 1, 2, 3, 4 order by 1, 2, 3, 4 on conflict (dcx, dcy, week, region) do update set trips = trip_destination_weeks.trips + excluded.trips`,
  `insert into trip_sources select region, datasource, count(*), min(datetime), max(datetime) from fresh group by 1, 2
   on conflict (region, datasource) do update set trips = trip_sources.trips + excluded.trips,
     first = least(trip_sources.first, excluded.first), last = greatest(trip_sources.last, excluded.last)`,
  'drop table fresh',
  'truncate raw',
];

/** PostgreSQL's COPY, and SQL that makes the same of it: rows of text are taken as they are, and nothing is known of files. */
/** `copied` hears of each file when its rows are in the database. */
export async function postgresTrips(
  bench: Bench,
  first: DataFile,
  second: () => Promise<DataFile>,
  copied: (file: DataFile) => Promise<void>,
): Promise<PostgresTrips> {
  const program = await postgresProgram({ say: bench.say, signal: bench.signal });
  const server = await startPostgres(bench.run, { program, settings });
  bench.onEnd({ close: () => server.process().stop() });
  const client = new Client({ connectionString: server.url });
  client.on('error', () => undefined);
  await client.connect();
  const load = async (file: DataFile, ...more: readonly string[]): Promise<number> => {
    const before = process.cpuUsage();
    const { cpu } = await measure({ postgres: [server.process().pid] }, async () => {
      const copy = client.query(from('copy raw from stdin (format csv, header)'));
      await pipeline(createReadStream(file.path, { highWaterMark: 1 << 18 }), copy);
      await copied(file);
      for (const step of [...steps, ...more]) await client.query(step);
      await client.query('checkpoint');
    });
    const { user, system } = process.cpuUsage(before);
    return cpu.postgres + (user + system) / 1e6;
  };
  try {
    await client.query(tables);
    const loaded = await load(first, 'create index box on trips (ox, oy)', 'create index destination_box on trips (dx, dy)');
    const added = await load(await second());
    await client.query('vacuum (analyze) trips');
    return { first: loaded, second: added, city: await cityOf(client) };
  } finally {
    await client.end();
    await server.process().stop();
  }
}

/** The median of some questions about the middle of a city. */
async function cityOf(client: Client): Promise<number> {
  const [{ west, south, width, height }] = cities;
  const corners = [west + 0.005, west + width - 0.005, south + 0.005, south + height - 0.005].map((degrees) => Math.round(degrees * 1e7));
  const times: number[] = [];
  for (let asked = 0; asked < 5; asked++) {
    const began = performance.now();
    await client.query(
      "select to_char(datetime, 'IYYYIW') as week, count(*) from trips where ox between $1 and $2 and oy between $3 and $4 group by 1",
      corners,
    );
    times.push(performance.now() - began);
  }
  return median(times);
}
