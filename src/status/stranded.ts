import type { Client } from '@temporalio/client';
import { terminate } from '../connectors/temporal/end-workflow.js';
import { runningWorkflows, type RunningWorkflow } from '../connectors/temporal/running.js';
import { listSchedules, scheduleQueues } from '../connectors/temporal/schedules/schedules.js';
import { commandOfRun } from '../contracts/dates/dated-runs.js';
import { workflowTypes } from '../contracts/names.js';
import type { TaskQueues } from './task-queues.js';

/** Names shown of many. */
const shown = 5;

/** What waits on a task queue that is not that of the settings and that no worker serves: nothing else ever ends it. */
export interface Stranded {
  readonly taskQueue: string;
  /** For people. */
  readonly problem: string;
  readonly runs: readonly RunningWorkflow[];
  readonly schedules: readonly string[];
}

export async function strandedWork(client: Client, queues: TaskQueues, pipeline: string, ownQueue: string): Promise<Stranded[]> {
  const [running, schedules] = await Promise.all([
    runningWorkflows(client, pipeline, { incidents: true }),
    listSchedules(client, pipeline),
  ]);
  const queueOf = await scheduleQueues(
    client,
    schedules.map(({ id }) => id),
  );
  const used = [...running.map(({ taskQueue }) => taskQueue), ...queueOf.values()].filter((taskQueue) => taskQueue !== ownQueue);
  return [...(await queues.unserved(used)).values()].map(({ taskQueue, problem }) => ({
    taskQueue,
    problem,
    runs: running.filter((run) => run.taskQueue === taskQueue),
    schedules: [...queueOf].filter(([, queue]) => queue === taskQueue).map(([id]) => id),
  }));
}

/** For people, with what ends it. */
export function strandedLines({ problem, runs, schedules }: Stranded): string[] {
  const lines: string[] = [];
  if (runs.length > 0) {
    const names = runs.map(({ workflowId }) => workflowId);
    lines.push(
      `${problem}: ${runs.length === 1 ? 'this run waits' : `these ${runs.length} runs wait`} there for ever: ${some(names)}. To end ${runs.length === 1 ? 'it' : 'them'}, run: strata schedules apply`,
    );
  }
  if (schedules.length > 0)
    lines.push(`${problem}: schedules start runs there: ${some(schedules)}. To move them, run: strata schedules apply`);
  return lines;
}

/** Ends the runs: what they committed stays, and whatever starts next goes on from there. */
export async function endStranded(client: Client, { taskQueue, runs }: Stranded): Promise<RunningWorkflow[]> {
  const ended: RunningWorkflow[] = [];
  for (const run of runs) {
    const outcome = await terminate(client, run, `strata schedules apply: no worker serves its task queue ${taskQueue}`);
    if (outcome === 'terminated') ended.push(run);
  }
  return ended;
}

/** The command that does the work of a run which no schedule starts again; undefined for the others. */
export function startsAgain({ type, workflowId }: RunningWorkflow): string | undefined {
  const [pipeline = '', feed = ''] = workflowId.split('/');
  if (type === workflowTypes.run) return commandOfRun(workflowId);
  if (type === workflowTypes.extract) return `strata extract ${pipeline}`;
  if (type === workflowTypes.rebuild) return `strata marts rebuild ${pipeline}`;
  if (type === workflowTypes.backfill) return `strata backfill ${pipeline} ${feed} --from <the same address>`;
  return undefined;
}

function some(names: readonly string[]): string {
  return names.length <= shown ? names.join(', ') : `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
}
