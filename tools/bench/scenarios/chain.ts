import type { Bench } from '../context.js';
import { buildHistory, newFiles } from '../lab/build-history.js';
import { type DataFile, usersFor } from '../lab/games.js';
import { type Milestones, milestones, stepSeconds } from '../measure/history.js';
import { Lab, type LabMeasured } from '../lab/lab.js';
import { type Contender, interleave, Samples } from '../measure/meter.js';
import { type Peer, type PeerCost, preparePeers } from '../peers/index.js';
import type { Block } from '../report/markdown.js';
import { against, bytes, count, digits, median, ratios, spread } from '../report/statistics.js';
import type { Scenario } from './scenario.js';

const intoEmptyName = 'empty warehouse';

/** One delivery through the whole chain. */
interface Delivery extends Milestones, Pick<LabMeasured, 'cpu'> {
  /** Of the worker, in bytes. */
  readonly peak: number;
  /** Seconds by step. */
  readonly steps: ReadonlyMap<string, number>;
}

/** What chains and peers measured, in the same rounds. */
interface ChainSamples {
  readonly chains: Samples<Delivery>;
  readonly peers: Samples<PeerCost>;
}

/** New games and users through the whole chain: into an empty warehouse, into one with a history, and peers that only land the games. */
export const chain: Scenario = {
  name: 'chain',
  title: 'The whole chain',
  summary: 'new games and users to staging, bulk, bus and vault; into an empty warehouse and a full one',
  async run(bench) {
    const { rows, history, longRounds } = bench.options;
    const ready = await preparePeers(bench, bench.options.peers);
    const samples: ChainSamples = { chains: new Samples(), peers: new Samples() };
    const contenders: Contender<void>[] = [into(samples.chains, { name: intoEmptyName, measure: () => intoEmpty(bench) })];
    if (history > 0) {
      const lab = await withHistory(bench, history);
      contenders.push(into(samples.chains, { name: `history of ${count(history)}`, measure: (round) => intoHistory(bench, lab, round) }));
    }
    const file = await bench.gamesFile({ count: rows });
    for (const peer of ready) contenders.push(into(samples.peers, { name: peer.name, measure: () => peer.land(file) }));
    await interleave(longRounds, contenders, bench.say);
    return report(bench, samples, ready);
  },
};

/** The contender, whose samples go there. */
const into = <Sample>(samples: Samples<Sample>, { name, measure }: Contender<Sample>): Contender<void> => ({
  name,
  measure: async (round) => samples.add(name, await measure(round)),
});

async function intoEmpty(bench: Bench): Promise<Delivery> {
  const lab = await Lab.open(bench);
  const sample = await deliver(lab, await newFiles(bench, { rows: bench.options.rows }));
  await lab.close();
  return sample;
}

async function withHistory(bench: Bench, history: number): Promise<Lab> {
  const lab = await Lab.open(bench);
  await buildHistory(bench, lab, history);
  return lab;
}

async function intoHistory(bench: Bench, lab: Lab, round: number): Promise<Delivery> {
  return deliver(lab, await newFiles(bench, { ...bench.options, round }));
}

/** Both files through the chain, measured. */
export async function deliver(lab: Lab, { users, games }: Readonly<Record<'users' | 'games', DataFile>>): Promise<Delivery> {
  await lab.put('users.csv', users);
  await lab.put('games.csv', games);
  await lab.settled();
  const { result: run, cpu, peak } = await lab.measure(() => lab.run());
  const staged = Object.values(run.result.pickups).reduce((sum, pickup) => sum + pickup.rows, 0);
  if (staged !== users.rows + games.rows) throw new Error(`${staged} of ${users.rows + games.rows} rows were staged`);
  const executions = await lab.executions(run);
  return { ...milestones(executions), cpu, peak: peak.worker, steps: stepSeconds(executions) };
}

function report(bench: Bench, { chains, peers: peerSamples }: ChainSamples, peers: readonly Peer[]): Block[] {
  const { rows, history } = bench.options;
  const empty = chains.of(intoEmptyName);
  const of = (list: readonly Delivery[], name: keyof Milestones | 'peak') => list.map((sample) => sample[name]);
  const blocks: Block[] = [
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
      rows: [...chains].map(([name, list]) => [
        name,
        ...(['staging', 'bulk', 'bus', 'vault'] as const).map((milestone) => spread(of(list, milestone))),
        digits(rows / median(of(list, 'bus'))),
        ...(['database', 'worker', 'temporal'] as const).map((process) => spread(list.map(({ cpu }) => cpu[process]))),
        bytes(Math.max(...of(list, 'peak'))),
      ]),
    },
  ];
  const full = chains.of(`history of ${count(history)}`);
  if (full.length > 0) {
    const share = (milestone: keyof Milestones) => against(median(ratios(of(full, milestone), of(empty, milestone))), { atMost: 1.5 });
    blocks.push(`Into the history as a multiple of into the empty warehouse: to bus ${share('bus')}, to the vault ${share('vault')}. The
      history grows by ${count(rows)} with each round.`);
  }
  blocks.push(...peerBlocks(peerSamples, peers, empty, rows));
  blocks.push({
    columns: ['step', ...[...chains.keys()].map((name) => `${name} s`)],
    rows: inOrder([...(empty[0]?.steps.keys() ?? [])]).map((step) => [
      step,
      ...[...chains].map(([, list]) => spread(list.map(({ steps }) => steps.get(step) ?? NaN))),
    ]),
  });
  return blocks;
}

/** In the order of the flow. */
function inOrder(steps: string[]): string[] {
  const flow = ['landing', 'bulk', 'gear', 'bus', 'vault'];
  const place = (step: string) => flow.indexOf(/^\w+/.exec(step)?.[0] ?? '');
  return steps.sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

function peerBlocks(samples: Samples<PeerCost>, peers: readonly Peer[], empty: readonly Delivery[], rows: number): Block[] {
  if (peers.length === 0) return [];
  const of = (list: readonly PeerCost[], name: keyof PeerCost) => list.map((sample) => sample[name]);
  const bus = empty.map((sample) => sample.bus);
  const blocks: Block[] = [
    'Peers that land the same file of games into a table of their own, and do nothing else, in the same rounds:',
    {
      columns: ['peer', 's', 'rows/s', 'server CPU s', 'client CPU s', 'client peak', 'Strata, staging to bus and all'],
      rows: peers.map(({ name }) => {
        const list = samples.of(name);
        return [
          name,
          spread(of(list, 'seconds')),
          digits(rows / median(of(list, 'seconds'))),
          spread(of(list, 'server')),
          spread(of(list, 'cpu')),
          bytes(Math.max(...of(list, 'peak'))),
          `${spread(bus)} s`,
        ];
      }),
    },
  ];
  const dlt = peers.find(({ name }) => name.startsWith('dlt'));
  if (!dlt) return blocks;
  const seconds = of(samples.of(dlt.name), 'seconds');
  const share = (times: readonly number[], goal: number) => against(median(ratios(times, seconds)), { atMost: goal });
  blocks.push(`Strata's time as a multiple of the time that ${dlt.name} takes only to land: bus complete ${share(bus, 1)}, vault complete
    ${share(
      empty.map(({ vault }) => vault),
      2,
    )}.`);
  return blocks;
}
