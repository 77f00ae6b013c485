import { fileText, games, gamesHeader, usersFor } from '../games.mjs';
import { milestones } from '../history.mjs';
import { Lab } from '../lab.mjs';
import { interleave } from '../meter.mjs';
import { against, bytes, count, digits, median, spread } from '../statistics.mjs';

const rowsOfFile = 100;
const putsAtOnce = 16;

/** Many small files that wait in the bucket when the run starts. */
export const smallFiles = {
  name: 'small-files',
  title: 'Many small files',
  summary: 'files of 100 rows that wait in the bucket, to staging and to bus',
  async run(bench) {
    const { files, longRounds } = bench.options;
    const lab = await Lab.open(bench);
    const name = `${count(files)} files`;
    const samples = (await interleave(longRounds, [{ name, measure: (round) => deliver(lab, files, round) }], bench.say)).get(name);
    const of = (key) => samples.map((sample) => sample[key]);
    const rate = (key) => samples.map((sample) => files / sample[key]);
    const perFile = (process) => spread(samples.map(({ cpu }) => (cpu[process] / files) * 1000));
    return [
      `${count(files)} files of ${rowsOfFile} games in the bucket when \`strata run\` starts; each round's games are new.
        ${bench.database.product}: ${bench.database.settings}. To bus: ${against(median(rate('bus')), { atLeast: 20 })} files/s. Workflow
        history: ${digits(median(of('events')))} events a file, ${digits(median(of('longest')))} events in the longest history.`,
      {
        columns: ['', 's', 'files/s'],
        rows: [
          ['to staging', spread(of('staging')), spread(rate('staging'))],
          ['to bus', spread(of('bus')), spread(rate('bus'))],
          ['vault too', spread(of('vault')), spread(rate('vault'))],
        ],
      },
      {
        columns: ['process', 'CPU ms a file', 'peak'],
        rows: ['database', 'worker', 'temporal', 'store'].map((process) => [
          process,
          perFile(process),
          bytes(Math.max(...samples.map(({ peak }) => peak[process]))),
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
