import { buildHistory, newFiles } from '../build-history.mjs';
import { usersFor } from '../games.mjs';
import { milestones, stepSeconds } from '../history.mjs';
import { Lab } from '../lab.mjs';
import { interleave } from '../meter.mjs';
import { preparePeers } from '../peers/index.mjs';
import { against, bytes, count, digits, median, ratios, spread } from '../statistics.mjs';

/** New games and users through the whole chain: into an empty warehouse, into one with a history, and peers that only land the games. */
export const chain = {
  name: 'chain',
  title: 'The whole chain',
  summary: 'new games and users to staging, bulk, bus and vault; into an empty warehouse and a full one',
  async run(bench) {
    const { rows, history, longRounds, peers } = bench.options;
    const ready = await preparePeers(bench, peers);
    const contenders = [{ name: 'empty warehouse', measure: () => intoEmpty(bench) }];
    if (history > 0) {
      const lab = await withHistory(bench, history);
      contenders.push({ name: `history of ${count(history)}`, measure: (round) => intoHistory(bench, lab, round) });
    }
    const file = await bench.gamesFile({ count: rows });
    for (const peer of ready) contenders.push({ name: peer.name, measure: () => peer.land(file) });
    const samples = await interleave(longRounds, contenders, bench.say);
    return report(bench, samples, ready);
  },
};

async function intoEmpty(bench) {
  const lab = await Lab.open(bench);
  const sample = await deliver(lab, await newFiles(bench, { rows: bench.options.rows }));
  await lab.close();
  return sample;
}

async function withHistory(bench, history) {
  const lab = await Lab.open(bench);
  await buildHistory(bench, lab, history);
  return lab;
}

async function intoHistory(bench, lab, round) {
  return deliver(lab, await newFiles(bench, { ...bench.options, round }));
}

/** Both files through the chain, measured. */
export async function deliver(lab, { users, games }) {
  await lab.put('users.csv', users);
  await lab.put('games.csv', games);
  await lab.settled();
  const { result: run, cpu, peak } = await lab.measure(() => lab.run());
  const staged = Object.values(run.result.pickups).reduce((sum, pickup) => sum + pickup.rows, 0);
  if (staged !== users.rows + games.rows) throw new Error(`${staged} of ${users.rows + games.rows} rows were staged`);
  const executions = await lab.executions(run);
  return { ...milestones(executions), cpu, peak: peak.worker, steps: stepSeconds(executions) };
}

function report(bench, samples, peers) {
  const { rows, history } = bench.options;
  const chains = [...samples].filter(([name]) => !peers.some((peer) => peer.name === name));
  const empty = samples.get('empty warehouse');
  const of = (list, name) => list.map((sample) => sample[name]);
  const blocks = [
    `${count(rows)} new games and ${count(usersFor(rows))} new users, two files in the bucket when \`strata run\` starts; seconds since
      then. The vault comes after bus. CPU seconds are those of the whole run. Steps are the times of activities alone, which share
      the processors where they run side by side. ${bench.database.product}: ${bench.database.settings}.`,
    {
      columns: [
        'into',
        'staging s',
        'bulk s',
        'bus s',
        'vault s',
        'games/s to bus',
        'server CPU s',
        'worker CPU s',
        'Temporal CPU s',
        'worker peak',
      ],
      rows: chains.map(([name, list]) => [
        name,
        ...['staging', 'bulk', 'bus', 'vault'].map((milestone) => spread(of(list, milestone))),
        digits(rows / median(of(list, 'bus'))),
        ...['database', 'worker', 'temporal'].map((process) => spread(list.map(({ cpu }) => cpu[process]))),
        bytes(Math.max(...of(list, 'peak'))),
      ]),
    },
  ];
  const full = samples.get(`history of ${count(history)}`);
  if (full) {
    const share = (milestone) => against(median(ratios(of(full, milestone), of(empty, milestone))), { atMost: 1.5 });
    blocks.push(`Into the history as a multiple of into the empty warehouse: to bus ${share('bus')}, to the vault ${share('vault')}. The
      history grows by ${count(rows)} with each round.`);
  }
  blocks.push(...peerBlocks(samples, peers, empty, rows));
  blocks.push({
    columns: ['step', ...chains.map(([name]) => `${name} s`)],
    rows: inOrder([...empty[0].steps.keys()]).map((step) => [
      step,
      ...chains.map(([, list]) => spread(list.map(({ steps }) => steps.get(step) ?? NaN))),
    ]),
  });
  return blocks;
}

/** In the order of the flow. */
function inOrder(steps) {
  const flow = ['landing', 'bulk', 'gear', 'bus', 'vault'];
  const place = (step) => flow.indexOf(/^\w+/.exec(step)[0]);
  return steps.sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

function peerBlocks(samples, peers, empty, rows) {
  if (peers.length === 0) return [];
  const of = (list, name) => list.map((sample) => sample[name]);
  const blocks = [
    'Peers that land the same file of games into a table of their own, and do nothing else, in the same rounds:',
    {
      columns: ['peer', 's', 'rows/s', 'server CPU s', 'client CPU s', 'client peak', 'Strata, staging to bus and all'],
      rows: peers.map(({ name }) => {
        const list = samples.get(name);
        return [
          name,
          spread(of(list, 'seconds')),
          digits(rows / median(of(list, 'seconds'))),
          spread(of(list, 'server')),
          spread(of(list, 'cpu')),
          bytes(Math.max(...of(list, 'peak'))),
          `${spread(of(empty, 'bus'))} s`,
        ];
      }),
    },
  ];
  const dlt = peers.find(({ name }) => name.startsWith('dlt'));
  if (!dlt) return blocks;
  const share = (milestone, goal) => against(median(ratios(of(empty, milestone), of(samples.get(dlt.name), 'seconds'))), { atMost: goal });
  blocks.push(`Strata's time as a multiple of the time that ${dlt.name} takes only to land: bus complete ${share('bus', 1)}, vault complete
    ${share('vault', 2)}.`);
  return blocks;
}
