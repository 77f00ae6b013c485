import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Bench } from '../context.js';
import type { DataFile } from '../lab/games.js';
import { mostAtOnce, phaseOf } from '../measure/history.js';
import { Lab } from '../lab/lab.js';
import { interleave } from '../measure/meter.js';
import type { ProgramCost } from '../measure/measured-program.js';
import { type NativeClient, nativeClient } from '../measure/native-client.js';
import type { Block } from '../report/markdown.js';
import { against, bytes, count, digits, type Goal, median, ratios, spread } from '../report/statistics.js';
import type { Product } from '../../programs/warehouse-program.js';
import type { Database } from '../servers.js';
import type { Scenario } from './scenario.js';

/** What a native client's rows are known by; product loads are numbered from 1. */
const nativeLoad = 4_000_000_000;
/** Of STRATA_RANGE_BYTES: twice as much is landed in ranges. */
const defaultRange = 8 << 20;

/** Strata's two ways to land a file. */
const ways = ['one stream', 'ranges'] as const;
type Way = (typeof ways)[number];

const goals: Record<Product, Record<Way, Goal>> = {
  mariadb: { 'one stream': { atLeast: 0.75 }, ranges: { atLeast: 1 } },
  mysql: { 'one stream': { atLeast: 0.9 }, ranges: { atLeast: 1.2 } },
};

/** One landing of the file. */
interface Landed extends ProgramCost {
  /** CPU seconds of the server. */
  readonly server: number;
  /** Activities side by side. */
  readonly atOnce: number;
}

/** Object in S3 -> rows committed in staging, against the native client that loads the same file into the same table. */
export const landing: Scenario = {
  name: 'landing',
  title: 'Landing',
  everyDatabase: true,
  summary: "a file from S3 to staging, against the native client's LOAD DATA",
  async run(bench) {
    const file = await bench.gamesFile({ count: bench.options.rows });
    const blocks: Block[] = [
      `One file of ${count(file.rows)} games (${bytes(file.bytes)}) into the same table, empty at the start of each. The native client
        reads it from disk, on one connection, and numbers its rows by a variable; "numbered file" has the numbers in it, as Strata sends
        them. Strata reads it from S3, checks every field, and commits rows, rejects and the load's state; its time is from the start of
        the load's workflow to the end of its last landing activity. One round of each before the first is not counted.`,
    ];
    for (const database of bench.servers.databases) blocks.push(...(await onDatabase(bench, database, file)));
    return blocks;
  },
};

async function onDatabase(bench: Bench, database: Database, file: DataFile): Promise<Block[]> {
  const client = await nativeClient(bench, database);
  const open = (rangeBytes: number) => Lab.open(bench, { database, env: { STRATA_RANGE_BYTES: String(rangeBytes) } });
  // Small files, which are landed whole otherwise, show here what ranges are about.
  const [one, many] = await Promise.all([open(2 ** 40), open(Math.min(defaultRange, Math.ceil(file.bytes / 4)))]);
  const numbered = await numberedFile(bench, file);
  const strata = (way: Way, lab: Lab) => ({ name: `Strata, ${way}`, measure: () => landed(lab, file) });
  const ranges = strata('ranges', many);
  const others = [
    { name: client.name, measure: () => native(one, client, file, loadStatement('@n := @n + 1')) },
    { name: `${client.name}, numbered file`, measure: () => native(one, client, numbered, numberedStatement) },
    strata('one stream', one),
  ];
  const warmUp = await interleave(1, [...others, ranges], (line) => bench.say(`${database.product}, warming up, ${line}`));
  const atOnce = warmUp.of(ranges.name)[0]?.atOnce ?? 1;
  const contenders = atOnce > 1 ? [...others, ranges] : others;
  const samples = await interleave(bench.options.rounds, contenders, (line) => bench.say(`${database.product}, ${line}`));
  await one.close();
  await many.close();

  const secondsOf = (name: string) => samples.of(name).map(({ seconds }) => seconds);
  const speeds = (name: string) => ratios(secondsOf(client.name), secondsOf(name));
  const rows = [...samples].map(([name, of]) => {
    const seconds = median(secondsOf(name));
    return [
      name,
      spread(secondsOf(name)),
      digits(file.bytes / 1e6 / seconds),
      digits(file.rows / seconds),
      spread(speeds(name)),
      spread(of.map(({ server }) => server)),
      spread(of.map(({ cpu }) => cpu)),
      bytes(Math.max(...of.map(({ peak }) => peak))),
    ];
  });
  const judged = ways
    .filter((way) => samples.has(`Strata, ${way}`))
    .map((way) => `${way} ${against(median(speeds(`Strata, ${way}`)), goals[database.name][way])}`);
  return [
    `**${database.product}** (${database.settings}). Strata's speed as a share of the native client's: ${judged.join('; ')}.${
      atOnce > 1 ? ` Ranges: ${atOnce} activities at once.` : ' The file is too small to be landed in ranges side by side.'
    }`,
    { columns: ['who', 's', 'MB/s', 'rows/s', 'of native speed', 'server CPU s', 'client CPU s', 'client peak'], rows },
  ];
}

async function emptyTable(lab: Lab): Promise<void> {
  await lab.change('truncate table {staging}.games');
  await lab.settled();
}

async function native(lab: Lab, client: NativeClient, file: DataFile, statement: string): Promise<Landed> {
  await emptyTable(lab);
  const { result, cpu } = await lab.measure(() => client.load(statement.replaceAll('{staging}', `${lab.prefix}staging`), file.path));
  const [loaded] = await lab.query<{ rows: number }>('select count(*) as `rows` from {staging}.games');
  if (loaded?.rows !== file.rows) throw new Error(`the native client loaded ${loaded?.rows} of ${file.rows} rows`);
  return { ...result, server: cpu.database, atOnce: 1 };
}

async function landed(lab: Lab, file: DataFile): Promise<Landed> {
  await emptyTable(lab);
  await lab.put('games.csv', file);
  const { result: run, cpu, peak } = await lab.measure(() => lab.pickup('games'));
  if (run.result.rows !== file.rows || run.result.staged !== 1) throw new Error(`Strata staged ${run.result.rows} of ${file.rows} rows`);
  const executions = await lab.executions(run);
  const activities = executions.flatMap((execution) => execution.activities).filter((span) => phaseOf(span) === 'landing');
  const begun = executions.filter(({ type }) => type === 'landObject').map(({ started }) => started);
  const from = Math.min(...begun, ...activities.map(({ scheduled }) => scheduled));
  const to = Math.max(...activities.map(({ completed }) => completed));
  return { seconds: (to - from) / 1000, server: cpu.database, cpu: cpu.worker, peak: peak.worker, atOnce: mostAtOnce(activities) };
}

const format = "character set utf8mb4 fields terminated by ',' escaped by '\\\\' lines terminated by '\\n'";
const columns = 'game_id, user_id, game_type, play_date, duration';

/** The file as it is; the key of its rows is counted by the server. */
function loadStatement(number: string): string {
  return `set @n = 0; load data local infile '{file}' into table {staging}.games ${format} ignore 1 lines (${columns})
  set load_id = ${nativeLoad}, row_offset = (${number}), line_number = @n, padded = 0`;
}

/** The file that numberedFile writes. */
const numberedStatement = `load data local infile '{file}' into table {staging}.games ${format}
  (row_offset, line_number, padded, ${columns}) set load_id = ${nativeLoad}`;

/** The same rows with what Strata puts before them: offset, line number, a flag. */
async function numberedFile(bench: Bench, file: DataFile): Promise<DataFile> {
  const target = bench.run.path('data', 'numbered.csv');
  async function* lines(): AsyncGenerator<string> {
    let offset = 0;
    let number = 0;
    let block = '';
    for await (const line of createInterface({ input: createReadStream(file.path), crlfDelay: Infinity })) {
      number++;
      if (number > 1) block += `${offset},${number},0,${line}\n`;
      offset += line.length + 1;
      if (block.length < 262_144) continue;
      yield block;
      block = '';
    }
    yield block;
  }
  await pipeline(Readable.from(lines()), createWriteStream(target));
  return { ...file, path: target };
}
