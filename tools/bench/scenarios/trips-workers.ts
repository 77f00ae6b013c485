import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../context.js';
import { Lab } from '../lab/lab.js';
import { digits, count, bytes } from '../report/statistics.js';
import type { Block } from '../report/markdown.js';
import { tripBlocks } from '../lab/trips-file.js';

/** Of a load, one after the other. */
const kills = 2;

interface Shared {
  readonly workers: number;
  readonly kills: number;
  readonly seconds: number;
  /** CPU seconds of all workers, those that were killed too. */
  readonly cpu: number;
  /** Of the largest one. */
  readonly peak: number;
  /** Rows that the landing activities of killed workers had to read from their beginning, at most. */
  readonly again: number;
  /** Of the largest run of rows: what one transaction commits. */
  readonly chunk: number;
}

/** One file by one, two and more workers, and once more while workers are killed. */
export async function sharedTrips(bench: Bench, rows: number): Promise<readonly Block[]> {
  const { workers } = bench.options;
  const shared: Shared[] = [];
  for (const number of workers) shared.push(await share(bench, { rows, workers: number, kills: 0 }));
  // One that is left goes on while the other one is replaced. A load that ends within seconds leaves nothing to kill.
  const killed = await share(bench, { rows, workers: 2, kills });
  if (killed.kills > 0) shared.push(killed);
  const chunk = Math.max(...shared.map((each) => each.chunk));
  return [
    `The file of ${count(rows)} trips with that many workers on the same task queue, and one database server. Where workers are killed
      (SIGKILL), that is while the file lands, and another one is started at once. A run of rows, which is what one transaction commits, has
      ${count(chunk)} trips at most. Rows read again are those of the runs that a killed worker was at.`,
    {
      columns: ['workers', 'kills', 's', 'workers CPU s', 'rows read again', 'largest worker'],
      rows: shared.map((each) => [
        String(each.workers),
        String(each.kills),
        digits(each.seconds),
        digits(each.cpu),
        each.kills === 0 ? '' : `at most ${count(each.again)}`,
        bytes(each.peak),
      ]),
    },
  ];
}

interface Sharing {
  readonly rows: number;
  readonly workers: number;
  readonly kills: number;
}

async function share(bench: Bench, { rows, workers, kills: wanted }: Sharing): Promise<Shared> {
  const lab = await Lab.open(bench, { pipeline: 'trips', workers });
  bench.say(`${workers} workers, ${wanted} kills, ${count(rows)} trips`);
  await lab.stream('trips-shared.csv', tripBlocks(rows, 3));
  await lab.settled();
  const lost: Lost[] = [];
  const { result, seconds, cpu, peak } = await lab.measure(async () => {
    const running = lab.run();
    const isOver = running.then(
      () => true,
      () => true,
    );
    while (lost.length < wanted) {
      const killed = await killReader(lab, isOver);
      if (!killed) break;
      lost.push(killed);
    }
    return running;
  });
  let again = 0;
  for (const each of lost) again += await rowsOf(lab, each);
  const loaded = result.result.pickups.trips?.rows;
  const [{ held } = { held: 0 }] = await lab.query<{ held: number | string }>('select count(*) as held from {bulk}.trips');
  if (loaded !== rows || Number(held) !== rows) throw new Error(`${loaded} of ${rows} trips were loaded, and ${held} are there`);
  const [{ chunk } = { chunk: 0 }] = await lab.query<{ chunk: number | string }>('select max(row_count) as chunk from {gear}.append_runs');
  await lab.close();
  return { workers, kills: lost.length, seconds, cpu: cpu.worker, peak: peak.worker, again, chunk: Number(chunk) };
}

/** The runs that a killed worker was at: of these ranges, after this run. */
interface Lost {
  /** Undefined of a file that is one stream, and where it is not known. */
  readonly ranges: readonly (number | undefined)[];
  readonly after: number;
}

/** Kills a worker that has read a range for a moment. Undefined where the load ends before. */
async function killReader(lab: Lab, isOver: Promise<boolean>): Promise<Lost | undefined> {
  while (!(await Promise.race([isOver, sleep(200).then(() => false)]))) {
    const reading = await lab.readingRanges();
    const worker = reading[0]?.worker;
    if (worker === undefined) continue;
    const [{ after } = { after: 0 }] = await lab.query<{ after: number | string }>(
      'select coalesce(max(run), 0) as after from {gear}.append_runs',
    );
    await lab.replaceWorker(worker);
    return { ranges: reading.filter((each) => each.worker === worker).map(({ range }) => range), after: Number(after) };
  }
  return undefined;
}

/** Rows of the next run of each range. */
async function rowsOf(lab: Lab, { ranges, after }: Lost): Promise<number> {
  let rows = 0;
  for (const range of ranges) {
    const [run] = await lab.query<{ rows_in: number | string }>(
      `select row_count as rows_in from {gear}.append_runs
       where load_id = (select max(load_id) from {gear}.loads where feed = 'trips') and chunk_number = coalesce(?, chunk_number) and run > ?
       order by run limit 1`,
      [range ?? null, after],
    );
    rows += Number(run?.rows_in ?? 0);
  }
  return rows;
}
