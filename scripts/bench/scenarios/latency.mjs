import { Arrivals } from '../arrivals.mjs';
import { buildHistory } from '../build-history.mjs';
import { eventEndpoint } from '../event-endpoint.mjs';
import { usersFor } from '../games.mjs';
import { Lab, pipeline } from '../lab.mjs';
import { against, bytes, count, digits, quantile } from '../statistics.mjs';

const rowsOfFile = 10;
/** Seconds between two larger files, at least; undefined without any. The next one is put when the last one is in bus, if that is later. */
const situations = { idle: undefined, loaded: 10, saturated: 0 };
/** The pickup's schedule: seconds between two looks into the bucket. */
const pickupEvery = 180;
/** Seconds that are granted for the work after the pickup, where schedules alone start it. */
const work = 5;

/** Put of a small file until its rows are visible in bus. */
export const latency = {
  name: 'latency',
  title: 'Latency',
  summary: 'a small file from its put to bus, idle and under load, by run, by event and by schedules alone',
  async run(bench) {
    const { puts, quick } = bench.options;
    const size = quick ? 10_000 : 100_000;
    const lab = await Lab.open(bench);
    await buildHistory(bench, lab, size);

    const loadRows = size / 5;
    const arrivals = new Arrivals(lab, { taken: size, users: usersFor(size) });
    const events = await eventEndpoint(lab);
    const ways = {
      run: { name: '`strata run` after each put', announce: (_key, seen) => runUntil(lab, seen) },
      events: { name: 'S3 event', announce: (key) => events.notify(key) },
    };
    const measured = [];
    for (const [way, { name, announce }] of Object.entries(ways)) {
      for (const [situation, every] of Object.entries(situations)) {
        // A quick run looks at the load that matters most, by the way that is meant for it.
        if (quick && (situation === 'saturated' || (situation === 'loaded' && way === 'run'))) continue;
        bench.say(`${name}, ${situation}`);
        const load = every === undefined ? undefined : { every, rows: loadRows };
        const files = { files: puts, rows: rowsOfFile, announce, load };
        measured.push({ way, name, situation, ...(await lab.measure(() => arrivals.inTurn(files))) });
      }
    }
    // A quick run has no minutes to wait for schedules.
    if (!quick) {
      bench.say('schedules alone, idle');
      const alone = () => bySchedules(lab, () => arrivals.spreadOver(2 * pickupEvery * 1_000, { files: puts, rows: rowsOfFile }));
      measured.push({ way: 'schedules', name: 'schedules alone', situation: 'idle', ...(await lab.measure(alone)) });
    }

    const judged = measured
      .filter(({ way }) => way === 'events')
      .map(({ situation, result }) => `${situation}, ${judge(result, { p50: 2, p95: 5 })}`);
    const alone = measured.find(({ way }) => way === 'schedules');
    return [
      `A file of ${rowsOfFile} new games is put into the bucket of a warehouse with ${count(size)} games; seconds from the end of the put
        until the last of them is in \`bus.total_games\`, one file after the other. The bench itself posts the store's notification to
        \`strata serve\`, right after the put. Loaded: a file of ${count(loadRows)} new games by users of all times
        comes every ${situations.loaded} s, which is ${count((loadRows / situations.loaded) * 86_400)} games a day${quick ? '' : '; saturated: the next as soon as the last one is in bus'}. ${bench.database.product}: ${bench.database.settings}. By S3 event: ${judged.join('; ')}.${
          alone
            ? ` By schedules alone, where the puts are spread over ${(2 * pickupEvery) / 60} minutes, the longest ${against(Math.max(...alone.result), { atMost: pickupEvery + work })}.`
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
        columns: ['pickup by', 'system', 'database', 'worker', 'Temporal', 'worker peak'],
        rows: measured.map(({ name, situation, seconds, cpu, peak }) => [
          name,
          situation,
          ...[cpu.database, cpu.worker, cpu.temporal].map((spent) => share(spent / seconds)),
          bytes(peak.worker),
        ]),
      },
    ];
  },
};

/** Runs the pipeline until what was put is seen: a run that was on already may have listed the bucket before. */
async function runUntil(lab, seen) {
  while (!seen()) await lab.run();
}

/** Does `something` while the pipeline's schedules are on, and nothing else starts it. */
async function bySchedules(lab, something) {
  await lab.strata('schedules', 'apply', pipeline);
  try {
    return await something();
  } finally {
    await lab.strata('schedules', 'remove', pipeline);
  }
}

function judge(seconds, { p50, p95 }) {
  return `p50 ${against(quantile(seconds, 0.5), { atMost: p50 })}, p95 ${against(quantile(seconds, 0.95), { atMost: p95 })}`;
}

function share(ratio) {
  return Number.isFinite(ratio) ? `${Math.round(ratio * 100)} %` : '-';
}
