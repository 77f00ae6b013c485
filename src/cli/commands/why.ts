import type { Command } from 'commander';
import type { Client } from '@temporalio/client';
import { lastClosed, runningWorkflows } from '../../connectors/temporal/running.js';
import { StrataError } from '../../engine/strata-error.js';
import { pipelinesOf, type Cli } from '../cli.js';
import { withJson } from '../grammar.js';
import { lastRuns } from '../../status/last-runs.js';
import { TaskQueues } from '../../status/task-queues.js';
import { ago, duration } from '../../contracts/format-times.js';
import { attempts, elapsed, underWay } from '../../status/retries.js';
import { isOf, pipelineOfRun } from '../run-names.js';
import { runState, type RunState } from '../../status/run-state.js';

/** `strata why`: what a run waits for, or why it failed. */
export function whyCommand(command: Command, cli: Cli): void {
  withJson(command, ['strata why', 'strata why eastrock', 'strata why eastrock/users/pickup'])
    .argument('[run]', 'a run, the beginning of its name, or a pipeline for its runs and last failures (default: all pipelines)')
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const wanted = name === undefined ? undefined : pipelineOfRun(name);
      const project = await cli.project();
      await cli.withTemporal(project, async (client) => {
        const queues = await TaskQueues.look(cli, project, client);
        const pipelines = wanted === undefined ? pipelinesOf(project, undefined).map(({ definition }) => definition.name) : [wanted];
        const ids = await Promise.all(pipelines.map((pipeline) => idsOf(client, pipeline, name ?? pipeline)));
        const states = (await Promise.all(ids.flat().map((id) => runState(client, queues, id)))).filter((state) => state !== undefined);
        if (states.length === 0 && name !== undefined && name !== wanted) {
          throw new StrataError('misconfigured', `Temporal has no run ${name}. To see the runs, run: strata status ${wanted ?? ''}`);
        }
        if (options.json) return cli.out.json(states);
        if (states.length === 0) return cli.out.prose(`no run of ${pipelines.join(', ')} is under way, and none of the last runs failed`);
        for (const state of states) for (const line of inWords(state)) cli.out.prose(line);
      });
    });
}

/** What runs under the name; else the last one that had it. Of a pipeline also the last runs that failed. */
async function idsOf(client: Client, pipeline: string, name: string): Promise<string[]> {
  const running = (await runningWorkflows(client, pipeline)).filter(({ workflowId }) => isOf(name, workflowId));
  const known = new Set(running.map(({ workflowId }) => workflowId));
  // Those that another one waits for are shown below it; landings go on after their pickup.
  const tops = running.filter(({ parentId }) => parentId === undefined || !known.has(parentId)).map(({ workflowId }) => workflowId);
  if (name === pipeline) {
    const failed = (await lastRuns(client, pipeline)).filter(
      ({ status }) => !['running', 'completed', 'continued as new'].includes(status),
    );
    return [...new Set([...tops, ...failed.map(({ workflowId }) => workflowId)])];
  }
  if (tops.length > 0) return tops;
  return [(await lastClosed(client, pipeline, (id) => isOf(name, id))) ?? name];
}

function inWords(state: RunState, indent = ''): string[] {
  const { workflowId, status, taskQueue, started, ended, unserved, stuck, activities, children, moreChildren, failures } = state;
  const deeper = `${indent}  `;
  if (status !== 'running') {
    return [
      `${indent}${workflowId} ${status} ${ago(ended)}, after ${duration(((ended ?? new Date()).getTime() - started.getTime()) / 1_000)}`,
      ...failures.map((line) => `${deeper}${line}`),
    ];
  }
  const lines = [`${indent}${workflowId} has run for ${elapsed(started)} on the task queue ${taskQueue}`];
  if (unserved !== undefined) lines.push(`${deeper}it waits: ${unserved}. Start one on that queue, or run: strata cancel ${workflowId}`);
  if (stuck !== undefined) lines.push(`${deeper}${stuck}`);
  for (const activity of activities) {
    const by = activity.worker === undefined ? '' : `, worker ${activity.worker}`;
    if (activity.failure !== undefined) lines.push(`${deeper}${activity.activity} ${attempts(activity)}${by}: ${activity.failure}`);
    else lines.push(`${deeper}${activity.activity} ${underWay(activity)}${by}`);
  }
  for (const child of children) lines.push(...inWords(child, deeper));
  if (moreChildren > 0) lines.push(`${deeper}and ${moreChildren} more like these`);
  return lines;
}
