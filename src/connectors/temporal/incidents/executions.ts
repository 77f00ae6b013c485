import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { searchAttributes } from '../../../contracts/names.js';

/** An execution that has ended, as Temporal lists it. */
export interface EndedExecution {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  /** What it is called without its pipeline: of what a schedule started the schedule's name, else its own. */
  readonly name: string;
  readonly feed: string | undefined;
  readonly loadId: number | undefined;
  readonly ended: Date;
  readonly isChild: boolean;
}

/** The executions of a pipeline that the condition takes, those that ended last first; at most so many. */
export async function* endedExecutions(client: Client, pipeline: string, condition: string, most: number): AsyncGenerator<EndedExecution> {
  let seen = 0;
  const query = `${searchAttributes.pipeline.name} = '${pipeline}' and ${condition}`;
  for await (const execution of client.workflow.list({ query, pageSize: Math.min(most, 200) })) {
    if (execution.closeTime === undefined) continue;
    yield endedOf(execution, pipeline, execution.closeTime);
    seen += 1;
    if (seen === most) return;
  }
}

function endedOf(execution: WorkflowExecutionInfo, pipeline: string, ended: Date): EndedExecution {
  const { workflowId, runId, type } = execution;
  const text = (name: string) => {
    const value = attribute(execution, name);
    return typeof value === 'string' ? value : undefined;
  };
  const loadId = attribute(execution, searchAttributes.loadId.name);
  const name = (text('TemporalScheduledById') ?? workflowId).slice(pipeline.length + 1);
  return {
    ...{ workflowId, runId, type, name, ended, feed: text(searchAttributes.feed.name) },
    loadId: typeof loadId === 'number' ? loadId : undefined,
    isChild: Boolean(execution.parentExecution?.workflowId),
  };
}

function attribute({ typedSearchAttributes }: WorkflowExecutionInfo, name: string): unknown {
  return typedSearchAttributes.getAll().find(({ key }) => key.name === name)?.value;
}
