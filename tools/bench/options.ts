import { parseArgs } from 'node:util';
import { ProvisionError } from '../programs/run-program.js';
import { messageOf } from '../run/errors.js';
import type { Product } from '../programs/warehouse-program.js';
import { help } from './help.js';
import { type PeerName, peerNames, peerScenarios } from './peers/index.js';
import { scenarioNames } from './scenarios/index.js';

export interface BenchOptions {
  readonly quick: boolean;
  readonly scenarios: readonly string[];
  readonly databases: readonly Product[] | undefined;
  readonly peers: readonly PeerName[];
  /** Trips without PostgreSQL and DuckDB. */
  readonly alone: boolean;
  readonly rounds: number;
  /** Of scenarios that take long, in which a quick run is content with one. */
  readonly longRounds: number;
  readonly rows: number;
  readonly history: number;
  readonly sizes: readonly number[];
  readonly files: number;
  readonly puts: number;
  /** Of b2b. */
  readonly days: number;
  readonly dayRows: number;
  /** Rows of each table of totesys. */
  readonly totesys: readonly number[];
  /** Rows of the table of lake. */
  readonly lake: readonly number[];
  /** Rows of the files of trips. */
  readonly trips: readonly number[];
  /** Bytes. */
  readonly memory: readonly number[];
  readonly workers: readonly number[];
  readonly workerEnv: Readonly<Record<string, string>>;
  readonly output: string | undefined;
  readonly write: boolean;
  /** As given, for the report. */
  readonly command: string;
}

type Sizes = Pick<
  BenchOptions,
  'rounds' | 'rows' | 'history' | 'sizes' | 'files' | 'puts' | 'days' | 'dayRows' | 'totesys' | 'lake' | 'trips' | 'memory' | 'workers'
>;

const full: Sizes = {
  rounds: 3,
  rows: 1_000_000,
  history: 5_000_000,
  sizes: [100_000, 1_000_000, 5_000_000],
  files: 1_000,
  puts: 30,
  days: 366,
  dayRows: 6_000,
  totesys: [100_000, 1_000_000],
  lake: [1_000_000, 10_000_000],
  trips: [1_000_000, 10_000_000],
  memory: [50e6, 1e9, 5e9],
  workers: [1, 2, 4],
};
const quick: Sizes = {
  rounds: 3,
  rows: 50_000,
  history: 0,
  sizes: [10_000, 20_000],
  files: 200,
  puts: 2,
  days: 4,
  dayRows: 1_000,
  totesys: [5_000],
  lake: [10_000],
  trips: [100_000],
  memory: [50e6],
  workers: [1, 2],
};

const databases = ['mariadb', 'mysql'] as const;
const letters = new Map(Object.entries({ k: 1e3, M: 1e6, G: 1e9, kB: 1e3, MB: 1e6, GB: 1e9 }));

/** 100k, 1M, 2.5M, 50MB, 1GB, 1,000: a whole number; undefined for anything else. */
function amount(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d[\d,]*(?:\.\d+)?)(kB|MB|GB|k|M|G)?$/.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const value = Math.round(Number(digits.replaceAll(',', '')) * (letters.get(unit) ?? 1));
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The command line; undefined when only help was asked for, which is printed. Throws ProvisionError for what it does not take. */
export function benchOptions(args: readonly string[], print: (text: string) => void = console.log): BenchOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help) {
    print(help);
    return undefined;
  }
  const defaults = values.quick ? quick : full;
  const one = (
    name: 'rounds' | 'rows' | 'history' | 'files' | 'puts' | 'days' | 'dayRows',
    least: number,
    most = Number.MAX_SAFE_INTEGER,
  ): number => {
    const option = name === 'dayRows' ? 'day-rows' : name;
    const text = values[option];
    if (text === undefined) return defaults[name];
    const value = amount(text);
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
    if (value === undefined || value < least || value > most) throw wrong(`--${option} takes a number ${range}, not "${text}"`);
    return value;
  };
  const several = (name: 'sizes' | 'totesys' | 'lake' | 'trips' | 'memory' | 'workers'): readonly number[] => {
    const text = values[name];
    if (text === undefined) return defaults[name];
    // Within a list the comma separates.
    const list = text.split(',').map((each) => {
      const value = amount(each);
      if (value === undefined || value < 1) throw wrong(`--${name} takes numbers from 1, separated by commas, not "${text}"`);
      return value;
    });
    return [...new Set(list)].sort((a, b) => a - b);
  };
  const named = oneOf('the scenarios are', positionals, scenarioNames) ?? scenarioNames;
  const peers = oneOf('--peers takes', values.peers?.split(','), peerNames) ?? [];
  const idle = peers.find((peer) => !peerScenarios[peer].some((name) => named.includes(name)));
  if (idle) throw wrong(`--peers ${idle} is for the scenarios ${peerScenarios[idle].join(', ')}, none of which is to run`);
  return {
    quick: values.quick ?? false,
    scenarios: named,
    databases: oneOf('--database takes', values.database?.split(','), databases),
    peers,
    alone: values.alone ?? false,
    rounds: one('rounds', 1, 99),
    longRounds: values.quick && values.rounds === undefined ? 1 : one('rounds', 1, 99),
    rows: one('rows', 1_000),
    history: one('history', 0),
    sizes: several('sizes'),
    files: one('files', 1),
    puts: one('puts', 1),
    days: one('days', 1),
    dayRows: one('dayRows', 30),
    totesys: several('totesys'),
    lake: several('lake'),
    trips: several('trips'),
    memory: several('memory'),
    workers: several('workers'),
    workerEnv: Object.fromEntries((values['worker-env'] ?? []).map((text) => setting(text))),
    output: values.output,
    write: !values['no-write'],
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{
          rounds: text,
          rows: text,
          history: text,
          sizes: text,
          files: text,
          puts: text,
          days: text,
          'day-rows': text,
          totesys: text,
          lake: text,
          trips: text,
          memory: text,
          workers: text,
        },
        ...{ database: text, peers: text, output: text, 'worker-env': { type: 'string', multiple: true } },
        ...{ quick: flag, alone: flag, 'no-write': flag, help: { type: 'boolean', short: 'h' } },
      },
    });
  } catch (error) {
    throw wrong(messageOf(error));
  }
}

/** The names in the order of `known`; undefined when there are none. */
function oneOf<Name extends string>(
  what: string,
  names: readonly string[] | undefined,
  known: readonly Name[],
): readonly Name[] | undefined {
  if (names === undefined || names.length === 0) return undefined;
  const unknown = names.filter((name) => !known.some((each) => each === name));
  if (unknown.length > 0) throw wrong(`${what} ${known.join(', ')}, not "${unknown.join(', ')}"`);
  return known.filter((name) => names.includes(name));
}

function setting(text: string): [string, string] {
  const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw wrong(`--worker-env takes NAME=value, not "${text}"`);
  return [name, value];
}

const wrong = (message: string) => new ProvisionError(`${message}.\nSee: npm run bench -- --help`);
