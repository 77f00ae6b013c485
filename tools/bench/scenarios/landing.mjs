import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { mostAtOnce, phaseOf } from '../history.mjs';
import { Lab } from '../lab.mjs';
import { interleave } from '../meter.mjs';
import { nativeClient } from '../native-client.mjs';
import { against, bytes, count, digits, median, ratios, spread } from '../statistics.mjs';

/** What a native client's rows are known by; product loads are numbered from 1. */
const nativeLoad = 4_000_000_000;
/** Of STRATA_RANGE_BYTES: twice as much is landed in ranges. */
const defaultRange = 8 << 20;

const goals = {
  mariadb: { 'one stream': { atLeast: 0.75 }, ranges: { atLeast: 1 } },
  mysql: { 'one stream': { atLeast: 0.9 }, ranges: { atLeast: 1.2 } },
};

/** Object in S3 -> rows committed in staging, against the native client that loads the same file into the same table. */
export const landing = {
  name: 'landing',
  title: 'Landing',
  everyDatabase: true,
  summary: "a file from S3 to staging, against the native client's LOAD DATA",
  async run(bench) {
    const file = await bench.gamesFile({ count: bench.options.rows });
    const blocks = [
      `One file of ${count(file.rows)} games (${bytes(file.bytes)}) into the same table, empty at the start of each. The native client
        reads it from disk, on one connection, and numbers its rows by a variable; "numbered file" has the numbers in it, as Strata sends
        them. Strata reads it from S3, checks every field, and commits rows, rejects and the load's state; its time is from the start of
        the load's workflow to the end of its last landing activity. One round of each before the first is not counted.`,
    ];
    for (const database of bench.servers.databases) blocks.push(...(await onDatabase(bench, database, file)));
    return blocks;
  },
};

async function onDatabase(bench, database, file) {
  const client = await nativeClient(bench, database);
  // Small files, which are landed whole otherwise, show here what ranges are about.
  const rangeBytes = [2 ** 40, Math.min(defaultRange, Math.ceil(file.bytes / 4))];
  const [one, many] = await Promise.all(rangeBytes.map((size) => Lab.open(bench, { database, env: { STRATA_RANGE_BYTES: String(size) } })));
  const numbered = await numberedFile(bench, file);
  const strata = { 'one stream': one, ranges: many };
  const contenders = [
    { name: client.name, measure: () => native(one, client, file, loadStatement('@n := @n + 1')) },
    { name: `${client.name}, numbered file`, measure: () => native(one, client, numbered, numberedStatement) },
    ...Object.entries(strata).map(([name, lab]) => ({ name: `Strata, ${name}`, measure: () => landed(lab, file) })),
  ];
  const [warm] = (await interleave(1, contenders, (line) => bench.say(`${database.product}, warming up, ${line}`))).get('Strata, ranges');
  const sideBySide = warm.atOnce > 1;
  if (!sideBySide) contenders.pop();
  const samples = await interleave(bench.options.rounds, contenders, (line) => bench.say(`${database.product}, ${line}`));
  for (const lab of Object.values(strata)) await lab.close();

  const limit = samples.get(client.name).map(({ seconds }) => seconds);
  const speeds = ([, of]) =>
    ratios(
      limit,
      of.map(({ seconds }) => seconds),
    );
  const rows = [...samples].map(([name, of]) => {
    const seconds = of.map((sample) => sample.seconds);
    return [
      name,
      spread(seconds),
      digits(file.bytes / 1e6 / median(seconds)),
      digits(file.rows / median(seconds)),
      spread(speeds([name, of])),
      spread(of.map(({ server }) => server)),
      spread(of.map(({ cpu }) => cpu)),
      bytes(Math.max(...of.map(({ peak }) => peak))),
    ];
  });
  const judged = [...samples]
    .filter(([name]) => name.startsWith('Strata'))
    .map(
      (entry) =>
        `${entry[0].replace('Strata, ', '')} ${against(median(speeds(entry)), goals[database.name][entry[0].replace('Strata, ', '')])}`,
    );
  return [
    `**${database.product}** (${database.settings}). Strata's speed as a share of the native client's: ${judged.join('; ')}.${
      sideBySide ? ` Ranges: ${warm.atOnce} activities at once.` : ' Landing ranges of one file side by side is not in this version.'
    }`,
    { columns: ['who', 's', 'MB/s', 'rows/s', 'of native speed', 'server CPU s', 'client CPU s', 'client peak'], rows },
  ];
}

async function emptyTable(lab) {
  await lab.query('truncate table {staging}.games');
  await lab.settled();
}

async function native(lab, client, file, statement) {
  await emptyTable(lab);
  const { result, cpu } = await lab.measure(() => client.load(statement.replaceAll('{staging}', `${lab.prefix}staging`), file.path));
  const [{ rows }] = await lab.query('select count(*) as `rows` from {staging}.games');
  if (Number(rows) !== file.rows) throw new Error(`the native client loaded ${rows} of ${file.rows} rows`);
  return { ...result, server: cpu.database };
}

async function landed(lab, file) {
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
function loadStatement(number) {
  return `set @n = 0; load data local infile '{file}' into table {staging}.games ${format} ignore 1 lines (${columns})
  set load_id = ${nativeLoad}, row_offset = (${number}), line_number = @n, padded = 0`;
}

/** The file that numberedFile writes. */
const numberedStatement = `load data local infile '{file}' into table {staging}.games ${format}
  (row_offset, line_number, padded, ${columns}) set load_id = ${nativeLoad}`;

/** The same rows with what Strata puts before them: offset, line number, a flag. */
async function numberedFile(bench, file) {
  const target = bench.run.path('data', 'numbered.csv');
  async function* lines() {
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
