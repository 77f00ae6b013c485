// npm run bench: measures Strata on this machine, against what else could do the same, and rewrites BENCHMARKS.md.
import path from 'node:path';
import { Bench } from './bench/context.mjs';
import { quickTitle, writeSections } from './bench/document.mjs';
import { machine, strataVersion, watchOthers } from './bench/machine.mjs';
import { markdown } from './bench/markdown.mjs';
import { benchOptions } from './bench/options.mjs';
import { scenarios } from './bench/scenarios/index.mjs';
import { benchServers } from './bench/servers.mjs';
import { Display } from './demo/display.mjs';
import { checkNode, ensureBuild, ensurePackages, projectFolder } from './project.mjs';
import { withRun } from './servers/lifecycle.mjs';
import { ProvisionError } from './servers/programs.mjs';

const display = new Display();

try {
  const options = benchOptions();
  if (options) await withRun('bench', (run) => bench(run, options), { onStop: () => display.line('\n  ending the servers') });
} catch (error) {
  if (!(error instanceof ProvisionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function bench(run, options) {
  const abort = new AbortController();
  run.onClose(() => abort.abort());
  const { signal } = abort;
  const started = performance.now();
  checkNode();
  await display.step('packages', async (say) => {
    await ensurePackages({ say, signal });
    await ensureBuild({ say, signal });
    return 'installed and compiled';
  });
  let servers;
  await display.step('servers', async (say) => {
    // A quick run has no time for a second database; landing alone is compared on both otherwise.
    servers = await benchServers(run, { wanted: options.databases, onlyFirst: options.quick, say, signal });
    return servers.versions.join(', ');
  });
  const versions = [`Node ${process.versions.node}`, await strataVersion(), ...servers.versions].join(', ');
  const file = path.resolve(process.env.INIT_CWD ?? '.', options.output ?? path.join(projectFolder, 'BENCHMARKS.md'));
  const failed = [];
  const problems = [];

  for (const scenario of scenarios.filter(({ name }) => options.scenarios.includes(name))) {
    const title = options.quick ? quickTitle(scenario.title) : scenario.title;
    try {
      const section = { title, body: await measured(scenario) };
      display.line(`\n${section.body}\n`);
      if (options.write)
        await writeSections(
          file,
          [section],
          scenarios.map((each) => each.title),
        );
    } catch (error) {
      run.throwIfClosing();
      failed.push(scenario.name);
      display.line(`\n  ${scenario.name} failed: ${error instanceof ProvisionError ? error.message : (error.stack ?? error)}\n`);
    }
  }
  if (options.write && failed.length < options.scenarios.length) display.line(`  ${path.relative(process.cwd(), file)} is rewritten.`);
  display.line(`  ${Math.round((performance.now() - started) / 1000)} s in all.`);
  for (const problem of problems) display.line(`  ${problem}`);
  if (failed.length > 0) display.line(`  Failed: ${failed.join(', ')}.`);
  return failed.length + problems.length === 0 ? 0 : 1;

  /** The text of a scenario's section. */
  async function measured(scenario) {
    const others = await watchOthers(servers.databases.flatMap(({ pids }) => pids));
    const blocks = [];
    // What takes one database runs on the first, or on each that was asked for.
    const databases = scenario.everyDatabase || !options.databases ? servers.databases.slice(0, 1) : servers.databases;
    for (const database of databases) {
      await display.step(scenario.name, async (say) => {
        blocks.push(...(await onDatabase(scenario, database, say)));
        return scenario.summary;
      });
    }
    const date = new Date().toISOString().slice(0, 10);
    return markdown([...blocks, `${date}, by \`${options.command}\`: ${await machine()}; ${versions}. ${await others()}`]);
  }

  async function onDatabase(scenario, database, say) {
    const context = new Bench(run, options, servers, database, signal, say);
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
