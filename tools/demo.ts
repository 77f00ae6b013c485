// npm run demo: sets everything up on this machine and runs the main job, from files in a bucket to tables for analysts.
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { counted } from '../src/contracts/format-numbers.js';
import { ensureBuild, strataProgram } from './build.js';
import { type DemoOptions, demoOptions } from './demo/options.js';
import type { DemoDatabase } from './demo/database.js';
import type { DemoPipeline } from './demo/pipelines.js';
import type { DemoWeb } from './demo/web.js';
import { putDemoFiles, unmatchedFiles } from './demo/sample-files.js';
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
  display.line(`\n  ${display.bold('Strata')}: files in a bucket become tables for analysts\n`);
  const shared = sharedServersNote(process.env);
  if (shared) display.line(`  ${display.bold('!')} ${shared}\n`);
  await display.step(
    'program',
    (say) => ensureBuild({ say, signal }),
    () => 'compiled',
  );
  const servers = await display.step(
    'servers',
    (say, hint) => demoServers(run, options.pipelines, { say, hint, signal }),
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
    () => `strata worker runs; strata schedules apply: ${options.pipelines.map(({ schedules }) => schedules).join(', and ')}`,
  );
  const databases = new Map<DemoPipeline, DemoDatabase>();
  for (const pipeline of options.pipelines) {
    const { fill, definition } = pipeline;
    if (fill) {
      const url = servers.env[definition.extracts?.[0]?.setting ?? ''] ?? '';
      const filled = await display.step(
        'database',
        () => fill(url, options.rows ?? pipeline.rows),
        () => `an application's tables, as ${definition.name} knows them`,
      );
      run.onClose(() => filled.end());
      databases.set(pipeline, filled);
      await putDemoFiles(run, pipeline, options, servers, () => undefined);
      continue;
    }
    await display.step(
      'files',
      (_say, hint) => putDemoFiles(run, pipeline, options, servers, hint),
      ({ count, bytes }) => `${counted(count, 'file')} (${sizeText(bytes)}) put into ${servers.sources.get(pipeline)?.url}`,
    );
    if (options.input) await sayUnmatched(options.input, pipeline);
  }

  const summary = await Summary.connect(servers.warehouseUrl, servers.env.STRATA_SCHEMA_PREFIX ?? '');
  let succeeded = false;
  try {
    const since = await summary.now();
    succeeded = await runPipelines(options.pipelines, { databases, command, worker, web: servers.web });
    if (succeeded) await summary.print(display, since, options.pipelines);
  } finally {
    await summary.end().catch(() => undefined);
  }
  display.line(`\n  ${succeeded ? `From nothing to tables in ${((Date.now() - started) / 1000).toFixed(1)} s.` : 'The run failed.'}`);
  if (options.once) return succeeded ? 0 : 1;
  return stay(run, options.pipelines, servers, worker, succeeded);
}

async function startWork(run: RunFolder, { env, ownTemporal }: DemoServers, command: Command): Promise<KeptWorker> {
  const worker = await keptWorker(run, env, display);
  await command('schedules', 'apply');
  if (!ownTemporal) run.onClose(() => runProgram(process.execPath, [strataProgram, 'schedules', 'remove'], { env, timeoutMs: 20_000 }));
  return worker;
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Files that no feed takes are put, and stay there: a run over them would look like a success. */
async function sayUnmatched(folder: string, pipeline: DemoPipeline): Promise<void> {
  const { keys: names, patterns, total } = await unmatchedFiles(folder, pipeline);
  if (names.length === 0) return;
  const which = names.length === total ? 'No file of this folder matches a feed' : `${names.length} of ${total} files match no feed`;
  display.line(`\n  ${display.bold(`! ${which}; they are left alone: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`)}`);
  display.line('    Names that are taken:');
  for (const { feed, match, header } of patterns) display.line(`    ${feed.padEnd(9)} ${match}   with the header ${header}`);
  display.line('');
}

/** Changes of a database between two runs. */
const changes = 200;

/** Longer than a look for trouble and its message take. */
const patience = 120_000;

/** What the runs of pipelines need. */
interface Stage {
  readonly databases: ReadonlyMap<DemoPipeline, DemoDatabase>;
  readonly command: Command;
  readonly worker: KeptWorker;
  readonly web: DemoWeb;
}

/** Looks for trouble now, as a schedule does each minute, and waits for the message. */
async function alertOf({ definition: { name } }: DemoPipeline, { command, web }: Stage): Promise<string> {
  await command('schedules', 'trigger', `${name}/alerts`);
  const late = sleep(patience, undefined, { ref: false }).then(() => Promise.reject(new ProvisionError('No alert came.')));
  return Promise.race([web.nextAlert(), late]);
}

async function runPipelines(pipelines: readonly DemoPipeline[], { databases, command, worker, web }: Stage): Promise<boolean> {
  const run = async (args: readonly string[], hint: (line: string) => void) => {
    hint('pickup, landing, processing, aggregation');
    const workerLost = worker.ended.then((how) => {
      throw new ProvisionError(`The worker ended (${how}).`);
    });
    await Promise.race([command(...args), workerLost]);
  };
  try {
    for (const pipeline of pipelines) {
      for (const args of pipeline.runs) {
        if (args === 'alert')
          await display.step(
            'alert',
            () => alertOf(pipeline, { databases, command, worker, web }),
            (summary) => `an alert would be sent: ${summary}`,
          );
        else if (args === 'mistake')
          await display.step(
            'mistake',
            () => databases.get(pipeline)!.mistake(),
            (what) => what,
          );
        else if (args === 'change')
          await display.step(
            'changes',
            () => databases.get(pipeline)!.change(changes),
            () => `${counted(changes, 'change')} of orders, payments, people and addresses`,
          );
        else
          await display.step(
            'run',
            (_say, hint) => run(args, hint),
            () => `strata ${args.join(' ')}: from the ${pipeline.fill ? 'database' : 'files'} to bus`,
          );
      }
    }
    return true;
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    display.line(`\n${error.message}\n\n  The worker's last lines:\n${lastLines(await worker.output(), 20)}`);
    return false;
  }
}

/** All settings of the demo, for commands in terminals that do not have those it was given; the file goes with the run. Returns its path. */
async function writeSettings(run: RunFolder, env: NodeJS.ProcessEnv): Promise<string> {
  const made = Object.entries(env).filter(([name]) => /^(STRATA|EASTROCK|B2B|TOTESYS|TRIPS|AWS|TEMPORAL)_/.test(name));
  const file = run.path('settings.sh');
  // The commands that messages name can then be typed as they stand, in any folder.
  const command = `strata() { ${shellQuoted(process.execPath)} ${shellQuoted(strataProgram)} "$@"; }\n`;
  await writeFile(file, made.map(([name, value]) => `export ${name}=${shellQuoted(value ?? '')}\n`).join('') + command, { mode: 0o600 });
  return file;
}

async function stay(
  run: RunFolder,
  pipelines: readonly DemoPipeline[],
  servers: DemoServers,
  worker: KeptWorker,
  succeeded: boolean,
): Promise<number> {
  const settings = await writeSettings(run, servers.env);
  display.line(`\n  Temporal Web  ${display.bold(servers.temporalWeb)}`);
  display.line(`  Database      ${servers.database}`);
  display.line(`  Worker's log  ${worker.logFile}`);
  display.line('\n  In another terminal (it then uses this demo, as another demo started there would):');
  display.line(`    source ${shellQuoted(settings)}`);
  display.line('    strata status');
  for (const line of pipelines.flatMap(({ next }) => next)) display.line(`    ${line}`);
  const sources = pipelines.map((pipeline) => `${servers.sources.get(pipeline)?.url} (${pipeline.schedules})`).join(' and ');
  display.line(`\n  It stays, and its schedules pick up new files of ${sources}, until Ctrl-C.`);
  finalCode = succeeded ? 0 : 1;
  servers.web.show((summary) => display.line(`  an alert would be sent: ${summary}`));
  await worker.ended;
  run.throwIfClosing();
  const output = lastLines(await worker.output(), 20);
  display.line(
    `\n  The worker ended again and again, so the demo ends, and its servers and data with it; the worker's last lines:\n${output}`,
  );
  return 1;
}
