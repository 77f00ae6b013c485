import { WorkflowNotFoundError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { searchAttributes, workflowTypes } from '../../contracts/names.js';

const { incident, notice } = workflowTypes;

/** More of a pipeline never run at once: pickups and backfills have at most 200 landings each. */
const lookedAt = 5_000;

export interface RunningWorkflow {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly taskQueue: string;
  readonly started: Date;
  /** Of the workflow that started it; undefined for what a schedule or a person started. */
  readonly parentId: string | undefined;
  /** The id of the workflow that began the chain of starts to which this one belongs. Its own id if no workflow started it. */
  readonly rootId: string;
}

/**
 * The workflows of the pipeline that run, as Temporal lists them: a moment late. Those that nobody else started come first. Incidents and
 * notices are no work of the pipeline: they are among them only where that is asked for.
 */
export async function runningWorkflows(client: Client, pipeline: string, { incidents = false } = {}): Promise<RunningWorkflow[]> {
  const others = incidents ? '' : [incident, notice].map((type) => ` and WorkflowType != '${type}'`).join('');
  const query = `${searchAttributes.pipeline.name} = '${pipeline}' and ExecutionStatus = 'Running'${others}`;
  const running: RunningWorkflow[] = [];
  for await (const execution of client.workflow.list({ query, pageSize: 500 })) {
    running.push(ofInfo(execution));
    if (running.length === lookedAt) break;
  }
  return running.sort(
    (a, b) => Number(a.parentId !== undefined) - Number(b.parentId !== undefined) || (a.workflowId < b.workflowId ? -1 : 1),
  );
}

/** Of a pipeline, at most. */
const mostEnded = 200;

/** The workflows of the pipeline of these types, started by no other one, that have ended within so many milliseconds: the last ones. */
export async function endedWorkflows(
  client: Client,
  pipeline: string,
  { types, within }: { readonly types: readonly string[]; readonly within: number },
): Promise<RunningWorkflow[]> {
  const ended = "ExecutionStatus in ('Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut')";
  const since = new Date(Date.now() - within).toISOString();
  const names = types.map((type) => `'${type}'`).join(', ');
  const query = `${searchAttributes.pipeline.name} = '${pipeline}' and ${ended} and CloseTime > '${since}' and WorkflowType in (${names})`;
  const found: RunningWorkflow[] = [];
  for await (const execution of client.workflow.list({ query, pageSize: mostEnded })) {
    found.push(ofInfo(execution));
    if (found.length === mostEnded) break;
  }
  return found.filter(({ parentId }) => parentId === undefined);
}

/** The first run of the line of runs, each continued as the next one, that this one is of; undefined where Temporal has forgotten it. */
export async function firstRunOf(
  client: Client,
  { workflowId, runId }: Pick<RunningWorkflow, 'workflowId' | 'runId'>,
): Promise<string | undefined> {
  try {
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
    return raw.workflowExecutionInfo?.firstRunId ?? undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** The id of the newest workflow of the pipeline that has ended and that `isWanted` takes, among the last ones. */
export async function lastClosed(client: Client, pipeline: string, isWanted: (workflowId: string) => boolean): Promise<string | undefined> {
  let seen = 0;
  for await (const { workflowId } of client.workflow.list({ query: `${searchAttributes.pipeline.name} = '${pipeline}'`, pageSize: 500 })) {
    if (isWanted(workflowId)) return workflowId;
    seen += 1;
    if (seen === lookedAt) return undefined;
  }
  return undefined;
}

/** One that runs now, also when no list has it yet; undefined when none of this id runs. */
export async function runningWorkflow(client: Client, workflowId: string): Promise<RunningWorkflow | undefined> {
  try {
    const execution = await client.workflow.getHandle(workflowId).describe();
    return execution.status.name === 'RUNNING' ? ofInfo(execution) : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

type Info = Pick<WorkflowExecutionInfo, 'workflowId' | 'runId' | 'type' | 'taskQueue' | 'startTime' | 'parentExecution' | 'rootExecution'>;

function ofInfo({ workflowId, runId, type, taskQueue, startTime, parentExecution, rootExecution }: Info): RunningWorkflow {
  return {
    workflowId,
    runId,
    type,
    taskQueue,
    started: startTime,
    parentId: parentExecution?.workflowId || undefined,
    rootId: rootExecution?.workflowId || workflowId,
  };
}
