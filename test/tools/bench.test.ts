import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changedGames, games, lateGames, movedUsers, users } from '../../tools/bench/lab/games.js';
import { phaseOf } from '../../tools/bench/measure/history.js';
import { interleave, measure } from '../../tools/bench/measure/meter.js';
import { benchOptions as parse } from '../../tools/bench/options.js';
import { quickTitle, sectionsOf, withSections } from '../../tools/bench/report/document.js';
import { markdown } from '../../tools/bench/report/markdown.js';
import { against, bytes, count, digits, median, quantile, ratios, spread } from '../../tools/bench/report/statistics.js';

describe('the steps that activities belong to', () => {
  it.each([
    ['landing', ['landRange', 'landBundle']],
    ['processing', ['processBatch']],
    ['vault', ['loadVaultTable', 'loadStaleVault']],
    ['marts', ['refreshMart', 'refreshStaleMarts']],
    [
      'around',
      [
        'planPipeline',
        'claimObjects',
        'listOpenLoads',
        'awaitLanding',
        'signalStagedLoads',
        'planLanding',
        'settleLanding',
        'findStaged',
        'pruneStaging',
      ],
    ],
  ])('%s are %j', (phase, types) => expect(types.map((type) => phaseOf({ type }))).toEqual(types.map(() => phase)));
});

describe('the options of npm run bench', () => {
  it('are a full run of everything when there are none', () => {
    expect(parse([])).toMatchObject({
      quick: false,
      scenarios: [
        'landing',
        'chain',
        'profile',
        'flat',
        'latency',
        'small-files',
        'memory',
        'scale-out',
        'b2b',
        'totesys',
        'lake',
        'trips',
      ],
      databases: undefined,
      rounds: 3,
      longRounds: 3,
      rows: 1_000_000,
      history: 5_000_000,
      sizes: [100_000, 1_000_000, 5_000_000],
      write: true,
      command: 'npm run bench',
    });
  });

  it('take numbers as people write them, and lists in order', () => {
    expect(
      parse(['--rows', '2.5M', '--sizes', '5M,100k,1M', '--memory', '1GB,50MB', '--history', '10,000', '--days', '31', '--day-rows', '6k']),
    ).toMatchObject({
      rows: 2_500_000,
      days: 31,
      dayRows: 6_000,
      history: 10_000,
      sizes: [100_000, 1_000_000, 5_000_000],
      memory: [50_000_000, 1_000_000_000],
    });
  });

  it('name scenarios, databases and peers, which keep their order', () => {
    expect(
      parse([
        'chain',
        'landing',
        '--database',
        'mysql,mariadb',
        '--peers',
        'sling,dlt',
        '--worker-env',
        'STRATA_ACTIVITY_SLOTS=4',
        '--no-write',
      ]),
    ).toMatchObject({
      scenarios: ['landing', 'chain'],
      databases: ['mariadb', 'mysql'],
      peers: ['dlt', 'sling'],
      workerEnv: { STRATA_ACTIVITY_SLOTS: '4' },
      write: false,
    });
  });

  it('make a quick run small, whose sizes may be given all the same', () => {
    expect(parse(['--quick', '--rows', '7k'])).toMatchObject({ quick: true, rows: 7_000, rounds: 3, longRounds: 1, history: 0 });
    expect(parse(['--quick', '--rounds', '2'])).toMatchObject({ rounds: 2, longRounds: 2 });
  });

  it.each([
    [['--rows', 'many'], '--rows takes a number from 1000, not "many"'],
    [['--day-rows', '3'], '--day-rows takes a number from 30, not "3"'],
    [['--rounds', '0'], '--rounds takes a number from 1 to 99, not "0"'],
    [['--sizes', '1k,x'], '--sizes takes numbers from 1, separated by commas, not "1k,x"'],
    [
      ['speed'],
      'the scenarios are landing, chain, profile, flat, latency, small-files, memory, scale-out, b2b, totesys, lake, trips, not "speed"',
    ],
    [['--peers', 'dlt,spark'], '--peers takes dlt, sling, not "spark"'],
    [['flat', '--peers', 'dlt'], '--peers dlt is for the scenarios chain, lake, none of which is to run'],
    [['lake', '--peers', 'dlt,sling'], '--peers sling is for the scenarios chain, none of which is to run'],
    [['--worker-env', 'x'], '--worker-env takes NAME=value, not "x"'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuse %j and say why and where to read on', (argv, message) => {
    expect(() => parse(argv)).toThrow(message);
    expect(() => parse(argv)).toThrow('See: npm run bench -- --help');
  });

  it('show their help, with every scenario and examples', async () => {
    const shown: string[] = [];
    expect(parse(['--help'], (text) => shown.push(text))).toBeUndefined();
    for (const word of ['landing', 'scale-out', '--quick', '--peers', 'Examples:', 'npm run bench -- --quick'])
      expect(shown.join('')).toContain(word);
  });
});

describe('the statistics of a bench', () => {
  it('are the median, quantiles and what lies around them', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, NaN]);
    expect([quantile([1, 2, 3, 4, 5], 0.95), quantile([7], 0.95)]).toEqual([4.8, 7]);
    expect([spread([3.7, 2.7, 4.1]), spread([5]), spread([NaN, NaN])]).toEqual(['3.70 [2.70-4.10]', '5.00', '-']);
  });

  it('compare round by round', () => {
    expect(ratios([2, 9, 4], [1, 3, 8])).toEqual([2, 3, 0.5]);
  });

  it('show the digits that matter', () => {
    expect([0, 0.0123, 0.5, 1.234, 12.34, 123.4, 12_345.6, NaN].map(digits)).toEqual([
      '0.00',
      '0.012',
      '0.50',
      '1.23',
      '12.3',
      '123',
      '12,346',
      '-',
    ]);
    expect([999, 1_000, 20_000, 333_333, 1_000_000, 2_500_000].map(count)).toEqual(['999', '1,000', '20k', '333.3k', '1M', '2.5M']);
    expect([1_500, 35_100_000, 5e9, NaN].map(bytes)).toEqual(['1.5 kB', '35 MB', '5 GB', '-']);
  });

  it('say a goal and whether it was missed, by its value before it is rounded', () => {
    expect(against(0.81, { atLeast: 0.75 })).toBe('0.81 (goal: at least 0.75)');
    expect(against(0.748, { atLeast: 0.75 })).toBe('0.748 (goal: at least 0.75, missed)');
    expect(against(1.304, { atMost: 1.3 })).toBe('1.304 (goal: at most 1.3, missed)');
    expect(against(1.4, { atMost: 1.3 })).toBe('1.40 (goal: at most 1.3, missed)');
    expect(against(NaN, { atMost: 1 })).toBe('not measured');
  });
});

it('contenders take turns, each of them first once', async () => {
  const order: string[] = [];
  const contender = (name: string) => ({
    name,
    measure: async (round: number) => {
      order.push(name);
      return `${name}${round}`;
    },
  });
  const samples = await interleave(3, ['a', 'b', 'c'].map(contender), () => undefined);
  expect(order.join('')).toBe('abcbcacab');
  expect([...samples]).toEqual(['a', 'b', 'c'].map((name) => [name, [`${name}0`, `${name}1`, `${name}2`]]));
});

it('CPU seconds count a process with its children, also those that have ended', async () => {
  const burn = 'while (process.cpuUsage().user < 3e5);';
  const parent = `
    const { execFileSync } = require('node:child_process');
    process.stdin.once('data', () => {
      execFileSync(process.execPath, ['-e', '${burn}']);
      console.log('done');
      setTimeout(() => {}, 60000);
    });`;
  const busy = spawn(process.execPath, ['-e', parent], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    const { cpu, peak } = await measure({ busy: [busy.pid!], nobody: [] }, async () => {
      busy.stdin?.write('go');
      await new Promise((resolve) => busy.stdout?.once('data', resolve));
    });
    if (existsSync('/proc/self/stat')) {
      expect(cpu.busy).toBeGreaterThan(0.05);
      expect(peak.busy).toBeGreaterThan(10 << 20);
    } else expect(cpu.busy).toBeNaN();
    expect(cpu.nobody).toBeNaN();
  } finally {
    busy.kill();
  }
});

describe('the report of a bench', () => {
  it('is Markdown with aligned tables, numbers to the right', async () => {
    const text = markdown([
      'One  paragraph\n   of two lines.',
      {
        columns: ['who', 's'],
        rows: [
          ['a|b', '1.00'],
          ['c', '12.0 [9.00-13.0]'],
        ],
      },
    ]);
    expect(text.split('\n')).toEqual([
      'One paragraph of two lines.',
      '',
      '| who  |                s |',
      '| ---- | ---------------: |',
      '| a\\|b |             1.00 |',
      '| c    | 12.0 [9.00-13.0] |',
    ]);
  });

  it('takes the place of the sections that were measured and keeps the others', async () => {
    const order = ['Landing', 'Memory', 'Flat'];
    const first = withSections(
      '',
      [
        { title: 'Memory', body: 'm1' },
        { title: 'Landing', body: 'l1\n\n| a |' },
      ],
      order,
    );
    expect(first).toMatch(/^# Benchmarks\n/);
    expect(sectionsOf(first)).toEqual([
      { title: 'Landing', body: 'l1\n\n| a |' },
      { title: 'Memory', body: 'm1' },
    ]);
    const second = withSections(
      first,
      [
        { title: 'Flat', body: 'f2' },
        { title: 'Landing', body: 'l2' },
      ],
      order,
    );
    expect(sectionsOf(second).map(({ body }) => body)).toEqual(['l2', 'm1', 'f2']);
    expect(second.match(/^# /gm)).toHaveLength(1);

    const quick = withSections(second, [{ title: quickTitle('Memory'), body: 'q' }], order);
    expect(sectionsOf(quick).map(({ title }) => title)).toEqual(['Landing', 'Memory', 'Flat', 'Quick: memory']);
    expect(sectionsOf(withSections(quick, [{ title: 'Memory', body: 'm2' }], order)).map(({ body }) => body)).toEqual(['l2', 'm2', 'f2']);
  });
});

it('games are the same for the same ids, changed ones differ in their duration alone', async () => {
  const all = [...games({ count: 50, users: 10 })];
  expect([...games({ first: 11, count: 5, users: 10 })]).toEqual(all.slice(10, 15));
  const changed = [...changedGames({ first: 1, last: 50, count: 20, users: 10, version: 3 })];
  expect(new Set(changed.map((row) => row.split(',')[0])).size).toBe(20);
  for (const row of changed) {
    const [id, ...rest] = row.split(',');
    const [, ...before] = all[Number(id) - 1]!.split(',');
    expect(rest.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(Number(rest[3])).toBe(Number(before[3]) + 3);
  }
});

it('late games are new ones on days that others have; users move to another country each round and keep the rest', async () => {
  const days = new Set([...games({ count: 60_000, users: 10 })].map((row) => row.split(',')[3]));
  const late = [...lateGames({ first: 900_000, last: 60_000, count: 200, users: 10 })].map((row) => row.split(','));
  expect(late.map(([id]) => Number(id))).toEqual(Array.from({ length: 200 }, (_, index) => 900_000 + index));
  expect(new Set(late.map(([, , , day]) => day))).toEqual(days);

  const played = { first: 1, last: 300 };
  const now = new Map([...users({ count: 100, played })].map((row) => [row.split(',')[0], row]));
  for (let round = 0; round < 12; round++) {
    const moved = [...movedUsers({ count: 50, users: 100, played, round })];
    expect(moved).toHaveLength(50);
    for (const row of moved) {
      const [id, name, signUp, country] = row.split(',');
      const [, nameBefore, signUpBefore, countryBefore] = now.get(id)!.split(',');
      expect([name, signUp]).toEqual([nameBefore, signUpBefore]);
      expect(country).not.toBe(countryBefore);
      now.set(id, row);
    }
  }
});

describe('a bench with servers of its own', () => {
  let cache: string;
  let report: string;

  /** A cache folder of its own, so that what a run leaves behind shows; programs are those of the real one. */
  beforeAll(async () => {
    cache = await mkdtemp(path.join(tmpdir(), 'strata-bench-'));
    report = path.join(cache, 'report.md');
    const real = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'strata');
    await mkdir(path.join(cache, 'strata'));
    for (const name of ['bin', 'mariadb'])
      if (existsSync(path.join(real, name))) await symlink(path.join(real, name), path.join(cache, 'strata', name));
  });
  afterAll(() => rm(cache, { recursive: true, force: true }));

  interface Bench {
    readonly child: ChildProcess;
    /** Resolves when it said this. */
    readonly said: (text: string) => Promise<void>;
    readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  }

  function bench(...args: string[]): Bench {
    const env: NodeJS.ProcessEnv = { ...process.env, XDG_CACHE_HOME: cache };
    // Under npm a script also ends when npm does; and servers of its own are all that this is about.
    for (const name of ['npm_lifecycle_event', 'INIT_CWD', 'STRATA_TEST_MYSQL_URL', 'STRATA_BENCH_MYSQL_URL']) delete env[name];
    const child = spawn(process.execPath, [path.join('tools', 'start.mjs'), 'bench', '--output', report, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
      child.once('close', (code) => resolve({ code, output })),
    );
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    const said = async (text: string): Promise<void> => {
      while (!output.includes(text)) await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error(output)))]);
    };
    return { child, said, ended };
  }

  /** Folders of runs, and processes that have to do with them. */
  const left = async (): Promise<string[]> => {
    const processes = execFileSync('ps', ['-eww', '-o', 'args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(cache) && !line.includes('--output'));
    return [...processes, ...(await readdir(path.join(cache, 'strata', 'bench')))];
  };
  /** The guard ends a moment after what it guards. */
  const leftAtLast = async (): Promise<string[]> => {
    for (let tries = 0; tries < 600 && (await left()).length > 0; tries += 1) await sleep(100);
    return left();
  };

  it('measures what it is asked for, writes its sections and leaves nothing behind', async () => {
    const { code, output } = await bench('landing', 'small-files', '--quick', '--rows', '2k', '--files', '5', '--rounds', '1').ended;
    expect([code, output]).toEqual([0, expect.stringContaining('is rewritten')]);
    const text = await readFile(report, 'utf8');
    expect(text.match(/^## .*/gm)).toEqual(['## Quick: landing', '## Quick: many small files']);
    expect(text).toMatch(/^\| Strata, one stream +\| +[\d.]+ \|/m);
    expect(text).toMatch(/^\| in bundles +\| +[\d.]+ \|/m);
    const unwrapped = text.replaceAll('\n', ' ');
    expect(unwrapped).toMatch(/\d+ cores .*; Node \d+\.\d+\.\d+, Strata [0-9a-f]{10}/);
    expect(unwrapped).toMatch(/Temporal \d+\.\d+\.\d+, VersityGW \d/);
    expect(await leftAtLast()).toEqual([]);
  }, 400_000);

  it('goes on after a scenario that fails, keeps its old section, and ends with code 1', async () => {
    await writeFile(report, '# Benchmarks\n\n## Memory\n\nas before\n');
    // No worker starts with such a setting.
    const { code, output } = await bench(
      'memory',
      'landing',
      '--memory',
      '1MB',
      '--rows',
      '1k',
      '--rounds',
      '1',
      '--worker-env',
      'STRATA_ACTIVITY_SLOTS=none',
    ).ended;
    expect(code).toBe(1);
    expect(output).toMatch(/memory failed: .*STRATA_ACTIVITY_SLOTS/s);
    expect(output).toContain('Failed: landing, memory.');
    expect(await readFile(report, 'utf8')).toContain('as before');
    expect(await leftAtLast()).toEqual([]);
  }, 400_000);

  it('ends all that it started on SIGINT', async () => {
    const { child, said, ended } = bench('memory', '--memory', '500MB');
    await said('servers ');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(await leftAtLast()).toEqual([]);
  }, 400_000);
});
