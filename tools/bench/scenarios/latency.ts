import { announcingEndpoint } from '../lab/announcing-endpoint.js';
import { Arrivals, type Way } from '../lab/arrivals.js';
import { buildHistory } from '../lab/build-history.js';
import { usersFor } from '../lab/games.js';
import { Lab, type LabMeasured, pipeline } from '../lab/lab.js';
import { against, bytes, count, digits, quantile } from '../report/statistics.js';
import type { Scenario } from './scenario.js';

const rowsOfFile = 10;
/** Seconds between two larger files, at least; undefined without any. The next one is put when the last one is in bus, if that is later. */
const loadedEvery = 10;
const situations = { idle: undefined, loaded: loadedEvery, saturated: 0 };
/** The pickup's schedule: seconds between two looks into the bucket. */
const pickupEvery = 180;
/** Seconds over which puts are spread that wait for schedules. */
const span = 2 * pickupEvery;
/** Seconds that are granted for the work after the pickup, where schedules alone start it. */
const work = 5;

interface Latency extends LabMeasured {
  readonly way: string;
  readonly name: string;
  readonly situation: string;
  /** Seconds of each file. */
  readonly result: readonly number[];
}

/** Put of a small file until its rows are visible in bus. */
export const latency: Scenario = {
  name: 'latency',
  title: 'Latency',
  summary: 'a small file from its put to bus, idle and under load, by run, by event and by schedules alone',
  async run(bench) {
    const { puts, quick } = bench.options;
    const [size, loadRows] = quick ? [10_000, 2_000] : [1_000_000, 20_000];
    const lab = await Lab.open(bench);
    await buildHistory(bench, lab, size);

    const arrivals = new Arrivals(lab, { taken: size, users: usersFor(size) });
    const ways: readonly (Way & { readonly way: string; readonly name: string })[] = [
      { way: 'run', name: '`strata run` after each put', after: (seen) => runUntil(lab, seen) },
      { way: 'events', name: 'S3 event', endpoint: await announcingEndpoint(bench, lab) },
    ];
    const measured: Latency[] = [];
    const add = async (way: string, name: string, situation: string, work: () => Promise<number[]>) => {
      bench.say(`${name}, ${situation}`);
      measured.push({ way, name, situation, ...(await lab.measure(work)) });
    };
    for (const { way, name, ...how } of ways) {
      for (const [situation, every] of Object.entries(situations)) {
        // A quick run looks at the load that matters most, by the way that is meant for it.
        if (quick && (situation === 'saturated' || (situation === 'loaded' && way === 'run'))) continue;
        const load = every === undefined ? undefined : { every, rows: loadRows };
        await add(way, name, situation, () => arrivals.inTurn(how, { files: puts, rows: rowsOfFile, load }));
      }
    }
    // A quick run has no minutes to wait for schedules.
    if (!quick) {
      const small = () => arrivals.spreadOver(span, { files: puts, rows: rowsOfFile });
      const large = () => arrivals.spreadOver(span, { files: span / loadedEvery, rows: loadRows });
      await lab.strata('schedules', 'apply', pipeline);
      await add('schedules', 'schedules alone', 'idle', small);
      await add('schedules', 'schedules alone', 'loaded', async () => {
        const [seconds] = await Promise.all([small(), large()]);
        return seconds;
      });
      await lab.strata('schedules', 'remove', pipeline);
    }

    const judged = measured
      .filter(({ way }) => way === 'events')
      .map(({ situation, result }) => `${situation}, ${judge(result, { p50: 2, p95: 5 })}`);
    const alone = measured.find(({ way, situation }) => way === 'schedules' && situation === 'idle');
    return [
      `A file of ${rowsOfFile} new games is put into the bucket of a warehouse with ${count(size)} games; seconds from the end of the put
        until the last of them is in \`bus.total_games\`, one file after the other. Events are those of VersityGW, by webhook to \`strata serve\`. Loaded: a file of ${count(loadRows)} new games by users of all times
        comes every ${loadedEvery} s, which is ${count((loadRows / loadedEvery) * 86_400)} games a day${quick ? '' : '; saturated: the next as soon as the last one is in bus'}. ${bench.database.product}: ${bench.database.settings}. By S3 event: ${judged.join('; ')}.${
          alone
            ? ` By schedules alone, where puts are spread over ${span / 60} minutes and nothing waits for anything, idle, the longest ${against(Math.max(...alone.result), { atMost: pickupEvery + work })}.`
            : ''
        }`,
      {
        columns: ['pickup by', 'system', 'files', 'p50 s', 'p95 s', 'min s', 'max s'],
        rows: measured.map(({ name, situation, result }) => [
          name,
          situation,
          String(result.length),
          ...[quantile(result, 0.5), quantile(result, 0.95), Math.min(...result), Math.max(...result)].map(digits),
        ]),
      },
      'What it took, load and looking included: the share of a processor, and the most memory of the worker:',
      {
        columns: ['pickup by', 'system', 'database', 'worker', 'Temporal', 'VersityGW', '`strata serve`', 'worker peak'],
        rows: measured.map(({ name, situation, seconds, cpu, peak }) => [
          name,
          situation,
          ...[cpu.database, cpu.worker, cpu.temporal, cpu.store, cpu.serve].map((spent) => share(spent / seconds)),
          bytes(peak.worker),
        ]),
      },
    ];
  },
};

/** Runs the pipeline until what was put is seen: a run that was on already may have listed the bucket before. */
async function runUntil(lab: Lab, seen: () => boolean): Promise<void> {
  while (!seen()) await lab.run();
}

function judge(seconds: readonly number[], { p50, p95 }: { readonly p50: number; readonly p95: number }): string {
  return `p50 ${against(quantile(seconds, 0.5), { atMost: p50 })}, p95 ${against(quantile(seconds, 0.95), { atMost: p95 })}`;
}

function share(ratio: number): string {
  return Number.isFinite(ratio) ? `${Math.round(ratio * 100)} %` : '-';
}
