// npm test [-- jest arguments], npm run test:large: build, servers, tests. The last line is `N passed, N failed`.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuild, projectFolder } from './build.js';
import { ProvisionError } from './programs/run-program.js';
import { withRun } from './run/lifecycle.js';
import { startProcess } from './run/process.js';
import type { RunFolder } from './run/run-folder.js';
import { productAt } from './servers/greeting.js';
import { announcedServers, startTestServers, type TestServers } from './servers/test-servers.js';

const say = (line: string) => console.log(line);

/** Of what Jest writes with --json. */
interface JestResults {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export async function main(args: readonly string[]): Promise<void> {
  const large = args[0] === '--large';
  const jestArgs = large ? args.slice(1) : args;
  let counts: Counts = { passed: 0, failed: 1, skipped: 0 };
  await withRun(
    'test',
    async (run) => {
      const abort = new AbortController();
      run.onClose(() => abort.abort());
      await ensureBuild({ say, signal: abort.signal });
      const servers = await serversFor(run);
      await sayWhatIsTested(servers);
      const env = { ...cleanEnvironment(run), ...servers };
      const results: (JestResults | undefined)[] = [];
      for (const selected of selections(large)) {
        const file = run.path(`results-${results.length + 1}.json`);
        results.push(await runJest(run, [...jestArgs, ...selected], { env, file }));
      }
      counts = sum(results.map(count));
      if (counts.passed + counts.failed === 0) say('\nNo test ran.');
      return results.every((each) => each?.success) && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
    },
    { inMemory: true, lastWord: () => say(lastLine(counts)) },
  );
}

async function serversFor(run: RunFolder): Promise<TestServers> {
  const announced = await announcedServers();
  if (!announced) return startTestServers(run, say);
  say('using the servers of `npm run servers`');
  const mysql = process.env.STRATA_TEST_MYSQL_URL;
  return mysql ? { ...announced, STRATA_TEST_MYSQL_URL: mysql } : announced;
}

async function sayWhatIsTested({ STRATA_TEST_MARIADB_URL: mariadb, STRATA_TEST_MYSQL_URL: mysql }: TestServers): Promise<void> {
  const products: string[] = [];
  for (const url of [mariadb, mysql]) {
    if (!url) continue;
    const product = await productAt(url);
    if (!product)
      throw new ProvisionError(
        `No database server answers at ${new URL(url).host} (${url === mysql ? 'STRATA_TEST_MYSQL_URL' : 'MariaDB'}).`,
      );
    products.push(product);
  }
  if (products.length === 2) say(`testing on ${products.join(' and ')}`);
  else if (mariadb) say(`testing on ${products[0]} alone: give STRATA_TEST_MYSQL_URL=mysql://user:password@host:port for MySQL too`);
  else say(`testing on ${products[0]} alone: there is no MariaDB on this machine`);
}

/** The settings of the person who runs the tests must not reach them: they would then read and delete real files. */
function cleanEnvironment(run: RunFolder): NodeJS.ProcessEnv {
  const ours = /^(STRATA|EASTROCK|B2B|TOTESYS|TRIPS|TEMPORAL|AWS)_/;
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  // There is no such file: Temporal's settings in the home folder must not count either.
  return { ...rest, TEMPORAL_CONFIG_FILE: run.path('temporal.toml') };
}

/** One after the other. What is measured in the second of those for large tests would not be the same beside another test. */
const selections = (large: boolean): readonly (readonly string[])[] =>
  large
    ? [
        ['--testMatch=<rootDir>/test/large/*.test.ts', '--maxWorkers=2'],
        ['--testMatch=<rootDir>/test/large/measured/*.test.ts', '--maxWorkers=1'],
      ]
    : [['--testPathIgnorePatterns=/test/large/']];

/** Jest's results; undefined when it ended without any. */
async function runJest(
  run: RunFolder,
  selected: readonly string[],
  { env: given, file }: { readonly env: NodeJS.ProcessEnv; readonly file: string },
): Promise<JestResults | undefined> {
  // A notice for those who build Strata, on every file of tests.
  const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...given };
  const args = [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', path.join('node_modules', 'jest', 'bin', 'jest.js')],
    // The selection last: its list would take in the file names that follow it.
    ...['--passWithNoTests', '--json', `--outputFile=${file}`, ...selected],
  ];
  const jest = await startProcess(run, { name: 'jest', command: process.execPath, args, cwd: projectFolder, env });
  while (jest.isRunning()) {
    await Promise.race([jest.ended, sleep(1000)]);
    if (jest.isRunning() && (await resultsIn(file))) {
      // All is reported: what keeps Jest alive now is a socket or a timer that a test left open.
      await Promise.race([jest.ended, sleep(20_000)]);
      if (jest.isRunning()) {
        say('\nA test left something open, which kept Jest from ending.');
        await jest.kill();
      }
    }
  }
  return resultsIn(file);
}

async function resultsIn(file: string): Promise<JestResults | undefined> {
  try {
    const results: JestResults = JSON.parse(await readFile(file, 'utf8'));
    return results;
  } catch {
    return undefined;
  }
}

/** A suite that could not run counts as one failed test. */
function count(results: JestResults | undefined): Counts {
  if (!results) return { passed: 0, failed: 1, skipped: 0 };
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

const sum = (all: readonly Counts[]): Counts => ({
  passed: all.reduce((total, { passed }) => total + passed, 0),
  failed: all.reduce((total, { failed }) => total + failed, 0),
  skipped: all.reduce((total, { skipped }) => total + skipped, 0),
});

const lastLine = ({ passed, failed, skipped }: Counts) => `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
