import { setTimeout as sleep } from 'node:timers/promises';
import { announcingEndpoint } from '../lab/announcing-endpoint.js';
import { fileText, games, gamesHeader, usersFor } from '../lab/games.js';
import { milestones } from '../measure/history.js';
import { Lab, type LabMeasured, pipeline } from '../lab/lab.js';
import { type Contender, interleave } from '../measure/meter.js';
import { against, bytes, count, median, spread } from '../report/statistics.js';
import type { Scenario } from './scenario.js';

const rowsOfFile = 100;
const putsAtOnce = 16;
type Process = (typeof processes)[number];
const processes = ['database', 'worker', 'temporal', 'store', 'serve'] as const;

/** One round's files, from the first put. */
interface Delivery extends Pick<LabMeasured, 'cpu' | 'peak'> {
  /** Seconds. */
  readonly staging: number;
  readonly bus: number;
  readonly vault: number;
  /** Of workflows' histories, by file. */
  readonly events: number;
  /** Events of the longest history. */
  readonly longest: number;
}

/** Many small files that wait in the bucket when the run starts. */
export const smallFiles: Scenario = {
  name: 'small-files',
  title: 'Many small files',
  summary: 'files of 100 rows to staging and to bus, in bundles and with a workflow each, waiting in the bucket and by event',
  async run(bench) {
    const { files, longRounds, quick } = bench.options;
    const bundles = await Lab.open(bench);
    const contenders: Contender<Delivery>[] = [{ name: 'in bundles', measure: (round) => deliver(bundles, files, round) }];
    if (!quick) {
      const each = await Lab.open(bench, { env: { STRATA_BUNDLE_BYTES: '0' } });
      const told = await Lab.open(bench);
      const endpoint = await announcingEndpoint(bench, told);
      contenders.push({ name: 'a workflow each', measure: (round) => deliver(each, files, round) });
      contenders.push({ name: 'by S3 event', measure: (round) => announce(told, endpoint, files, round) });
    }
    const samples = await interleave(longRounds, contenders, bench.say);
    const of = (name: string, key: Exclude<keyof Delivery, 'cpu' | 'peak'>) => samples.of(name).map((sample) => sample[key]);
    const rate = (name: string, key: 'staging' | 'bus') => of(name, key).map((seconds) => files / seconds);
    const perFile = (name: string, process: Process) => spread(samples.of(name).map(({ cpu }) => (cpu[process] / files) * 1000));
    const names = contenders.map(({ name }) => name);
    const goal = (name: string) => against(median(rate(name, 'bus')), { atLeast: 20 });
    return [
      `${count(files)} files of ${rowsOfFile} games in the bucket when \`strata run\` starts; each round's games are new. Small files are landed
        in bundles, an activity each; \`STRATA_BUNDLE_BYTES=0\` gives every file a workflow of its own. The state of each file is kept both
        ways. ${quick ? '' : byEvent} ${bench.database.product}: ${bench.database.settings}. To bus: ${goal('in bundles')} files/s${quick ? '' : `; by S3 event ${goal('by S3 event')}`}.`,
      {
        columns: [
          'landed',
          'to staging s',
          'files/s',
          'to bus s',
          'files/s',
          'vault too s',
          'events a file',
          'events of the longest history',
        ],
        rows: names.map((name) => [
          name,
          ...(['staging', 'bus'] as const).flatMap((key) => [spread(of(name, key)), spread(rate(name, key))]),
          spread(of(name, 'vault')),
          spread(of(name, 'events')),
          longest(of(name, 'longest')),
        ]),
      },
      'CPU milliseconds a file until the vault has it too, and what a process took at most:',
      {
        columns: ['landed', ...processes.flatMap((process) => [process, 'peak'])],
        rows: names.map((name) => [
          name,
          ...processes.flatMap((process) => [
            perFile(name, process),
            bytes(Math.max(...samples.of(name).map(({ peak }) => peak[process]))),
          ]),
        ]),
      },
    ];
  },
};

const byEvent = `By S3 event: VersityGW tells \`strata serve\` of each while they are put; the times are from the first put until bus
  has all, and until what follows arrivals has ended, vault and all.`;
const longest = (events: readonly number[]) => (events.every(Number.isFinite) ? count(Math.max(...events)) : '-');

async function deliver(lab: Lab, files: number, round: number): Promise<Delivery> {
  await put(lab, files, round);
  await lab.settled();
  const { result: run, cpu, peak } = await lab.measure(() => lab.run());
  const staged = run.result.pickups.games?.staged;
  if (staged !== files) throw new Error(`${staged} of ${files} files were staged`);
  const executions = await lab.executions(run);
  return {
    ...milestones(executions),
    cpu,
    peak,
    events: executions.reduce((sum, { events }) => sum + events, 0) / files,
    longest: Math.max(...executions.map(({ events }) => events)),
  };
}

/** The same while they are put; what belongs to which file can't be told from the histories of what follows arrivals. */
async function announce(lab: Lab, endpoint: string, files: number, round: number): Promise<Delivery> {
  await lab.settled();
  // A game of each: a file comes into bus as a whole, and looking weighs little.
  const wanted = numbersOf(files, round).map((number) => (number + 1) * rowsOfFile);
  const started = performance.now();
  const { result, seconds, cpu, peak } = await lab.measure(async () => {
    await put(lab, files, round, endpoint);
    for (let tries = 0; (await lab.query('select 1 from {bus}.total_games where game_id in (?)', [wanted])).length < files; tries++) {
      if (tries === 2_000) throw new Error('the files were not all in bus after 1,000 s');
      await sleep(500);
    }
    const bus = (performance.now() - started) / 1000;
    await lab.ended(`${pipeline}/arrivals`);
    return bus;
  });
  return { staging: NaN, bus: result, vault: seconds, cpu, peak, events: NaN, longest: NaN };
}

const numbersOf = (files: number, round: number) => Array.from({ length: files }, (_, index) => round * files + index);

async function put(lab: Lab, files: number, round: number, endpoint?: string): Promise<void> {
  const numbers = numbersOf(files, round);
  const users = usersFor(files * rowsOfFile);
  const lane = async () => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
      await lab.put(
        `games-${number}.csv`,
        fileText(gamesHeader, games({ first: number * rowsOfFile + 1, count: rowsOfFile, users })),
        endpoint,
      );
    }
  };
  await Promise.all(Array.from({ length: putsAtOnce }, lane));
}
