import { unlink } from 'node:fs/promises';
import type { Bench } from '../context.js';
import { Lab, type LabMeasured } from '../lab/lab.js';
import { tripBlocks, tripsFile } from '../lab/trips-file.js';
import { milestones } from '../measure/history.js';
import { askBoxes, type Answers } from '../measure/boxes.js';
import { duckdbTrips } from '../peers/duckdb-trips.js';
import { postgresTrips, type PostgresTrips } from '../peers/postgres-trips.js';
import type { Block } from '../report/markdown.js';
import { against, bytes, count, digits } from '../report/statistics.js';
import type { Scenario } from './scenario.js';
import { sharedTrips } from './trips-workers.js';

/** Trips of a further file, at most. */
const further = 1_000_000;

interface Loaded extends LabMeasured {
  /** Seconds until all rows were in bulk; of the rest groups were added. */
  readonly landed: number;
}

interface Size {
  readonly rows: number;
  readonly more: number;
  /** Bytes. */
  readonly file: number;
  readonly first: Loaded;
  readonly second: Loaded;
  readonly space: { readonly trip: number; readonly copy: number; readonly group: number; readonly groups: number };
  readonly answers: Answers;
  /** Undefined where Strata is measured alone. */
  readonly peers: { readonly postgres: PostgresTrips; readonly duckdb: number } | undefined;
}

/** Files of trips of several sizes until they are queryable, and a further file; then exact questions about areas. */
export const tripsOfSizes: Scenario = {
  name: 'trips',
  title: 'Trips',
  summary: 'files of trips with their groups and weeks, beside PostgreSQL and DuckDB; questions about areas, all checked',
  async run(bench) {
    const sizes: Size[] = [];
    for (const rows of bench.options.trips) sizes.push(await ofSize(bench, rows));
    return [...report(bench, sizes), ...(await sharedTrips(bench, bench.options.trips[0]!))];
  },
};

async function ofSize(bench: Bench, rows: number): Promise<Size> {
  const more = Math.min(further, rows);
  const lab = await Lab.open(bench, { pipeline: 'trips' });
  const load = async (trips: number, seed: number): Promise<Loaded & { readonly bytes: number }> => {
    bench.say(`making ${count(trips)} trips`);
    await lab.stream(`trips-${seed}.csv`, tripBlocks(trips, seed));
    await lab.settled();
    bench.say(`Strata, ${count(trips)} trips`);
    const measured = await lab.measure(() => lab.run());
    const { staging } = milestones(await lab.executions(measured.result));
    return { ...measured, landed: staging, bytes: measured.result.result.pickups.trips?.bytes ?? NaN };
  };
  const first = await load(rows, 1);
  const space = await spaceOf(lab, rows);
  const second = await load(more, 2);
  const answers = await askBoxes(bench, lab);
  // The disk need not hold what each contender makes of the rows at once, nor the files while Strata has them.
  await lab.close();
  const peers = bench.options.alone ? undefined : await peersOf(bench, rows, more);
  return { rows, more, file: first.bytes, first, second, space, answers, peers };
}

/** What the others need of the same rows. Each file goes as soon as nobody reads it any more. */
async function peersOf(bench: Bench, rows: number, more: number): Promise<NonNullable<Size['peers']>> {
  const big = await tripsFile(bench, rows, 1);
  bench.say(`DuckDB, ${count(rows)} trips`);
  const duckdb = await duckdbTrips(big, bench.run.path('data', 'duckdb-trips'));
  bench.say(`PostgreSQL, ${count(rows)} trips`);
  const postgres = await postgresTrips(
    bench,
    big,
    () => tripsFile(bench, more, 2),
    ({ path }) => unlink(path),
  );
  return { postgres, duckdb };
}

/** Bytes of a trip in its table and in the copy by destination, and of a group, as the server counts pages. */
async function spaceOf(lab: Lab, rows: number): Promise<Size['space']> {
  await lab.query('analyze table {bulk}.trips, {bulk}.trips_by_destination, {gear}.trip_group_sums_sums');
  const [counted] = await lab.query<{ n: number }>('select count(*) as n from {gear}.trip_group_sums_sums');
  const sizeOf = async (schema: string, table: string) => {
    const [found] = await lab.query<{ size: number | string }>(
      'select data_length + index_length as size from information_schema.tables where table_schema = ? and table_name = ?',
      [`${lab.prefix}${schema}`, table],
    );
    return Number(found?.size);
  };
  const groups = Number(counted?.n);
  return {
    trip: (await sizeOf('bulk', 'trips')) / rows,
    copy: (await sizeOf('bulk', 'trips_by_destination')) / rows,
    group: (await sizeOf('gear', 'trip_group_sums_sums')) / groups,
    groups,
  };
}

const others = ` PostgreSQL copies the same file as text, makes a typed table of it in SQL, the same groups and weeks of both points, an index for
      boxes by each, and then adds the further file. DuckDB writes the first file as Parquet, sorted by cell, and as groups. Neither checks
      rows, knows which files it has, or goes on after it was killed.`;

function report(bench: Bench, sizes: readonly Size[]): Block[] {
  const each = (cpu: number, rows: number) => digits((cpu / rows) * 1e6);
  const last = sizes.at(-1)!;
  const linear =
    sizes.length > 1
      ? ` A trip of the largest file costs ${against(cpuOf(last.first) / last.rows / (cpuOf(sizes[0]!.first) / sizes[0]!.rows), { atMost: 1.2 })} times as much as one of the smallest.`
      : '';
  const judged = [
    ...(last.peers ? [besidePeers(last, last.peers)] : []),
    `bytes a trip ${against(last.space.trip, { atMost: 60 })} and ${digits(last.space.copy)} in the copy by destination, a group ${against(last.space.group, { atMost: 80 })}`,
    `the most memory of the worker, in MB ${against(Math.max(...sizes.flatMap(({ first, second }) => [first.peak.worker, second.peak.worker])) / 1e6, { atMost: 400 })}`,
  ];
  return [
    `Files of trips all over three cities and a year, in no order, are in the bucket. Strata checks every field, loads each file with its groups,
      weeks and days, and a copy by destination with its own, and is measured until all of it shows.${last.peers ? others : ''} ${bench.database.product}: ${bench.database.settings}. CPU of the
      ${count(last.rows)}: ${judged.join('; ')}.${linear}`,
    {
      columns: [
        'trips',
        'file',
        's',
        'rows/s',
        'of that landing s',
        'worker µs a trip',
        'server µs a trip',
        'worker peak',
        'PostgreSQL µs a trip',
        'DuckDB µs a trip',
      ],
      rows: sizes.flatMap(({ rows, more, file, first, second, peers }) => [
        [
          count(rows),
          bytes(file),
          digits(first.seconds),
          digits(rows / first.seconds),
          digits(first.landed),
          each(first.cpu.worker, rows),
          each(first.cpu.database, rows),
          bytes(first.peak.worker),
          peers ? each(peers.postgres.first, rows) : '',
          peers ? each(peers.duckdb, rows) : '',
        ],
        [
          `${count(more)} more`,
          '',
          digits(second.seconds),
          digits(more / second.seconds),
          digits(second.landed),
          each(second.cpu.worker, more),
          each(second.cpu.database, more),
          bytes(second.peak.worker),
          peers ? each(peers.postgres.second, more) : '',
          '',
        ],
      ]),
    },
    `Space of the first file: ${sizes.map(({ rows, space }) => `${digits(space.trip)} bytes a trip, ${digits(space.copy)} more in the copy by destination, and ${digits(space.group)} a group at ${count(rows)} trips, with ${count(space.groups)} groups`).join('; ')}.`,
    `Questions to \`GET /api/trips/weekly\`, after both files; every answer equals a count of all rows. Milliseconds, p50 and
      p95.`,
    {
      columns: [
        'question',
        'by',
        'asked',
        ...sizes.map(({ rows, more }) => `${count(rows + more)} p50 ms`).flatMap((title) => [title, title.replace('p50', 'p95')]),
      ],
      rows: [...last.answers].map(([name, { question, by, asked }]) => [
        question,
        by,
        String(asked),
        ...sizes.flatMap(({ answers }) => [digits(answers.get(name)?.p50 ?? NaN), digits(answers.get(name)?.p95 ?? NaN)]),
      ]),
    },
    ...(last.peers ? [`A city by PostgreSQL's index: ${sizes.flatMap(cityByIndex).join(', ')}.`] : []),
  ];
}

function besidePeers({ first, second }: Size, { postgres, duckdb }: NonNullable<Size['peers']>): string {
  const multiple = (cpuOf(first) + cpuOf(second)) / (postgres.first + postgres.second);
  return `Strata's CPU as a multiple of PostgreSQL's: ${against(multiple, { atMost: 1.3 })}, with DuckDB at ${digits(duckdb / postgres.first)}`;
}

function cityByIndex({ rows, more, peers }: Size): readonly string[] {
  return peers ? [`${digits(peers.postgres.city)} ms at ${count(rows + more)}`] : [];
}

/** Of the worker and the server, in seconds. */
function cpuOf({ cpu }: Loaded): number {
  return cpu.worker + cpu.database;
}
