import type { Bench } from '../context.js';
import { usersFor } from '../lab/games.js';
import { type Milestones, milestones } from '../measure/history.js';
import { Lab, type LabMeasured } from '../lab/lab.js';
import { interleave } from '../measure/meter.js';
import { bytes, count, ratios, spread } from '../report/statistics.js';
import type { Scenario } from './scenario.js';

const filesAtOnce = 8;

/** The same files with one, two and more workers on the same task queue. */
export const scaleOut: Scenario = {
  name: 'scale-out',
  title: 'Scale out',
  summary: 'eight files with one, two and four workers on the same task queue',
  async run(bench) {
    const { workers, longRounds, rows, quick } = bench.options;
    const each = Math.ceil(rows / filesAtOnce / (quick ? 4 : 1));
    // Workers that wait for work cost next to nothing: all of them are there from the start.
    const labs = await Promise.all(workers.map(async (number) => ({ number, lab: await Lab.open(bench, { workers: number }) })));
    const contenders = labs.map(({ number, lab }) => ({
      name: String(number),
      measure: (round: number) => deliver(bench, lab, { each, round }),
    }));
    const samples = await interleave(longRounds, contenders, (line) => bench.say(`${line} workers`));
    const of = (name: string, key: keyof Milestones | 'peak') => samples.of(name).map((sample) => sample[key]);
    const alone = String(workers[0]);
    return [
      `${filesAtOnce} files of ${count(each)} new games in the bucket when \`strata run\` starts, with that many worker processes on the
        same task queue and one database server, all on this machine. Workers are warm before. ${bench.database.product}:
        ${bench.database.settings}.`,
      {
        columns: [
          'workers',
          'to staging s',
          'speed-up',
          'to bus s',
          'speed-up',
          'to vault s',
          'speed-up',
          'server CPU s',
          'workers CPU s',
          'largest worker',
        ],
        rows: [...samples.keys()].map((name) => [
          name,
          ...(['staging', 'bus', 'vault'] as const).flatMap((key) => [
            spread(of(name, key)),
            spread(ratios(of(alone, key), of(name, key))),
          ]),
          spread(samples.of(name).map(({ cpu }) => cpu.database)),
          spread(samples.of(name).map(({ cpu }) => cpu.worker)),
          bytes(Math.max(...of(name, 'peak'))),
        ]),
      },
    ];
  },
};

interface Delivery extends Milestones, Pick<LabMeasured, 'cpu'> {
  /** Of the largest worker, in bytes. */
  readonly peak: number;
}

async function deliver(bench: Bench, lab: Lab, { each, round }: { readonly each: number; readonly round: number }): Promise<Delivery> {
  const all = each * filesAtOnce;
  for (let file = 0; file < filesAtOnce; file++) {
    const first = round * all + file * each + 1;
    await lab.put(`games-${round}-${file}.csv`, await bench.gamesFile({ first, count: each, users: usersFor(all) }));
  }
  await lab.settled();
  const { result: run, cpu, peak } = await lab.measure(() => lab.run());
  const staged = run.result.pickups.games?.rows;
  if (staged !== all) throw new Error(`${staged} of ${all} rows were staged`);
  return { ...milestones(await lab.executions(run)), cpu, peak: peak.worker };
}
