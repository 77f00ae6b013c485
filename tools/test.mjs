// npm test [-- jest arguments], npm run test:large: set-up, servers, tests. The last line is `N passed, N failed`.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkNode, ensureBuild, ensurePackages, projectFolder } from './project.mjs';
import { productAt } from './servers/greeting.mjs';
import { withRun } from './servers/lifecycle.mjs';
import { startProcess } from './servers/process.mjs';
import { ProvisionError } from './servers/programs.mjs';
import { announcedServers, startTestServers } from './test-servers.mjs';

const large = process.argv[2] === '--large';
const jestArgs = process.argv.slice(large ? 3 : 2);
const say = (line) => console.log(line);
let counts = { passed: 0, failed: 1, skipped: 0 };

await withRun(
  'test',
  async (run) => {
    checkNode();
    const abort = new AbortController();
    run.onClose(() => abort.abort());
    await ensurePackages({ say, signal: abort.signal });
    await ensureBuild({ say, signal: abort.signal });
    const servers = await serversFor(run);
    await sayWhatIsTested(servers);
    const results = await runJest(run, { ...cleanEnvironment(run), ...servers });
    counts = count(results);
    if (counts.passed + counts.failed === 0) say('\nNo test ran.');
    return results?.success && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
  },
  { lastWord: () => say(lastLine(counts)) },
);

async function serversFor(run) {
  const announced = await announcedServers();
  if (!announced) return startTestServers(run, say);
  say('using the servers of `npm run servers`');
  const mysql = process.env.STRATA_TEST_MYSQL_URL;
  return mysql ? { ...announced, STRATA_TEST_MYSQL_URL: mysql } : announced;
}

async function sayWhatIsTested({ STRATA_TEST_MARIADB_URL: mariadb, STRATA_TEST_MYSQL_URL: mysql }) {
  const products = [];
  for (const url of [mariadb, mysql].filter(Boolean)) {
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
function cleanEnvironment(run) {
  const ours = /^(STRATA|EASTROCK|TEMPORAL|AWS)_/;
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  // There is no such file: Temporal's settings in the home folder must not count either.
  return { ...rest, TEMPORAL_CONFIG_FILE: run.path('temporal.toml') };
}

/** Jest's results; undefined when it ended without any. */
async function runJest(run, given) {
  // A notice for those who build Strata, on every file of tests.
  const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...given };
  const file = run.path('results.json');
  const selection = large ? ['--testMatch=<rootDir>/test/large/**/*.test.ts', '--maxWorkers=1'] : ['--testPathIgnorePatterns=/test/large/'];
  const args = [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', path.join('node_modules', 'jest', 'bin', 'jest.js')],
    // The selection last: its list would take in the file names that follow it.
    ...[...jestArgs, '--passWithNoTests', '--json', `--outputFile=${file}`, ...selection],
  ];
  const jest = await startProcess(run, { name: 'jest', command: process.execPath, args, cwd: projectFolder, env });
  const results = () =>
    readFile(file, 'utf8')
      .then(JSON.parse)
      .catch(() => undefined);
  while (jest.isRunning()) {
    await Promise.race([jest.ended, sleep(1000)]);
    if (jest.isRunning() && (await results())) {
      // All is reported: what keeps Jest alive now is a socket or a timer that a test left open.
      await Promise.race([jest.ended, sleep(20_000)]);
      if (jest.isRunning()) {
        say('\nA test left something open, which kept Jest from ending.');
        await jest.kill();
      }
    }
  }
  return results();
}

/** A suite that could not run counts as one failed test. */
function count(results) {
  if (!results) return { passed: 0, failed: 1, skipped: 0 };
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
