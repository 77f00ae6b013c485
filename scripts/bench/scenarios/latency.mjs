import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../servers/ports.mjs';
import { buildHistory } from '../build-history.mjs';
import { fileText, games, gamesHeader, usersFor } from '../games.mjs';
import { Lab } from '../lab.mjs';
import { against, count, digits, quantile } from '../statistics.mjs';

const rowsOfFile = 10;
/** Between two looks at bus, milliseconds. */
const lookEvery = 10;
/** Between two puts, so that they don't fall into step with anything. */
const pauses = [100, 700];
const patience = 300_000;
/** Seconds between two larger files, at least; undefined without any. The next one is put when the last one is in bus, if that is later. */
const situations = { idle: undefined, loaded: 10, saturated: 0 };

/** Put of a small file until its rows are visible in bus. */
export const latency = {
  name: 'latency',
  title: 'Latency',
  summary: 'a small file from its put to bus, idle and under load, by run and by event',
  async run(bench) {
    const { puts, quick } = bench.options;
    const size = quick ? 10_000 : 100_000;
    const lab = await Lab.open(bench);
    await buildHistory(bench, lab, size);

    const loadRows = size / 5;
    const ways = { run: { name: '`strata run` after each put', announce: (_key, seen) => runUntil(lab, seen) } };
    const events = await eventEndpoint(lab);
    if (events) ways.events = { name: 'S3 event', announce: (key) => events.notify(key) };
    const rows = [];
    const judged = [];
    const ids = newIds(size);
    for (const way of Object.values(ways)) {
      for (const [situation, every] of Object.entries(situations)) {
        // A quick run looks at the load that matters most, by the way that is meant for it.
        if (quick && (situation === 'saturated' || (situation === 'loaded' && way === ways.run))) continue;
        bench.say(`${way.name}, ${situation}`);
        const load = every === undefined ? undefined : { every, count: loadRows, users: usersFor(size) };
        const times = await delays(lab, way, { puts, ids, users: usersFor(size), load });
        const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
        rows.push([
          way.name,
          situation,
          String(times.length),
          digits(p50),
          digits(p95),
          digits(Math.min(...times)),
          digits(Math.max(...times)),
        ]);
        if (way === ways.events) judged.push(`${situation}, p50 ${against(p50, { atMost: 2 })}, p95 ${against(p95, { atMost: 5 })}`);
      }
    }
    return [
      `A file of ${rowsOfFile} new games is put into the bucket of a warehouse with ${count(size)} games; seconds from the end of the put
        until the last of them is in \`bus.total_games\`, one file after the other. The bench itself posts the store's notification to
        \`strata serve\`, right after the put. Loaded: a file of ${count(loadRows)} new games by users of all times
        comes every ${situations.loaded} s, which is ${count((loadRows / situations.loaded) * 86_400)} games a day${quick ? '' : '; saturated: the next as soon as the last one is in bus'}. ${bench.database.product}: ${bench.database.settings}. By S3 event: ${
          judged.join('; ') || '`strata serve` is not in this version, so pickup starts by schedule or by `strata run`'
        }.`,
      { columns: ['pickup by', 'system', 'files', 'p50 s', 'p95 s', 'min s', 'max s'], rows },
    ];
  },
};

/** Ids of games that nobody has delivered yet. */
function newIds(taken) {
  let next = taken + 1;
  return (number) => (next += number) - number;
}

async function delays(lab, way, { puts, ids, users, load: wanted }) {
  const load = wanted && startLoad(lab, way, ids, wanted);
  try {
    // The load is on before the first one counts.
    await Promise.race([sleep(load ? 2_000 : 0), load?.failed].filter(Boolean));
    const times = [];
    for (let put = 0; put < puts; put++) {
      await sleep(pauses[0] + Math.random() * (pauses[1] - pauses[0]));
      const first = ids(rowsOfFile);
      times.push(
        await Promise.race([delay(lab, way, `games-small-${first}.csv`, { first, count: rowsOfFile, users }), load?.failed].filter(Boolean)),
      );
    }
    return times;
  } finally {
    await load?.stop();
  }
}

/** Seconds from the end of the put until the file's last game is in bus. */
async function delay(lab, way, key, rows) {
  await lab.put(key, fileText(gamesHeader, games(rows)));
  const started = performance.now();
  let visible = false;
  const seen = () => visible;
  const announced = way.announce(key, seen);
  const looking = (async () => {
    while (performance.now() - started < patience) {
      const found = await lab.query('select 1 from {bus}.total_games where game_id = ?', [rows.first + rows.count - 1]);
      if (found.length > 0) {
        visible = true;
        return (performance.now() - started) / 1000;
      }
      await sleep(lookEvery);
    }
    throw new Error(`${key} was not in bus after ${patience / 1000} s`);
  })();
  const [seconds] = await Promise.all([looking, announced]);
  return seconds;
}

/** Runs the pipeline until what was put is seen: a run that was on already may have listed the bucket before. */
async function runUntil(lab, seen) {
  while (!seen()) await lab.run();
}

function startLoad(lab, way, ids, { every, ...rows }) {
  let stopped = false;
  const work = (async () => {
    while (!stopped) {
      const first = ids(rows.count);
      const next = performance.now() + every * 1_000;
      await delay(lab, way, `games-load-${first}.csv`, { first, ...rows });
      while (!stopped && performance.now() < next) await sleep(lookEvery);
    }
  })();
  const failed = work.then(() => new Promise(() => undefined));
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      stopped = true;
      await work.catch(() => undefined);
    },
  };
}

/** `strata serve`, told of an object as a store's webhook tells it; undefined where this version has no such command. */
async function eventEndpoint(lab) {
  if (!/^ +serve\b/m.test(await lab.strata('--help'))) return undefined;
  const [port] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  await lab.startStrata(['serve'], address, { STRATA_SERVE_ADDRESS: address });
  return {
    async notify(key) {
      const record = { eventVersion: '2.1', eventSource: 'aws:s3', eventTime: new Date().toISOString(), eventName: 'ObjectCreated:Put' };
      const s3 = { bucket: { name: lab.bucket }, object: { key: encodeURIComponent(key) } };
      const response = await fetch(`http://${address}/events/s3`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ Records: [{ ...record, s3 }] }),
      });
      if (!response.ok) throw new Error(`/events/s3 answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
    },
  };
}
