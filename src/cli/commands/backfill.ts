import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import type { Project } from '../../config/load-project.js';
import { openStore } from '../../connectors/open-store.js';
import { workflowIds, workflowTypes } from '../../contracts/names.js';
import type { BackfillInput } from '../../contracts/workflows.js';
import { sourceKindAt } from '../../engine/folders/quarantine-folder.js';
import { asCode } from '../../contracts/report-tables.js';
import { attributesOf } from '../../contracts/search-attributes.js';
import { feedNameOf, pipelineOf, type Cli } from '../cli.js';
import { wholeNumber, withJson } from '../grammar.js';
import { follow } from '../follow/follow.js';
import { failOnHelp, parseFailOn, type LeftOut } from '../follow/left-out.js';
import { startOrAttach } from '../follow/start-or-attach.js';
import { UsageError } from '../usage-error.js';

export interface BackfillOptions {
  readonly json?: boolean;
  readonly from: string;
  readonly window: number;
  readonly detach?: boolean;
  readonly failOn?: readonly LeftOut[];
}

/** What is to be loaded, and from where. */
interface Backfilling {
  readonly pipeline: string;
  readonly feed: string;
  readonly options: BackfillOptions;
}

/** Landings side by side; fewer than a pickup's, which should not wait for a backfill. */
export const defaultWindow = 8;
/** After what is delivered now (3): pickups go first. */
const backfillPriority = 4;

/** `strata backfill`: lands what is in another store, and leaves it there. */
export function backfillCommand(command: Command, cli: Cli): void {
  withJson(command, [
    'strata backfill eastrock payments --from s3://archive/payments/2023',
    'strata backfill eastrock users --from file:///data/users --window 4',
  ])
    .argument('<pipeline>', 'the pipeline')
    .argument('<feed>', 'the feed that the files belong to')
    .requiredOption('--from <url>', 'where the files are, sub-folders included: s3://bucket/prefix or file:///folder (required)')
    .option('--window <n>', 'number of files to load at once', wholeNumber, defaultWindow)
    .option('--fail-on <kinds>', failOnHelp, parseFailOn)
    .option('--detach', 'start the run and do not watch it')
    .action(async (name: string, feedName: string, options: BackfillOptions) => {
      if (options.window < 1 || options.window > 200) throw new UsageError('--window must be from 1 to 200');
      const project = await cli.project();
      const compiled = pipelineOf(project, name);
      await backfill(cli, project, { pipeline: compiled.definition.name, feed: feedNameOf(compiled, feedName), options });
    });
}

/** Starts a backfill, or finds the one that runs, and watches it. */
export async function backfill(cli: Cli, project: Project, { pipeline, feed, options }: Backfilling): Promise<void> {
  const store = openStore(options.from, project.settings.environment);
  await store.check();
  await cli.withTemporal(project, async (client) => {
    const { handle, attached, taskQueue } = await startOrAttach(cli, project, client, workflowTypes.backfill, {
      workflowId: workflowIds.backfill(pipeline, feed, nameOf(store.url)),
      args: [{ pipeline, feed, source: { kind: sourceKindAt(store.url), url: store.url }, window: options.window } satisfies BackfillInput],
      typedSearchAttributes: attributesOf({ pipeline, feed }),
      staticSummary: `${feed}: backfill`,
      staticDetails: `Lands the objects of ${asCode(store.url)}, which stay where they are.`,
      priority: { priorityKey: backfillPriority },
    });
    if (attached && !options.json) cli.out.note(`${handle.workflowId} runs already. Watching that run`);
    if (options.detach)
      return options.json ? cli.out.json({ workflowId: handle.workflowId, attached }) : cli.out.line(`${handle.workflowId} started`);
    await follow(cli, project, client, handle, {
      json: options.json,
      again: `strata backfill ${pipeline} ${feed} --from ${store.url}`,
      taskQueue,
      failOn: options.failOn,
      from: store.url,
    });
  });
}

/** The same for the same store, so that a backfill that is asked for again is the one that runs. */
function nameOf(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 16);
}
