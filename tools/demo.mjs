// npm run demo: sets everything up on this machine and runs the main job, from files in a bucket to tables for analysts.
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Display } from './demo/display.mjs';
import { demoOptions } from './demo/options.mjs';
import { demoFiles, putFiles, unmatchedFiles } from './demo/sample-files.mjs';
import { demoServers } from './demo/servers.mjs';
import { Summary } from './demo/summary.mjs';
import { checkNode, ensureBuild, ensurePackages, projectFolder } from './project.mjs';
import { withRun } from './servers/lifecycle.mjs';
import { lastLines, ProvisionError, runProgram } from './servers/programs.mjs';
import { startProcess } from './servers/process.mjs';
import { shellQuoted } from './servers/shell-quoted.mjs';

const strata = path.join(projectFolder, 'bin', 'strata.js');
const display = new Display();
/** Set once the demo only waits: Ctrl-C is then its normal end. */
let finalCode;

try {
  const options = demoOptions();
  if (options) {
    await withRun('demo', (run) => demo(run, options), {
      onStop: () => display.line('\n  ending the servers'),
      codeAfter: (signal) => (signal === 'SIGINT' ? finalCode : undefined),
    });
  }
} catch (error) {
  if (!(error instanceof ProvisionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function demo(run, options) {
  const abort = new AbortController();
  run.onClose(() => abort.abort());
  const { signal } = abort;
  const started = Date.now();
  display.line(`\n  ${display.bold('Strata')}: CSV files in a bucket become tables for analysts\n`);
  checkNode();
  await display.step('packages', async (say) => {
    await ensurePackages({ say, signal });
    await ensureBuild({ say, signal });
    return 'installed and compiled';
  });

  let servers;
  await display.step('servers', async (say, hint) => {
    servers = await demoServers(run, { say, hint, signal });
    return servers.names.join(', ');
  });
  if (servers.note) display.line(`    ${servers.note}`);
  const command = (...args) => runStrata(args, { env: servers.env, signal });

  await display.step('schemas', async () => {
    await command('migrate');
    return 'strata migrate made staging, bulk, vault, bus and gear';
  });
  let worker;
  await display.step('worker', async () => {
    worker = await keptWorker(run, servers.env);
    await command('schedules', 'apply');
    return 'strata worker runs; strata schedules apply: every 3 and 10 min';
  });
  if (!servers.ownTemporal)
    run.onClose(() => runProgram(process.execPath, [strata, 'schedules', 'remove'], { env: servers.env, timeoutMs: 20_000 }));

  await display.step('files', async (_say, hint) => {
    hint('writing');
    const files = await demoFiles(run, options);
    hint('putting');
    const bytes = await putFiles(files, servers);
    await rm(run.path('generated'), { recursive: true, force: true });
    const size = bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
    return `${files.length} ${files.length === 1 ? 'file' : 'files'} (${size}) put into ${servers.env.EASTROCK_SOURCE_URL}`;
  });
  if (options.input) await sayUnmatched(options.input);

  const summary = await Summary.connect(servers.env);
  let succeeded = false;
  try {
    const since = await summary.now();
    succeeded = await runPipeline(command, worker);
    if (succeeded) await summary.print(display, since);
  } finally {
    await summary.end().catch(() => undefined);
  }
  display.line(`\n  ${succeeded ? `From nothing to tables in ${((Date.now() - started) / 1000).toFixed(1)} s.` : 'The run failed.'}`);
  if (options.once) return succeeded ? 0 : 1;
  return stay(run, { servers, worker, succeeded });
}

/** Runs one of strata's commands; fails with what it said. */
async function runStrata(args, { env, signal }) {
  const { code, output } = await runProgram(process.execPath, [strata, ...args], { env, signal, cwd: projectFolder });
  if (code !== 0) throw new ProvisionError(`strata ${args.join(' ')} failed:\n${lastLines(output, 20)}`);
}

async function startWorker(run, env) {
  // The folder in the command line shows later whose process it is; Node would write its diagnostic reports there.
  const args = [`--diagnostic-dir=${run.folder}`, strata, 'worker'];
  const worker = await startProcess(run, {
    name: 'the worker',
    command: process.execPath,
    args,
    env,
    cwd: projectFolder,
    logFile: run.path('worker.log'),
  });
  await Promise.race([worker.ended, sleep(300)]);
  if (!worker.isRunning())
    throw new ProvisionError(`The worker ended at its start; its last lines:\n${lastLines(await worker.output(), 20)}`);
  return worker;
}

/** A worker that is started again whenever it ends, as often as it comes to life: work goes on where the last one was. */
async function keptWorker(run, env) {
  let worker = await startWorker(run, env);
  const kept = { logFile: worker.logFile, output: () => worker.output(), ended: undefined };
  kept.ended = (async () => {
    for (let short = 0; short < 3;) {
      const started = Date.now();
      const how = await worker.ended;
      if (run.closing) return how;
      short = Date.now() - started < 10_000 ? short + 1 : 0;
      display.line(`\n  The worker ended (${how}); another one is started. Its log: ${worker.logFile}`);
      worker = await startWorker(run, env).catch(() => worker);
    }
    return 'three times within 10 s of its start';
  })();
  return kept;
}

/** Files that no feed takes are put, and stay there: a run over them would look like a success. */
async function sayUnmatched(folder) {
  const { names, patterns, total } = await unmatchedFiles(folder);
  if (names.length === 0) return;
  const which = names.length === total ? 'No file of this folder matches a feed' : `${names.length} of ${total} files match no feed`;
  display.line(`\n  ${display.bold(`! ${which}; they are left alone: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`)}`);
  display.line('    Names that are taken:');
  for (const { feed, match, header } of patterns) display.line(`    ${feed.padEnd(9)} ${match}   with the header ${header}`);
  display.line('');
}

async function runPipeline(command, worker) {
  try {
    await display.step('run', async (_say, hint) => {
      hint('pickup, landing, processing, aggregation');
      const workerLost = worker.ended.then((how) => {
        throw new ProvisionError(`The worker ended (${how}).`);
      });
      await Promise.race([command('run', 'eastrock'), workerLost]);
      return 'strata run eastrock: from the files to bus';
    });
    return true;
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    display.line(`\n${error.message}\n\n  The worker's last lines:\n${lastLines(await worker.output(), 20)}`);
    return false;
  }
}

/** The settings that the demo made, for commands in other terminals; the file goes with the run. Returns its path. */
async function writeSettings(run, env) {
  const made = Object.entries(env).filter(([name, value]) => /^(STRATA|EASTROCK|AWS|TEMPORAL)_/.test(name) && process.env[name] !== value);
  const file = run.path('settings.sh');
  // The commands that messages name can then be typed as they stand, in any folder.
  const command = `strata() { ${shellQuoted(process.execPath)} ${shellQuoted(strata)} "$@"; }\n`;
  await writeFile(file, made.map(([name, value]) => `export ${name}=${shellQuoted(value)}\n`).join('') + command, { mode: 0o600 });
  return file;
}

async function stay(run, { servers, worker, succeeded }) {
  const settings = await writeSettings(run, servers.env);
  display.line(`\n  Temporal Web  ${display.bold(servers.web)}`);
  display.line(`  Database      ${servers.database}`);
  display.line(`  Worker's log  ${worker.logFile}`);
  display.line('\n  In another terminal (it then uses this demo, as another demo started there would):');
  display.line(`    source ${shellQuoted(settings)}`);
  display.line('    strata status');
  display.line("    printf 'UserID,UserName,SignUpDate,Country\\n900001,Ada,31/12/2025,DE\\n' > users_ada.csv");
  display.line('    strata put users_ada.csv');
  display.line('    strata run eastrock');
  display.line(`\n  It stays, and its schedules pick up new files of ${servers.env.EASTROCK_SOURCE_URL} every 3 min, until Ctrl-C.`);
  finalCode = succeeded ? 0 : 1;
  await worker.ended;
  run.throwIfClosing();
  display.line(
    `\n  The worker ended again and again, so the demo ends, and its servers and data with it; the worker's last lines:\n${lastLines(await worker.output(), 20)}`,
  );
  return 1;
}
