import { buildHistory, million } from '../build-history.mjs';
import { changedGames, fileText, gamesHeader, newestGames, usersFor } from '../games.mjs';
import { milestones } from '../history.mjs';
import { Lab } from '../lab.mjs';
import { interleave } from '../meter.mjs';
import { against, count, median, ratios, spread } from '../statistics.mjs';

const changedRows = 1_000;
const where = {
  'newest days': (size) => newestGames(size),
  'all days': (size) => ({ first: 1, last: size }),
};

/** What 1,000 changed rows cost at histories of several sizes, and what a file costs that is delivered again. */
export const flat = {
  name: 'flat',
  title: 'Flat as history grows',
  summary: '1,000 changed rows from staging to bus at histories of several sizes; a file delivered twice',
  async run(bench) {
    const { sizes, rows, rounds, longRounds, quick } = bench.options;
    const kinds = Object.keys(where).slice(0, quick ? 1 : undefined);
    const opened = await Promise.all(sizes.map(() => Lab.open(bench)));
    const labs = new Map(sizes.map((size, index) => [size, opened[index]]));
    let again;
    for (const [size, lab] of labs) {
      // The largest history that one file makes: its games are delivered again before anything changes.
      if (size === Math.max(...sizes.filter((each) => each <= Math.min(rows, million)))) again = await deliverTwice(bench, lab, size, longRounds);
      else await buildHistory(bench, lab, size);
    }
    const contenders = sizes.flatMap((size) =>
      kinds.map((days) => ({ name: `${count(size)}, ${days}`, measure: (round) => change(labs.get(size), size, days, round) })),
    );
    await interleave(1, contenders, (line) => bench.say(`warming up, ${line}`));
    // The rounds' values must differ from those of the warm-up.
    const shifted = contenders.map((each) => ({ ...each, measure: (round) => each.measure(round + 1) }));
    const samples = await interleave(rounds, shifted, bench.say);
    return [...reportChanges(bench, kinds, samples), ...(again ? reportAgain(again) : [])];
  },
};

async function deliver(lab, file) {
  await lab.put('games.csv', file);
  await lab.settled();
  const { result: run, cpu } = await lab.measure(() => lab.run());
  const { staging, bulk, bus, vault } = milestones(await lab.executions(run));
  return { landing: staging, merge: bulk - staging, after: Math.max(bus, vault) - bulk, cpu, counts: run.result.feeds.games };
}

async function deliverTwice(bench, lab, size, rounds) {
  bench.say(`building a history of ${count(size)}`);
  await lab.put('users.csv', await bench.usersFile({ count: usersFor(size), played: { first: 1, last: size } }));
  await lab.run();
  const file = await bench.gamesFile({ count: size });
  const first = await deliver(lab, file);
  const contenders = [{ name: 'the same file again', measure: () => deliver(lab, file) }];
  const list = (await interleave(rounds, contenders, bench.say)).get('the same file again');
  const changed = list.find(({ counts }) => counts.unchanged !== size);
  if (changed) throw new Error(`of ${size} rows delivered again only ${changed.counts.unchanged} counted as unchanged`);
  return { size, first, list };
}

async function change(lab, size, days, round) {
  const { first, last } = where[days](size);
  // Durations grow by the version, which no earlier round of either kind had.
  const version = round * 2 + Object.keys(where).indexOf(days) + 1;
  const rows = [...changedGames({ first, last, count: changedRows, users: usersFor(size), version })];
  await lab.put(`games-changed-${version}.csv`, fileText(gamesHeader, rows));
  await lab.settled();
  const { result: run, cpu } = await lab.measure(() => lab.run());
  if (run.result.feeds.games.updated !== rows.length)
    throw new Error(`${run.result.feeds.games.updated} of ${rows.length} changed rows were updated`);
  const { bulk, staging, bus, vault, stagingToBus } = milestones(await lab.executions(run));
  return { stagingToBus, bulk: bulk - staging, marts: bus - bulk, vault: vault - bulk, cpu };
}

function reportChanges(bench, kinds, samples) {
  const { sizes } = bench.options;
  const of = (size, days, name) => samples.get(`${count(size)}, ${days}`).map((sample) => sample[name]);
  const smallest = sizes[0];
  const largest = sizes.at(-1);
  const judged = kinds.map((days) => {
    const apart = median(ratios(of(largest, days, 'stagingToBus'), of(smallest, days, 'stagingToBus')));
    const seconds = median(of(largest, days, 'stagingToBus'));
    return `${days} ${against(apart, { atMost: 1.3 })}; its seconds ${against(seconds, { atMost: 1 })}`;
  });
  return [
    `One file of 1,000 games with changed durations, at histories of ${sizes.map(count).join(', ')} games: seconds from the start of
      processing to the last mart, as \`strata run\` does it. The changed games lie in the newest
      three days, or anywhere. A day has 17,000 games at every size: a larger history is longer. ${bench.database.product}:
      ${bench.database.settings}.`,
    `The largest history as a multiple of the smallest, changes in ${judged.join('; changes in ')}.`,
    {
      columns: [
        'history',
        'changes in',
        'staging to bus s',
        'of the smallest',
        'processing s',
        'marts s',
        'vault s',
        'server CPU s',
        'worker CPU s',
      ],
      rows: kinds.flatMap((days) =>
        sizes.map((size) => [
          count(size),
          days,
          spread(of(size, days, 'stagingToBus')),
          spread(ratios(of(size, days, 'stagingToBus'), of(smallest, days, 'stagingToBus'))),
          ...['bulk', 'marts', 'vault'].map((name) => spread(of(size, days, name))),
          ...['database', 'worker'].map((process) => spread(of(size, days, 'cpu').map((cpu) => cpu[process]))),
        ]),
      ),
    },
  ];
}

function reportAgain({ size, first, list }) {
  const row = (name, samples) => [
    name,
    ...['landing', 'merge', 'after'].map((part) => spread(samples.map((sample) => sample[part]))),
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
