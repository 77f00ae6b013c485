import type { Command } from 'commander';
import type { Client } from '@temporalio/client';
import { cancel, terminate, type Ended } from '../../connectors/temporal/end-workflow.js';
import { runningWorkflow, runningWorkflows, type RunningWorkflow } from '../../connectors/temporal/running.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Cli } from '../cli.js';
import { withJson } from '../grammar.js';
import { TaskQueues, type QueueState } from '../../status/task-queues.js';
import { isOf, pipelineOfRun } from '../run-names.js';

/** Activities notice within some 5 s that they are to end, and then roll back; in milliseconds. */
const patience = 30_000;

interface Outcome {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly outcome: Ended;
}

/** `strata cancel`: ends runs, also those that nobody serves any more. */
export function cancelCommand(command: Command, cli: Cli): void {
  withJson(command, ['strata cancel eastrock/run', 'strata cancel eastrock', 'strata cancel eastrock/users/pickup --force'])
    .argument('<run>', 'a run as strata why names it, the beginning of its name, or a pipeline for all of its runs')
    .option('--force', 'stop it at once, without waiting for its activities to roll back')
    .action(async (name: string, options: { json?: boolean; force?: boolean }) => {
      const pipeline = pipelineOfRun(name);
      const project = await cli.project();
      await cli.withTemporal(project, async (client) => {
        const runs = await wanted(client, pipeline, name);
        if (runs.length === 0)
          throw new StrataError('misconfigured', `no run is named ${name}. To see what runs, run: strata why ${pipeline}`);
        const unserved = await (await TaskQueues.look(cli, project, client)).unserved(runs.map(({ taskQueue }) => taskQueue));
        if (!options.json && !options.force && runs.some(({ taskQueue }) => !unserved.has(taskQueue)))
          cli.out.note('waiting for the activities to roll back');
        const outcomes = await endAll(client, runs, unserved, options.force ?? false);
        cli.exitCode = outcomes.some(({ outcome }) => outcome === 'asked to end') ? 1 : 0;
        if (options.json) return cli.out.json(outcomes);
        for (const outcome of outcomes) cli.out.prose(inWords(outcome, unserved));
      });
    });
}

/** What the name means, and what those have started, the first ones first. */
async function wanted(client: Client, pipeline: string, name: string): Promise<RunningWorkflow[]> {
  const running = await runningWorkflows(client, pipeline);
  const unlisted = running.some(({ workflowId }) => workflowId === name) ? undefined : await runningWorkflow(client, name);
  const all = unlisted ? [unlisted, ...running] : running;
  const named = new Set(all.filter(({ workflowId }) => isOf(name, workflowId)).map(({ workflowId }) => workflowId));
  const isStartedBy = ({ rootId, parentId }: RunningWorkflow) => named.has(rootId) || (parentId !== undefined && named.has(parentId));
  return all.filter((run) => named.has(run.workflowId) || isStartedBy(run));
}

/** Those that nobody else started take theirs with them where they can. */
async function endAll(
  client: Client,
  runs: readonly RunningWorkflow[],
  unserved: ReadonlyMap<string, QueueState>,
  force: boolean,
): Promise<Outcome[]> {
  const end = async (run: RunningWorkflow): Promise<Outcome> => {
    const { workflowId, taskQueue } = run;
    // Nobody would hear that it is to end.
    const atOnce = force || unserved.has(taskQueue);
    return {
      workflowId,
      taskQueue,
      outcome: await (atOnce ? terminate(client, run, 'strata cancel') : cancel(client, workflowId, patience)),
    };
  };
  const first = await Promise.all(runs.filter(({ parentId }) => parentId === undefined).map(end));
  return [...first, ...(await Promise.all(runs.filter(({ parentId }) => parentId !== undefined).map(end)))];
}

function inWords({ workflowId, taskQueue, outcome }: Outcome, unserved: ReadonlyMap<string, QueueState>): string {
  if (outcome === 'asked to end') {
    return `${workflowId} was asked to end, but still runs. To see why, run: strata why ${workflowId}. To end it at once, run: strata cancel ${workflowId} --force`;
  }
  const why = outcome === 'terminated' && unserved.has(taskQueue) ? ` at once, because no worker serves its task queue ${taskQueue}` : '';
  return `${workflowId} ${outcome === 'ended by itself' ? outcome : `was ${outcome}`}${why}`;
}
