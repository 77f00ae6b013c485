import { fileText, games, gamesHeader, usersFor } from '../games.mjs';
import { milestones } from '../history.mjs';
import { Lab } from '../lab.mjs';
import { interleave } from '../meter.mjs';
import { against, bytes, count, median, spread } from '../statistics.mjs';

const rowsOfFile = 100;
const putsAtOnce = 16;
const processes = ['database', 'worker', 'temporal', 'store'];

/** Many small files that wait in the bucket when the run starts. */
export const smallFiles = {
  name: 'small-files',
  title: 'Many small files',
  summary: 'files of 100 rows that wait in the bucket, to staging and to bus, in batches and with a workflow each',
  async run(bench) {
    const { files, longRounds, quick } = bench.options;
    const ways = { 'in batches': await Lab.open(bench) };
    if (!quick) ways['a workflow each'] = await Lab.open(bench, { env: { STRATA_BATCH_BYTES: '0' } });
    const contenders = Object.entries(ways).map(([name, lab]) => ({ name, measure: (round) => deliver(lab, files, round) }));
    const samples = await interleave(longRounds, contenders, bench.say);
    const of = (name, key) => samples.get(name).map((sample) => sample[key]);
    const rate = (name, key) => of(name, key).map((seconds) => files / seconds);
    const perFile = (name, process) => spread(of(name, 'cpu').map((cpu) => (cpu[process] / files) * 1000));
    const names = Object.keys(ways);
    const batched = names[0];
    return [
      `${count(files)} files of ${rowsOfFile} games in the bucket when \`strata run\` starts; each round's games are new. Small files are landed
        in batches, an activity each; \`STRATA_BATCH_BYTES=0\` gives every file a workflow of its own. The state of each file is kept both
        ways. ${bench.database.product}: ${bench.database.settings}. To bus: ${against(median(rate(batched, 'bus')), { atLeast: 20 })} files/s.`,
      {
        columns: ['landed', 'to staging s', 'files/s', 'to bus s', 'files/s', 'vault too s', 'events a file', 'events of the longest history'],
        rows: names.map((name) => [
          name,
          ...['staging', 'bus'].flatMap((key) => [spread(of(name, key)), spread(rate(name, key))]),
          spread(of(name, 'vault')),
          spread(of(name, 'events')),
          count(Math.max(...of(name, 'longest'))),
        ]),
      },
      'CPU milliseconds a file, and what a process took at most:',
      {
        columns: ['landed', ...processes.flatMap((process) => [process, 'peak'])],
        rows: names.map((name) => [
          name,
          ...processes.flatMap((process) => [perFile(name, process), bytes(Math.max(...of(name, 'peak').map((peak) => peak[process])))]),
        ]),
      },
    ];
  },
};

async function deliver(lab, files, round) {
  const numbers = Array.from({ length: files }, (_, index) => round * files + index);
  const users = usersFor(files * rowsOfFile);
  const lane = async () => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
      await lab.put(`games-${number}.csv`, fileText(gamesHeader, games({ first: number * rowsOfFile + 1, count: rowsOfFile, users })));
    }
  };
  await Promise.all(Array.from({ length: putsAtOnce }, lane));
  await lab.settled();
  const { result: run, cpu, peak } = await lab.measure(() => lab.run());
  if (run.result.pickups.games.staged !== files) throw new Error(`${run.result.pickups.games.staged} of ${files} files were staged`);
  const executions = await lab.executions(run);
  return {
    ...milestones(executions),
    cpu,
    peak,
    events: executions.reduce((sum, { events }) => sum + events, 0) / files,
    longest: Math.max(...executions.map(({ events }) => events)),
  };
}
