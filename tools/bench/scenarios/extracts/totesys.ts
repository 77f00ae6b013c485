import type { Bench } from '../../context.js';
import { TotesysLab, TotesysServer, type MeasuredExtract } from '../../lab/totesys-lab.js';
import type { Block } from '../../report/markdown.js';
import { against, bytes, count, median, spread } from '../../report/statistics.js';
import type { Scenario } from '../scenario.js';

/** Transactions that the source commits between two extracts. */
const changes = [1, 1_000];

interface Size {
  readonly rows: number;
  readonly first: MeasuredExtract;
  readonly changed: readonly { readonly changes: number; readonly runs: readonly MeasuredExtract[] }[];
}

/** From a change in PostgreSQL to bus. */
export const totesysExtracts: Scenario = {
  name: 'totesys',
  title: 'From PostgreSQL to bus',
  summary: 'changes of a PostgreSQL database until they are in bus, by the size of its tables',
  async run(bench) {
    const sizes: Size[] = [];
    for (const rows of bench.options.totesys) sizes.push(await ofSize(bench, rows));
    return report(bench, sizes);
  },
};

async function ofSize(bench: Bench, rows: number): Promise<Size> {
  bench.say(`a database with ${count(rows)} rows a table`);
  const server = await TotesysServer.start(bench, { rows });
  const lab = await TotesysLab.open(bench, server);
  bench.say(`${count(rows)} rows a table: the first extract`);
  const first = await lab.extract();
  const changed = [];
  for (const each of changes) {
    const runs: MeasuredExtract[] = [];
    for (let round = 0; round < bench.options.longRounds; round++) {
      bench.say(`${count(rows)} rows a table, ${count(each)} changes: round ${round + 1}`);
      await server.source.change(each);
      runs.push(await lab.extract());
    }
    changed.push({ changes: each, runs });
  }
  await lab.close();
  await server.close();
  return { rows, first, changed };
}

function report({ database }: Bench, sizes: readonly Size[]): Block[] {
  const largest = sizes.at(-1)!;
  const most = largest.changed.at(-1)!;
  const peaks = sizes.map(({ first, changed }) =>
    Math.max(...[first, ...changed.flatMap(({ runs }) => runs)].map(({ peak }) => peak.worker)),
  );
  const judged = [
    `${count(most.changes)} changes in tables of ${count(largest.rows)} rows, seconds to bus ${against(median(most.runs.map(({ steps }) => steps.bus)), { atMost: 30 })}`,
    `the most memory of the worker, in MB ${against(Math.max(...peaks) / 1e6, { atMost: 400 })}, with ${sizes.map(({ rows }, index) => `${bytes(peaks[index] ?? NaN)} at ${count(rows)} rows a table`).join(' and ')}`,
  ];
  return [
    `A PostgreSQL with the eleven tables of totesys, eight of them with so many rows each, is extracted into a lake in S3 and brought to bus, once as a
      whole, and then after each of some changes: new orders with their payments, corrected orders, and people and addresses that move, each in a transaction
      of its own. After each run the current orders and payments and two dimensions are compared with the database. Seconds since the run began; read is when all tables were
      read and their objects written, and lake when the manifest made them a run. ${database.product}: ${database.settings}. ${judged.join('; ')}.`,
    {
      columns: [
        ...['rows a table', 'changes', 'rows read', 'read s', 'lake s', 'staging s', 'bulk s', 'bus s', 'processed s'],
        ...['worker CPU s', 'server CPU s', 'PostgreSQL CPU s', 'Temporal CPU s', 'worker peak'],
      ],
      rows: sizes.flatMap(({ rows, first, changed }) => [
        runLine(rows, 'all of it', [first]),
        ...changed.map(({ changes: each, runs }) => runLine(rows, count(each), runs)),
      ]),
    },
  ];
}

function runLine(rows: number, what: string, runs: readonly MeasuredExtract[]): string[] {
  const of = (value: (run: MeasuredExtract) => number) => spread(runs.map(value));
  return [
    count(rows),
    what,
    count(Math.round(median(runs.map((run) => run.rows)))),
    ...(['read', 'lake', 'staging', 'bulk', 'bus', 'processed'] as const).map((step) => of(({ steps }) => steps[step])),
    ...(['worker', 'database', 'source', 'temporal'] as const).map((group) => of(({ cpu }) => cpu[group])),
    bytes(Math.max(...runs.map(({ peak }) => peak.worker))),
  ];
}
