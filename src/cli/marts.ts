import { Command } from 'commander';
import { workflowIds, workflowTypes } from '../contracts/names.js';
import type { RebuildInput } from '../contracts/workflows.js';
import { attributesOf } from '../workflows/search-attributes.js';
import type { MartCatalog } from '../engine/marts/mart.js';
import { command, pipelineOf, type Cli } from './cli.js';
import { follow } from './follow.js';
import { startOrAttach } from './start-or-attach.js';
import { UsageError } from './usage-error.js';

/** `strata marts rebuild`: marts computed anew from bulk. */
export function martsCommand(cli: Cli): Command {
  const marts = new Command('marts').description('the tables of bus and what they are computed from');
  marts.addCommand(
    command('rebuild', 'compute marts anew from bulk, all of them or those named and what reads them; ids of names stay', [
      'strata marts rebuild eastrock',
      'strata marts rebuild eastrock bus.daily_users bus.total_users',
    ])
      .argument('<pipeline>')
      .argument('[marts...]', 'bus.<name> or gear.<name>; all when left out')
      .action(async (name: string, wanted: string[], options: { json?: boolean }) => {
        const project = await cli.project();
        const { definition, catalog } = pipelineOf(project, name);
        const known = catalog.marts.map(({ target }) => target);
        const named = wanted.map((mart) => (mart.includes('.') ? mart : `bus.${mart}`));
        const unknown = named.filter((target) => !known.includes(target));
        if (unknown.length > 0) throw new UsageError(`${name} has no mart ${unknown.join(', ')}; it has ${known.join(', ')}`);
        const targets = withReaders(catalog, named);
        const { taskQueue } = project.settings;
        const pipeline = definition.name;
        await cli.withTemporal(project, async (client) => {
          const { handle, attached } = await startOrAttach(client, workflowTypes.rebuild, {
            workflowId: workflowIds.rebuild(pipeline),
            taskQueue,
            args: [{ pipeline, ...(targets.length > 0 && { marts: targets }) } satisfies RebuildInput],
            typedSearchAttributes: attributesOf({ pipeline }),
            staticSummary: targets.length > 0 ? `rebuild ${targets.length} marts` : 'rebuild all marts',
          });
          if (attached) cli.out.note(`${handle.workflowId} runs already, maybe for other marts: watching that one`);
          await follow(cli, client, handle, { json: options.json, again: `strata marts rebuild ${pipeline}`, taskQueue });
        });
      }),
  );
  return marts;
}

/** The marts named and those that read them, directly or through others. */
function withReaders(catalog: MartCatalog, named: readonly string[]): readonly string[] {
  const targets = new Set(named);
  // The catalog is in the order of the stages: a mart comes after all that it reads.
  for (const mart of catalog.marts) if (mart.after.some((target) => targets.has(target))) targets.add(mart.target);
  return [...targets];
}
