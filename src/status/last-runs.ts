import type { Client } from '@temporalio/client';
import { searchAttributes, workflowTypes } from '../contracts/names.js';

export interface LastRun {
  readonly workflowId: string;
  readonly type: string;
  readonly feed: string | undefined;
  readonly status: string;
  readonly started: Date;
  readonly ended: Date | undefined;
}

const types = [
  workflowTypes.arrivals,
  workflowTypes.pickup,
  workflowTypes.process,
  workflowTypes.aggregate,
  workflowTypes.run,
  workflowTypes.extract,
  workflowTypes.backfill,
  workflowTypes.rebuild,
];
/** Executions looked at, newest first; what did not run among them has not run lately. */
const lookedAt = 500;

/** The newest execution of each kind of workflow of the pipeline, pickups by feed. */
export async function lastRuns(client: Client, pipeline: string): Promise<LastRun[]> {
  const names = types.map((type) => `'${type}'`).join(', ');
  const query = `${searchAttributes.pipeline.name} = '${pipeline}' and WorkflowType in (${names})`;
  const latest = new Map<string, LastRun>();
  let seen = 0;
  for await (const execution of client.workflow.list({ query, pageSize: 100 })) {
    const feeds = execution.typedSearchAttributes.getAll().find(({ key }) => key.name === searchAttributes.feed.name);
    const feed = typeof feeds?.value === 'string' ? feeds.value : undefined;
    const kind = `${execution.type}/${feed ?? ''}`;
    if (!latest.has(kind)) {
      latest.set(kind, {
        workflowId: execution.workflowId,
        type: execution.type,
        feed,
        status: execution.status.name.toLowerCase().replaceAll('_', ' '),
        started: execution.startTime,
        ended: execution.closeTime,
      });
    }
    seen += 1;
    if (seen >= lookedAt) break;
  }
  return [...latest.values()].sort(
    (a, b) => types.indexOf(a.type as (typeof types)[number]) - types.indexOf(b.type as (typeof types)[number]),
  );
}
