import type { Command } from 'commander';
import { workflowIds, workflowTypes } from '../../contracts/names.js';
import type { RunInput } from '../../contracts/workflows.js';
import { attributesOf } from '../../contracts/search-attributes.js';
import { pipelineOf, type Cli } from '../cli.js';
import { withJson } from '../grammar.js';
import { follow } from '../follow/follow.js';
import { failOnHelp, parseFailOn, type LeftOut } from '../follow/left-out.js';
import { startOrAttach } from '../follow/start-or-attach.js';

/** `strata run`: the whole job once, watched to its end. */
export function runCommand(command: Command, cli: Cli): void {
  withJson(command, [
    'strata run eastrock',
    'strata run eastrock --json > report.json',
    'strata run eastrock --fail-on refused,quarantined',
    'strata run eastrock --detach',
  ])
    .argument('<pipeline>', 'the pipeline')
    .option('--fail-on <kinds>', failOnHelp, parseFailOn)
    .option('--detach', 'start the run and do not watch it')
    .action(async (name: string, options: { json?: boolean; detach?: boolean; failOn?: readonly LeftOut[] }) => {
      const project = await cli.project();
      const pipeline = pipelineOf(project, name).definition.name;
      await cli.withTemporal(project, async (client) => {
        const { handle, attached, taskQueue } = await startOrAttach(cli, project, client, workflowTypes.run, {
          workflowId: workflowIds.run(pipeline),
          args: [{ pipeline } satisfies RunInput],
          typedSearchAttributes: attributesOf({ pipeline }),
          staticSummary: 'files to bus',
          staticDetails: 'Picks up every file of all feeds, then processes, loads the vault and refreshes the marts.',
        });
        if (attached && !options.json) cli.out.note(`${handle.workflowId} runs already: watching that one`);
        if (options.detach)
          return options.json ? cli.out.json({ workflowId: handle.workflowId, attached }) : cli.out.line(`${handle.workflowId} started`);
        await follow(cli, project, client, handle, {
          json: options.json,
          again: `strata run ${pipeline}`,
          taskQueue,
          failOn: options.failOn,
        });
      });
    });
}
