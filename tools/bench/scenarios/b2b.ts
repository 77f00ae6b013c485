import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { addDays } from '../../../src/contracts/dates/dates.js';
import type { RunInput } from '../../../src/contracts/workflows.js';
import { firstB2bDay, writeB2bFiles } from '../../samples/b2b/files.js';
import type { Bench } from '../context.js';
import { Lab, type LabMeasured } from '../lab/lab.js';
import { logReaders, logSpeed, webLog } from '../measure/log-speed.js';
import { interleave } from '../measure/meter.js';
import { duckdbDay } from '../peers/duckdb-day.js';
import type { Block } from '../report/markdown.js';
import { against, bytes, count, digits, median, ratios, spread } from '../report/statistics.js';
import type { Scenario } from './scenario.js';

/** Lines a second of one processor that web logs are to reach. */
const goalOfLogs = 150_000;

/** Dates of b2b: the initial load, one day, many days; and how fast its web logs are read. */
export const b2bDays: Scenario = {
  name: 'b2b',
  title: 'Days of b2b',
  summary: 'the initial load, a day and many days of b2b, beside DuckDB; web logs beside a regular expression',
  async run(bench) {
    const { days, dayRows, longRounds } = bench.options;
    const folder = bench.run.path('data', 'b2b');
    bench.say(`writing ${count(days)} days`);
    const keys = await writeB2bFiles(folder, { rows: dayRows, days });
    const contenders = [
      { name: 'Strata', measure: () => allDays(bench, folder, keys) },
      { name: 'DuckDB', measure: () => peerDays(bench, folder) },
    ];
    const samples = await interleave(longRounds, contenders, bench.say);
    await rm(folder, { recursive: true });
    const of = (name: string, part: keyof Days) => samples.of(name).map((sample) => sample[part]);
    const seconds = (name: string, part: keyof Days) => of(name, part).map((cost) => cost.seconds);
    const lines = (part: keyof Days, what: string) => [
      what,
      spread(seconds('Strata', part)),
      ...(['worker', 'database', 'temporal'] as const).map((group) => spread(of('Strata', part).map(({ cpu }) => cpu?.[group] ?? NaN))),
      bytes(Math.max(...of('Strata', part).map(({ peak }) => peak?.worker ?? NaN))),
      spread(seconds('DuckDB', part)),
    ];
    const rest = days - 1;
    return [
      `Files of ${count(days)} days with ${count(dayRows)} rows each in the bucket, all there from the beginning. Each run ends when the reports
        and snapshots of its dates are written. DuckDB reads the same files from disk into five Parquet files and four reports: for one day
        those of the first day, for the further days those of the last one, which it makes of all files before it. It checks no row against a
        contract, finds no countries and devices, keeps nothing, and shows so what can be had at most.
        ${bench.database.product}: ${bench.database.settings}.`,
      {
        columns: ['run', 'Strata s', 'worker CPU s', 'server CPU s', 'Temporal CPU s', 'worker peak', 'DuckDB s'],
        rows: [lines('init', 'initial load'), lines('day', 'one day'), ...(rest > 0 ? [lines('rest', `${count(rest)} further days`)] : [])],
      },
      ...(rest > 0 ? [`One of the further days takes ${digits(median(seconds('Strata', 'rest')) / rest)} s.`] : []),
      ...(await logs(bench)),
    ];
  },
};

interface Cost extends Partial<Pick<LabMeasured, 'cpu' | 'peak'>> {
  readonly seconds: number;
}

type Days = Readonly<Record<'init' | 'day' | 'rest', Cost>>;

const unmeasured: Cost = { seconds: NaN };

async function allDays(bench: Bench, folder: string, keys: readonly string[]): Promise<Days> {
  const { days } = bench.options;
  const lab = await Lab.open(bench, { pipeline: 'b2b' });
  for (const key of keys) await lab.put(key, { path: path.join(folder, key) });
  const run = async (scope: Pick<RunInput, 'dates' | 'initial'>): Promise<Cost> => {
    await lab.settled();
    return lab.measure(() => lab.run(scope));
  };
  const init = await run({ initial: true });
  const day = await run({ dates: { from: firstB2bDay, to: firstB2bDay } });
  const further = { from: addDays(firstB2bDay, 1), to: addDays(firstB2bDay, days - 1) };
  const rest = days > 1 ? await run({ dates: further }) : unmeasured;
  await lab.close();
  return { init, day, rest };
}

async function peerDays(bench: Bench, folder: string): Promise<Days> {
  const dates = (await readdir(path.join(folder, 'data/raw'))).sort();
  const timed = async (date: string): Promise<Cost> => {
    const target = bench.run.path('data', 'duckdb');
    const began = performance.now();
    await duckdbDay(folder, date, target);
    const seconds = (performance.now() - began) / 1_000;
    await rm(target, { recursive: true });
    return { seconds };
  };
  const day = await timed(dates[0] ?? firstB2bDay);
  return { init: unmeasured, day, rest: dates.length > 1 ? await timed(dates.at(-1) ?? '') : unmeasured };
}

async function logs(bench: Bench): Promise<Block[]> {
  const { quick, rounds } = bench.options;
  const few = webLog(quick ? 50_000 : 1_000_000, quick ? 250 : 5_000);
  const many = webLog(quick ? 5_000 : 100_000, quick ? 5_000 : 100_000);
  const samples = await interleave(
    rounds,
    [few, many].flatMap((log) =>
      logReaders.map((reader) => ({ name: `${reader}, ${count(log.agents.length)} agents`, measure: () => logSpeed(log, reader) })),
    ),
    bench.say,
  );
  const of = (reader: string, { agents }: typeof few) => samples.of(`${reader}, ${count(agents.length)} agents`);
  const share = median(ratios(of('library alone', many), of('Strata', many)));
  return [
    `Web logs in memory to rows for \`LOAD DATA\`, with country and device, by one processor: ${count(few.lines)} lines of
      ${count(few.agents.length)} different user agents, and ${count(many.lines)} lines of which each has another one. The regular expression only cuts the
      lines. The library alone is all that ua-parser-js says of each different agent, once. Strata asks it for the device, and for the system where there is none. Strata's lines a second with few agents: ${against(median(of('Strata', few)), { atLeast: goalOfLogs })}. Its time with agents that
      all differ, as a multiple of the library's: ${against(share, { atMost: 1.2 })}.`,
    {
      columns: ['reader', `lines/s, ${count(few.agents.length)} agents`, `lines/s, ${count(many.agents.length)} agents`],
      rows: logReaders.map((reader) => [reader, spread(of(reader, few)), spread(of(reader, many))]),
    },
  ];
}
