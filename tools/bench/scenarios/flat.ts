import type { Bench } from '../context.js';
import { buildHistory, million } from '../lab/build-history.js';
import {
  changedGames,
  type DataFile,
  fileText,
  gamesHeader,
  lateGames,
  movedUsers,
  newestGames,
  type Span,
  usersFor,
  usersHeader,
} from '../lab/games.js';
import { milestones } from '../measure/history.js';
import { Lab, type LabMeasured } from '../lab/lab.js';
import { interleave, type Samples } from '../measure/meter.js';
import { periods } from './periods.js';
import type { Block } from '../report/markdown.js';
import { against, count, median, ratios, spread } from '../report/statistics.js';
import type { Scenario } from './scenario.js';

const changedRows = 1_000;
/** Ids of games that no history has. */
const lateFrom = 1_000_000_000;
/** What 1,000 rows of a file change. */
interface Change {
  readonly feed: 'games' | 'users';
  /** How the processing counts each of the rows. */
  readonly counted: 'inserted' | 'updated';
  readonly rows: Iterable<string>;
}

const durations = (games: Span & { readonly users: number }, round: number, kind: number): Change => ({
  feed: 'games',
  counted: 'updated',
  // Durations grow by the version, which no earlier round of either kind had.
  rows: changedGames({ ...games, count: changedRows, version: round * 2 + kind }),
});
/** By the size of the history, its number of users and the round. */
const changes: Readonly<Record<string, (size: number, users: number, round: number) => Change>> = {
  'durations, newest days': (size, users, round) => durations({ ...newestGames(size), users }, round, 1),
  'durations, all days': (size, users, round) => durations({ first: 1, last: size, users }, round, 2),
  'late plays, all days': (size, users, round) => ({
    feed: 'games',
    counted: 'inserted',
    rows: lateGames({ first: lateFrom + round * changedRows, last: size, count: changedRows, users }),
  }),
  'countries of users': (size, users, round) => ({
    feed: 'users',
    counted: 'updated',
    rows: movedUsers({ count: changedRows, users, played: { first: 1, last: size }, round }),
  }),
};
const headers = { games: gamesHeader, users: usersHeader };

/** What 1,000 changed rows cost at histories of several sizes, and what a file costs that is delivered again. */
export const flat: Scenario = {
  name: 'flat',
  title: 'Flat as history grows',
  summary: '1,000 changed or late rows from staging to bus at histories of several sizes; a file delivered twice; a day dropped',
  async run(bench) {
    const { sizes, rows, longRounds, quick } = bench.options;
    const kinds = Object.entries(changes).slice(0, quick ? 1 : undefined);
    const labs = new Map(await Promise.all(sizes.map(async (size) => [size, await Lab.open(bench)] as const)));
    let again: Again | undefined;
    for (const [size, lab] of labs) {
      // The largest history that one file makes: its games are delivered again before anything changes.
      if (size === Math.max(...sizes.filter((each) => each <= Math.min(rows, million))))
        again = await deliverTwice(bench, lab, size, longRounds);
      else await buildHistory(bench, lab, size);
    }
    const contenders = [...labs].flatMap(([size, lab]) =>
      kinds.map(([kind, changeOf], index) => ({
        name: `${count(size)}, ${kind}`,
        measure: (round: number) => change(lab, `changed-${index}-${round}`, changeOf(size, usersFor(size), round)),
      })),
    );
    await interleave(1, contenders, (line) => bench.say(`warming up, ${line}`));
    // The rounds' values must differ from those of the warm-up.
    const shifted = contenders.map((each) => ({ ...each, measure: (round: number) => each.measure(round + 1) }));
    const samples = await interleave(longRounds, shifted, bench.say);
    // A quick run's histories have a day or two.
    const retention = quick ? [] : await periods(bench, labs, longRounds);
    return [
      ...reportChanges(
        bench,
        kinds.map(([kind]) => kind),
        samples,
      ),
      ...(again ? reportAgain(again) : []),
      ...retention,
    ];
  },
};

interface Delivery extends Pick<LabMeasured, 'cpu'> {
  readonly landing: number;
  readonly merge: number;
  readonly after: number;
  readonly unchanged: number;
}

async function deliver(lab: Lab, file: DataFile): Promise<Delivery> {
  await lab.put('games.csv', file);
  await lab.settled();
  const { result: run, cpu } = await lab.measure(() => lab.run());
  const { staging, bulk, bus, vault } = milestones(await lab.executions(run));
  return {
    landing: staging,
    merge: bulk - staging,
    after: Math.max(bus, vault) - bulk,
    cpu,
    unchanged: run.result.feeds.games?.unchanged ?? NaN,
  };
}

/** A file that was delivered once, and then again and again. */
interface Again {
  readonly size: number;
  readonly first: Delivery;
  readonly list: readonly Delivery[];
}

async function deliverTwice(bench: Bench, lab: Lab, size: number, rounds: number): Promise<Again> {
  bench.say(`building a history of ${count(size)}`);
  await lab.put('users.csv', await bench.usersFile({ count: usersFor(size), played: { first: 1, last: size } }));
  await lab.run();
  const file = await bench.gamesFile({ count: size });
  const first = await deliver(lab, file);
  const contenders = [{ name: 'the same file again', measure: () => deliver(lab, file) }];
  const list = (await interleave(rounds, contenders, bench.say)).of('the same file again');
  const changed = list.find(({ unchanged }) => unchanged !== size);
  if (changed) throw new Error(`of ${size} rows delivered again only ${changed.unchanged} counted as unchanged`);
  return { size, first, list };
}

interface Changed extends Pick<LabMeasured, 'cpu'> {
  readonly stagingToBus: number;
  readonly bulk: number;
  readonly marts: number;
  readonly vault: number;
  readonly martRows: number;
}

async function change(lab: Lab, name: string, { feed, counted, rows }: Change): Promise<Changed> {
  const lines = [...rows];
  await lab.put(`${feed}-${name}.csv`, fileText(headers[feed], lines));
  await lab.settled();
  const { result: run, cpu } = await lab.measure(() => lab.run());
  const done = run.result.feeds[feed]?.[counted] ?? 0;
  if (done !== lines.length) throw new Error(`${feed}, ${name}: ${done} of ${lines.length} rows were ${counted}`);
  const { bulk, staging, bus, vault, stagingToBus } = milestones(await lab.executions(run));
  const martRows = Object.values(run.result.marts).reduce((sum, mart) => sum + mart.rows, 0);
  return { stagingToBus, bulk: bulk - staging, marts: bus - bulk, vault: vault - bulk, martRows, cpu };
}

function reportChanges(bench: Bench, kinds: readonly string[], samples: Samples<Changed>): Block[] {
  const { sizes } = bench.options;
  const samplesOf = (size: number, kind: string) => samples.of(`${count(size)}, ${kind}`);
  const of = (size: number, kind: string, name: Exclude<keyof Changed, 'cpu'>) => samplesOf(size, kind).map((sample) => sample[name]);
  const smallest = Math.min(...sizes);
  const largest = Math.max(...sizes);
  const judged = kinds.map((kind) => {
    const medians = sizes.map((size) => median(of(size, kind, 'stagingToBus')));
    const apart = Math.max(...medians) / Math.min(...medians);
    const seconds = median(of(largest, kind, 'stagingToBus'));
    return `${kind}: ${against(apart, { atMost: 1.3 })}; at ${count(largest)} ${against(seconds, { atMost: 1 })} s`;
  });
  return [
    `One file of 1,000 rows, at histories of ${sizes.map(count).join(', ')} games: seconds from the start of processing to the last mart,
      as \`strata run\` does it. It changes the durations of games of the newest three days, or of any day, brings late plays of any day, or moves
      users, each with some plays of any day, to other countries. A day has 17,000 games at every size: a larger history is longer, and
      what is spread over all of its days changes more rows of the marts.
      ${bench.database.product}: ${bench.database.settings}.`,
    `How far histories are apart, the slowest as a multiple of the fastest, by their medians: ${judged.join('. ')}.`,
    {
      columns: [
        'history',
        'change',
        'staging to bus s',
        'of the smallest',
        'rows of marts',
        'processing s',
        'marts s',
        'vault s',
        'server CPU s',
        'worker CPU s',
      ],
      rows: kinds.flatMap((kind) =>
        sizes.map((size) => [
          count(size),
          kind,
          spread(of(size, kind, 'stagingToBus')),
          spread(ratios(of(size, kind, 'stagingToBus'), of(smallest, kind, 'stagingToBus'))),
          count(median(of(size, kind, 'martRows'))),
          ...(['bulk', 'marts', 'vault'] as const).map((name) => spread(of(size, kind, name))),
          ...(['database', 'worker'] as const).map((process) => spread(samplesOf(size, kind).map(({ cpu }) => cpu[process]))),
        ]),
      ),
    },
  ];
}

function reportAgain({ size, first, list }: Again): Block[] {
  const row = (name: string, samples: readonly Delivery[]) => [
    name,
    ...(['landing', 'merge', 'after'] as const).map((part) => spread(samples.map((sample) => sample[part]))),
    spread(samples.map(({ landing, merge, after }) => landing + merge + after)),
    spread(samples.map(({ cpu }) => cpu.database)),
  ];
  return [
    `A file of ${count(size)} games that is delivered again, none of its rows changed: it may cost its landing and one pass of the merge,
      so that nothing is left to do for marts and vault.`,
    {
      columns: ['delivery', 'landing s', 'merge s', 'marts and vault s', 'all s', 'server CPU s'],
      rows: [row('first', [first]), row('again', list)],
    },
  ];
}
