import { parseArgs } from 'node:util';
import { ProvisionError } from '../servers/programs.mjs';
import { peerNames } from './peers/index.mjs';
import { scenarioNames, scenarios } from './scenarios/index.mjs';

const help = `npm run bench [-- options] [SCENARIO...]

Measures Strata on this machine: starts servers of its own, makes its data, runs each comparison in turns, prints tables and
rewrites their sections of BENCHMARKS.md. It takes two and a half hours or so; nothing stays but that file, and programs in the
cache folder.

Scenarios (all when none is named):
${scenarios.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join('\n')}

  --quick             small sizes, under 3 minutes; its sections of BENCHMARKS.md are marked and replace no full one
  --rounds N          rounds of each comparison, 1 to 99 (default 3; quick: 3 of landing, 1 of what takes longer);
                      profile, latency and memory compare nothing in turns: they run once
  --rows N            rows of the file: landing, chain, profile, scale-out (default 1M); flat delivers at most so many again
  --history N         rows that are there before the file: chain, profile (default 5M; 0: only an empty warehouse)
  --sizes N,N,...     sizes of the history: flat (default 100k,1M,5M)
  --files N           files of 100 rows: small-files (default 1,000)
  --puts N            files, one after the other: latency (default 30)
  --memory N,N,...    bytes of a file: memory (default 50MB,1GB,5GB, which takes 15 GB of disk)
  --workers N,N,...   workers side by side: scale-out (default 1,2,4)
  --database NAMES    mariadb, mysql or mariadb,mysql (default: MariaDB; landing on each that is there)
  --peers NAMES       ${peerNames.join(', ')}: installs them into the cache folder and lets them land the same file: chain alone
  --worker-env K=V    a setting of the workers, to compare settings; may be given more than once
  --output FILE       instead of BENCHMARKS.md
  --no-write          only print
  --help              this text

Numbers may be written 100k, 1M, 2.5M; bytes 50MB, 1GB (powers of 1,000).

MySQL is measured where STRATA_BENCH_MYSQL_URL or STRATA_TEST_MYSQL_URL names a server (mysql://user:password@host:port, whose
user may do everything; the bench drops what it made there), or a mysqld is on this machine.

Examples:
  npm run bench -- --quick
  npm run bench -- landing --rows 5M --rounds 5
  npm run bench -- chain --peers dlt,sling
  npm run bench -- flat --sizes 100k,1M,5M,20M
  npm run bench -- memory --memory 20GB
  STRATA_BENCH_MYSQL_URL=mysql://root@127.0.0.1:3307 npm run bench -- landing chain --database mariadb,mysql
`;

const full = {
  rounds: 3,
  rows: 1_000_000,
  history: 5_000_000,
  sizes: [100_000, 1_000_000, 5_000_000],
  files: 1_000,
  puts: 30,
  memory: [50e6, 1e9, 5e9],
  workers: [1, 2, 4],
};
const quick = {
  rounds: 3,
  rows: 50_000,
  history: 0,
  sizes: [10_000, 20_000],
  files: 200,
  puts: 2,
  memory: [50e6],
  workers: [1, 2],
};

const databases = ['mariadb', 'mysql'];
const letters = { k: 1e3, M: 1e6, G: 1e9, kB: 1e3, MB: 1e6, GB: 1e9 };

/** 100k, 1M, 2.5M, 50MB, 1GB, 1,000: a whole number; undefined for anything else. */
export function amount(text) {
  const [, digits, unit] = /^(\d[\d,]*(?:\.\d+)?)(kB|MB|GB|k|M|G)?$/.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const value = Math.round(Number(digits.replaceAll(',', '')) * (letters[unit] ?? 1));
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * The command line; undefined when only help was asked for, which is printed. Throws ProvisionError for what it does not take.
 * @returns {import('./context.mjs').BenchOptions | undefined}
 */
export function benchOptions(argv = process.argv.slice(2), print = console.log) {
  const { values, positionals } = parse(argv);
  if (values.help) {
    print(help);
    return undefined;
  }
  const defaults = values.quick ? quick : full;
  const one = (name, least, most = Number.MAX_SAFE_INTEGER) => {
    if (values[name] === undefined) return defaults[name];
    const value = amount(values[name]);
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
    if (value === undefined || value < least || value > most) wrong(`--${name} takes a number ${range}, not "${values[name]}"`);
    return value;
  };
  const several = (name) => {
    if (values[name] === undefined) return defaults[name];
    // Within a list the comma separates.
    const list = values[name].split(',').map(amount);
    if (list.some((value) => value === undefined || value < 1))
      wrong(`--${name} takes numbers from 1, separated by commas, not "${values[name]}"`);
    return [...new Set(list)].sort((a, b) => a - b);
  };
  const named = oneOf('the scenarios are', positionals, scenarioNames) ?? scenarioNames;
  const peers = oneOf('--peers takes', values.peers?.split(','), peerNames) ?? [];
  if (peers.length > 0 && !named.includes('chain')) wrong('--peers are for the scenario chain, which is not among those to run');
  return {
    quick: values.quick ?? false,
    scenarios: named,
    databases: oneOf('--database takes', values.database?.split(','), databases),
    peers,
    rounds: one('rounds', 1, 99),
    longRounds: values.quick && values.rounds === undefined ? 1 : one('rounds', 1, 99),
    rows: one('rows', 1_000),
    history: one('history', 0),
    sizes: several('sizes'),
    files: one('files', 1),
    puts: one('puts', 1),
    memory: several('memory'),
    workers: several('workers'),
    workerEnv: Object.fromEntries((values['worker-env'] ?? []).map(setting)),
    output: values.output,
    write: !values['no-write'],
    /** As given, for the report. */
    command: ['npm run bench', ...(argv.length > 0 ? ['--', ...argv] : [])].join(' '),
  };
}

function parse(argv) {
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        ...Object.fromEntries(Object.keys(full).map((name) => [name, text])),
        ...{ database: text, peers: text, output: text, 'worker-env': { type: 'string', multiple: true } },
        ...{ quick: flag, 'no-write': flag, help: { type: 'boolean', short: 'h' } },
      },
    });
  } catch (error) {
    return wrong(error.message);
  }
}

/** The names in the order of `known`; undefined when there are none. */
function oneOf(what, names, known) {
  if (names === undefined || names.length === 0) return undefined;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) wrong(`${what} ${known.join(', ')}, not "${unknown.join(', ')}"`);
  return known.filter((name) => names.includes(name));
}

function setting(text) {
  const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(text) ?? [];
  if (name === undefined) wrong(`--worker-env takes NAME=value, not "${text}"`);
  return [name, value];
}

function wrong(message) {
  throw new ProvisionError(`${message}.\nSee: npm run bench -- --help`);
}
