// npm run bench: measures Strata on this machine, against what else could do the same, and rewrites BENCHMARKS.md.
import path from 'node:path';
import { Bench } from './bench/context.js';
import { machine, strataVersion, watchOthers } from './bench/measure/machine.js';
import { type BenchOptions, benchOptions } from './bench/options.js';
import { quickTitle, writeSections } from './bench/report/document.js';
import { type Block, markdown } from './bench/report/markdown.js';
import { scenarios } from './bench/scenarios/index.js';
import type { Scenario } from './bench/scenarios/scenario.js';
import { type BenchServers, benchServers, type Database } from './bench/servers.js';
import { ensureBuild, projectFolder } from './build.js';
import { Display } from './display.js';
import { ProvisionError, type Say } from './programs/run-program.js';
import { messageOf, stackOf } from './run/errors.js';
import { withRun } from './run/lifecycle.js';
import type { RunFolder } from './run/run-folder.js';

const display = new Display();

export async function main(args: readonly string[]): Promise<void> {
  try {
    const options = benchOptions(args);
    if (options) await withRun('bench', (run) => bench(run, options), { onStop: () => display.line('\n  ending the servers') });
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

async function bench(run: RunFolder, options: BenchOptions): Promise<number> {
  const abort = new AbortController();
  run.onClose(() => abort.abort());
  const { signal } = abort;
  const started = performance.now();
  await display.step(
    'program',
    (say) => ensureBuild({ say, signal }),
    () => 'compiled',
  );
  const servers = await display.step(
    'servers',
    // A quick run has no time for a second database; landing alone is compared on both otherwise.
    (say) => benchServers(run, { wanted: options.databases, onlyFirst: options.quick, say, signal }),
    ({ versions }) => versions.join(', '),
  );
  const versions = [`Node ${process.versions.node}`, await strataVersion(), ...servers.versions].join(', ');
  const file = path.resolve(process.env.INIT_CWD ?? '.', options.output ?? path.join(projectFolder, 'BENCHMARKS.md'));
  const order = scenarios.map(({ title }) => title);
  const failed: string[] = [];
  const problems: string[] = [];

  for (const scenario of scenarios.filter(({ name }) => options.scenarios.includes(name))) {
    const title = options.quick ? quickTitle(scenario.title) : scenario.title;
    try {
      const section = { title, body: await measured(scenario) };
      display.line(`\n${section.body}\n`);
      if (options.write) await writeSections(file, [section], order);
    } catch (error) {
      run.throwIfClosing();
      failed.push(scenario.name);
      display.line(`\n  ${scenario.name} failed: ${error instanceof ProvisionError ? messageOf(error) : stackOf(error)}\n`);
    }
  }
  if (options.write && failed.length < options.scenarios.length) display.line(`  ${path.relative(process.cwd(), file)} is rewritten.`);
  display.line(`  ${Math.round((performance.now() - started) / 1000)} s in all.`);
  for (const problem of problems) display.line(`  ${problem}`);
  if (failed.length > 0) display.line(`  Failed: ${failed.join(', ')}.`);
  return failed.length + problems.length === 0 ? 0 : 1;

  /** The text of a scenario's section. */
  async function measured(scenario: Scenario): Promise<string> {
    const others = await watchOthers(servers.databases.flatMap(({ pids }) => pids));
    const blocks: Block[] = [];
    for (const database of databasesFor(scenario, servers, options)) {
      const work = (say: Say) => onDatabase(scenario, database, say);
      blocks.push(...(await display.step(scenario.name, work, () => scenario.summary)));
    }
    const date = new Date().toISOString().slice(0, 10);
    return markdown([...blocks, `${date}, by \`${options.command}\`: ${await machine()}; ${versions}. ${await others()}`]);
  }

  async function onDatabase(scenario: Scenario, database: Database, say: Say): Promise<readonly Block[]> {
    const context = new Bench({ run, options, servers, database, signal, say });
    try {
      return await scenario.run(context);
    } catch (error) {
      // What fails because servers are being ended says nothing.
      run.throwIfClosing();
      throw error;
    } finally {
      await context.closeAll();
      problems.push(...context.problems);
    }
  }
}

/** What takes one database runs on the first, or on each that was asked for. */
function databasesFor({ everyDatabase }: Scenario, { databases }: BenchServers, options: BenchOptions): readonly Database[] {
  return everyDatabase || !options.databases ? databases.slice(0, 1) : databases;
}
