import type { Bench } from '../context.js';
import { TotesysLab, type MeasuredExtract } from '../lab/totesys-lab.js';
import { interleave, type Contender, type Samples } from '../measure/meter.js';
import { dltExtract } from '../peers/dlt-extract.js';
import { psqlGzip, psqlProgram, type SourceTable, type TableCost } from '../peers/psql-gzip.js';
import type { Block } from '../report/markdown.js';
import { against, bytes, count, digits, median, ratios, spread } from '../report/statistics.js';
import { messageOf } from '../../run/errors.js';
import type { Scenario } from './scenario.js';

/** Transactions that the source commits between two extracts. */
const changes = [1, 1_000];
/** The table that contenders write. */
const table = 'sales_order';
const strata = 'Strata';
const psql = 'psql and gzip';

interface Size {
  readonly rows: number;
  /** Of the table that contenders write, after the changes. */
  readonly tableRows: number;
  readonly first: MeasuredExtract;
  readonly changed: readonly { readonly changes: number; readonly runs: readonly MeasuredExtract[] }[];
  readonly whole: Samples<TableCost>;
}

/** From a change in PostgreSQL to bus, and how fast a table is read. */
export const totesysExtracts: Scenario = {
  name: 'totesys',
  title: 'From PostgreSQL to bus',
  summary: 'changes of a PostgreSQL database until they are in bus, by the size of its tables; a whole table beside psql and gzip',
  async run(bench) {
    const sizes: Size[] = [];
    for (const rows of bench.options.totesys) sizes.push(await ofSize(bench, rows));
    return report(bench, sizes);
  },
};

async function ofSize(bench: Bench, rows: number): Promise<Size> {
  const lab = await TotesysLab.open(bench, rows);
  bench.say(`${count(rows)} rows a table: the first extract`);
  const first = await lab.extract();
  const changed = [];
  for (const each of changes) {
    const runs: MeasuredExtract[] = [];
    for (let round = 0; round < bench.options.longRounds; round++) {
      bench.say(`${count(rows)} rows a table, ${count(each)} changes: round ${round + 1}`);
      await lab.source.change(each);
      runs.push(await lab.extract());
    }
    changed.push({ changes: each, runs });
  }
  const tableRows = await lab.rowsOf(table);
  const whole = await interleave(bench.options.longRounds, await contenders(bench, lab, tableRows), bench.say);
  await lab.close();
  return { rows, tableRows, first, changed, whole };
}

/** What writes a whole table, each in its own way. One that is not there is a problem of the bench, which goes on without it. */
async function contenders(bench: Bench, lab: TotesysLab, rows: number): Promise<Contender<TableCost>[]> {
  const source: SourceTable = { url: lab.url, pid: lab.sourcePid, table, rows };
  const all: Contender<TableCost>[] = [
    {
      name: strata,
      async measure() {
        const { steps, cpu, peak, bytes: written, rows: read } = await lab.reread(table);
        if (read !== rows) throw new Error(`the extract wrote ${read} of ${rows} rows`);
        return { seconds: steps.reading, client: cpu.worker, source: cpu.source, peak: peak.worker, bytes: written };
      },
    },
  ];
  const program = await psqlProgram(bench);
  if (program) all.push({ name: psql, measure: () => psqlGzip(bench, program, source) });
  else bench.problem('psql is left out: it is not on PATH. On Debian it is in the package postgresql-client');
  if (!bench.options.peers.includes('dlt')) return all;
  try {
    const { name, extract } = await dltExtract(bench);
    // What it can't do shows with a few rows, before anything is measured.
    await extract({ ...source, table: 'currency', rows: await lab.rowsOf('currency') });
    all.push({ name, measure: () => extract(source) });
  } catch (error) {
    bench.run.throwIfClosing();
    bench.problem(`dlt is left out: ${messageOf(error)}`);
  }
  return all;
}

function report({ database }: Bench, sizes: readonly Size[]): Block[] {
  const largest = sizes.at(-1)!;
  const most = largest.changed.at(-1)!;
  const peaks = sizes.map(({ first, changed, whole }) =>
    Math.max(
      ...[first, ...changed.flatMap(({ runs }) => runs)].map(({ peak }) => peak.worker),
      ...whole.of(strata).map(({ peak }) => peak),
    ),
  );
  const seconds = ({ whole }: Size, name: string) => whole.of(name).map((cost) => cost.seconds);
  const judged = [
    `${count(most.changes)} changes in tables of ${count(largest.rows)} rows, seconds to bus ${against(median(most.runs.map(({ steps }) => steps.bus)), { atMost: 30 })}`,
    `a whole table's extract as a share of the speed of psql and gzip ${against(median(ratios(seconds(largest, psql), seconds(largest, strata))), { atLeast: 0.85 })}`,
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
    `The whole table ${table}, read in turns: by Strata into S3, as compressed CSV, with a digest of each object and the ids of row versions, until the manifest is there;
      by psql, whose \`\\copy\` sends it to \`gzip\`, into a file${largest.whole.size > 2 ? '; and by dlt into Parquet, in files' : ''}.`,
    {
      columns: ['rows', 'who', 's', 'rows/s', 'of the speed of psql', 'PostgreSQL CPU s', 'client CPU s', 'client peak', 'written'],
      rows: sizes.flatMap((size) => [...size.whole.keys()].map((name) => tableLine(size, name))),
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

function tableLine({ tableRows, whole }: Size, name: string): string[] {
  const costs = whole.of(name);
  const seconds = costs.map((cost) => cost.seconds);
  const baseline = whole.of(psql).map((cost) => cost.seconds);
  return [
    count(tableRows),
    name,
    spread(seconds),
    digits(tableRows / median(seconds)),
    spread(ratios(baseline, seconds)),
    spread(costs.map(({ source }) => source)),
    spread(costs.map(({ client }) => client)),
    bytes(Math.max(...costs.map(({ peak }) => peak))),
    bytes(Math.max(...costs.map(({ bytes: written }) => written))),
  ];
}
