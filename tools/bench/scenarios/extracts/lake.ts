import { messageOf } from '../../../run/errors.js';
import type { Bench } from '../../context.js';
import { TotesysLab, TotesysServer } from '../../lab/totesys-lab.js';
import { interleave, type Contender, type Samples } from '../../measure/meter.js';
import { dltExtract } from '../../peers/dlt-extract.js';
import { psqlGzip, psqlProgram, type SourceTable, type TableCost } from '../../peers/psql-gzip.js';
import type { Block } from '../../report/markdown.js';
import { against, bytes, count, digits, median, ratios, spread } from '../../report/statistics.js';
import type { Scenario } from '../scenario.js';

/** The table that contenders write. */
const table = 'sales_order';
/** Rows of each other table that Strata's first extract reads too. */
const otherRows = 100;
const strata = 'Strata';
const psql = 'psql and gzip';

/** What the contenders took, by the rows of the table. */
type Sizes = ReadonlyMap<number, Samples<TableCost>>;

/** How fast a large table of a database is in the lake, and what memory that takes. */
export const tableToLake: Scenario = {
  name: 'lake',
  title: 'A table of PostgreSQL into the lake',
  summary: 'a large table of a PostgreSQL database into the lake, beside psql and gzip; the most memory of the worker',
  async run(bench) {
    const sizes = new Map<number, Samples<TableCost>>();
    for (const rows of bench.options.lake) {
      bench.say(`a table with ${count(rows)} rows`);
      const server = await TotesysServer.start(bench, { rows: otherRows, others: { [table]: rows } });
      sizes.set(rows, await interleave(bench.options.longRounds, await contenders(bench, server, rows), bench.say));
      await server.close();
    }
    return report(sizes, bench.options.peers.includes('dlt'));
  },
};

/** What writes a whole table, each in its own way. One that is not there is a problem of the bench, which goes on without it. */
async function contenders(bench: Bench, server: TotesysServer, rows: number): Promise<Contender<TableCost>[]> {
  const source: SourceTable = { url: server.url, pid: server.process.pid, table, rows };
  const all: Contender<TableCost>[] = [{ name: strata, measure: () => firstExtract(bench, server, rows) }];
  const program = await psqlProgram(bench);
  if (program) all.push({ name: psql, measure: () => psqlGzip(bench, program, source) });
  else bench.problem('psql is left out: it is not on PATH. On Debian it is in the package postgresql-client');
  if (!bench.options.peers.includes('dlt')) return all;
  try {
    const { name, extract } = await dltExtract(bench);
    // What it can't do shows with a few rows, before anything is measured.
    await extract({ ...source, table: 'currency', rows: await server.rowsOf('currency') });
    all.push({ name, measure: () => extract(source) });
  } catch (error) {
    bench.run.throwIfClosing();
    bench.problem(`dlt is left out: ${messageOf(error)}`);
  }
  return all;
}

/** A first extract, by a new worker into an empty lake. */
async function firstExtract(bench: Bench, server: TotesysServer, rows: number): Promise<TableCost> {
  const lab = await TotesysLab.open(bench, server);
  const { seconds, cpu, peak, bytes: written, rows: read } = await lab.extractToLake();
  await lab.close();
  if (!(read >= rows)) throw new Error(`the extract wrote ${read} of ${rows} rows`);
  return { seconds, client: cpu.worker, source: cpu.source, peak: peak.worker, bytes: written };
}

function report(sizes: Sizes, hasDlt: boolean): Block[] {
  const seconds = (samples: Samples<TableCost>, name: string) => samples.of(name).map((cost) => cost.seconds);
  const [largestRows, largest] = [...sizes].at(-1)!;
  const peaks = [...sizes].map(([rows, samples]) => ({ rows, peak: Math.max(...samples.of(strata).map(({ peak }) => peak)) }));
  const judged = [
    `A table of ${count(largestRows)} rows as a share of the speed of psql and gzip ${against(median(ratios(seconds(largest, psql), seconds(largest, strata))), { atLeast: 0.85 })}`,
    `the most memory of the worker, in MB ${against(Math.max(...peaks.map(({ peak }) => peak)) / 1e6, { atMost: 400 })}, with ${peaks.map(({ rows, peak }) => `${bytes(peak)} at ${count(rows)} rows`).join(' and ')}`,
  ];
  return [
    `The table ${table} of the database of totesys, read in turns: by Strata into S3 as its first extract, with a few rows of the ten other
      tables, as compressed CSV, with a digest of each object and the ids of row versions, from the start of the run until its manifest is there;
      by psql, whose \`\\copy\` sends the table to \`gzip\`, into a file${hasDlt ? '; and by dlt into Parquet, in files' : ''}. ${judged.join('; ')}.`,
    {
      columns: ['rows', 'who', 's', 'rows/s', 'of the speed of psql', 'PostgreSQL CPU s', 'client CPU s', 'client peak', 'written'],
      rows: [...sizes].flatMap(([rows, samples]) => [...samples.keys()].map((name) => tableLine(rows, samples, name))),
    },
  ];
}

function tableLine(rows: number, samples: Samples<TableCost>, name: string): string[] {
  const costs = samples.of(name);
  const seconds = costs.map((cost) => cost.seconds);
  const baseline = samples.of(psql).map((cost) => cost.seconds);
  return [
    count(rows),
    name,
    spread(seconds),
    digits(rows / median(seconds)),
    spread(ratios(baseline, seconds)),
    spread(costs.map(({ source }) => source)),
    spread(costs.map(({ client }) => client)),
    bytes(Math.max(...costs.map(({ peak }) => peak))),
    bytes(Math.max(...costs.map(({ bytes: written }) => written))),
  ];
}
