// npm run demo: sets everything up on this machine and runs the main job, from files in a bucket to tables for analysts.
import { rm, writeFile } from 'node:fs/promises';
import { ensureBuild, strataProgram } from './build.js';
import { type DemoOptions, demoOptions } from './demo/options.js';
import { demoFiles, putFiles, unmatchedFiles } from './demo/sample-files.js';
import { type DemoServers, demoServers, sharedServersNote } from './demo/servers.js';
import { Summary } from './demo/summary.js';
import { type KeptWorker, keptWorker, runStrata } from './demo/worker.js';
import { Display } from './display.js';
import { lastLines, ProvisionError, runProgram } from './programs/run-program.js';
import { shellQuoted } from './programs/shell-quoted.js';
import { withRun } from './run/lifecycle.js';
import type { RunFolder } from './run/run-folder.js';

const display = new Display();
/** Set once the demo only waits: Ctrl-C is then its normal end. */
let finalCode: number | undefined;

export async function main(args: readonly string[]): Promise<void> {
  try {
    const options = demoOptions(args);
    if (!options) return;
    await withRun('demo', (run) => demo(run, options), {
      onStop: () => display.line('\n  ending the servers'),
      codeAfter: (signal) => (signal === 'SIGINT' ? finalCode : undefined),
    });
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

type Command = (...args: readonly string[]) => Promise<void>;

async function demo(run: RunFolder, options: DemoOptions): Promise<number> {
  const abort = new AbortController();
  run.onClose(() => abort.abort());
  const { signal } = abort;
  const started = Date.now();
  display.line(`\n  ${display.bold('Strata')}: CSV files in a bucket become tables for analysts\n`);
  const shared = sharedServersNote(process.env);
  if (shared) display.line(`  ${display.bold('!')} ${shared}\n`);
  await display.step(
    'program',
    (say) => ensureBuild({ say, signal }),
    () => 'compiled',
  );
  const servers = await display.step(
    'servers',
    (say, hint) => demoServers(run, { say, hint, signal }),
    ({ names }) => names.join(', '),
  );
  if (servers.note) display.line(`    ${servers.note}`);
  const command: Command = (...args) => runStrata(args, servers.env, signal);

  await display.step(
    'schemas',
    () => command('migrate'),
    () => 'strata migrate made staging, bulk, vault, bus and gear',
  );
  const worker = await display.step(
    'worker',
    () => startWork(run, servers, command),
    () => 'strata worker runs; strata schedules apply: every 3 and 10 min',
  );
  await display.step(
    'files',
    (_say, hint) => putDemoFiles(run, options, servers, hint),
    (said) => said,
  );
  if (options.input) await sayUnmatched(options.input);

  const summary = await Summary.connect(servers.warehouseUrl, servers.env.STRATA_SCHEMA_PREFIX ?? '');
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
  return stay(run, servers, worker, succeeded);
}

async function startWork(run: RunFolder, { env, ownTemporal }: DemoServers, command: Command): Promise<KeptWorker> {
  const worker = await keptWorker(run, env, display);
  await command('schedules', 'apply');
  if (!ownTemporal) run.onClose(() => runProgram(process.execPath, [strataProgram, 'schedules', 'remove'], { env, timeoutMs: 20_000 }));
  return worker;
}

async function putDemoFiles(run: RunFolder, options: DemoOptions, servers: DemoServers, hint: (line: string) => void): Promise<string> {
  hint('writing');
  const files = await demoFiles(run, options);
  hint('putting');
  const bytes = await putFiles(files, servers);
  await rm(run.path('generated'), { recursive: true, force: true });
  const size = bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${files.length} ${files.length === 1 ? 'file' : 'files'} (${size}) put into ${servers.sourceUrl}`;
}

/** Files that no feed takes are put, and stay there: a run over them would look like a success. */
async function sayUnmatched(folder: string): Promise<void> {
  const { names, patterns, total } = await unmatchedFiles(folder);
  if (names.length === 0) return;
  const which = names.length === total ? 'No file of this folder matches a feed' : `${names.length} of ${total} files match no feed`;
  display.line(`\n  ${display.bold(`! ${which}; they are left alone: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`)}`);
  display.line('    Names that are taken:');
  for (const { feed, match, header } of patterns) display.line(`    ${feed.padEnd(9)} ${match}   with the header ${header}`);
  display.line('');
}

async function runPipeline(command: Command, worker: KeptWorker): Promise<boolean> {
  const run = async (hint: (line: string) => void) => {
    hint('pickup, landing, processing, aggregation');
    const workerLost = worker.ended.then((how) => {
      throw new ProvisionError(`The worker ended (${how}).`);
    });
    await Promise.race([command('run', 'eastrock'), workerLost]);
  };
  try {
    await display.step(
      'run',
      (_say, hint) => run(hint),
      () => 'strata run eastrock: from the files to bus',
    );
    return true;
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    display.line(`\n${error.message}\n\n  The worker's last lines:\n${lastLines(await worker.output(), 20)}`);
    return false;
  }
}

/** The settings that the demo made, for commands in other terminals; the file goes with the run. Returns its path. */
async function writeSettings(run: RunFolder, env: NodeJS.ProcessEnv): Promise<string> {
  const made = Object.entries(env).filter(([name, value]) => /^(STRATA|EASTROCK|AWS|TEMPORAL)_/.test(name) && process.env[name] !== value);
  const file = run.path('settings.sh');
  // The commands that messages name can then be typed as they stand, in any folder.
  const command = `strata() { ${shellQuoted(process.execPath)} ${shellQuoted(strataProgram)} "$@"; }\n`;
  await writeFile(file, made.map(([name, value]) => `export ${name}=${shellQuoted(value ?? '')}\n`).join('') + command, { mode: 0o600 });
  return file;
}

async function stay(run: RunFolder, servers: DemoServers, worker: KeptWorker, succeeded: boolean): Promise<number> {
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
  display.line(`\n  It stays, and its schedules pick up new files of ${servers.sourceUrl} every 3 min, until Ctrl-C.`);
  finalCode = succeeded ? 0 : 1;
  await worker.ended;
  run.throwIfClosing();
  const output = lastLines(await worker.output(), 20);
  display.line(
    `\n  The worker ended again and again, so the demo ends, and its servers and data with it; the worker's last lines:\n${output}`,
  );
  return 1;
}
