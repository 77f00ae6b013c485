import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionInfo,
} from '@temporalio/client';
import {
  incidentMemo,
  incidentSignals,
  type CloseNote,
  type IncidentInput,
  type IncidentState,
  type Seen,
} from '../../../contracts/alerts/incidents.js';
import { searchAttributes, workflowIds, workflowTypes } from '../../../contracts/names.js';
import { attributesOf } from '../../../contracts/search-attributes.js';

/** Incidents listed at most, newest first. */
const lookedAt = 1_000;

/** An incident as Temporal lists it: a moment late. */
export interface ListedIncident extends IncidentState {
  readonly workflowId: string;
  readonly isRunning: boolean;
}

/** The incidents of a pipeline whose workflows run, and with `ended` those too whose trouble is gone, as long as Temporal keeps them. */
export async function listIncidents(client: Client, pipeline: string, { ended = false } = {}): Promise<ListedIncident[]> {
  const running = ended ? '' : " and ExecutionStatus = 'Running'";
  const query = `${searchAttributes.pipeline.name} = '${pipeline}' and WorkflowType = '${workflowTypes.incident}'${running}`;
  const incidents: ListedIncident[] = [];
  for await (const execution of client.workflow.list({ query, pageSize: 200 })) {
    const { status, workflowId } = execution;
    const state = stateOf(execution);
    // The runs that one was continued from say nothing of their own.
    if (state && status.name !== 'CONTINUED_AS_NEW') incidents.push({ ...state, workflowId, isRunning: status.name === 'RUNNING' });
    if (incidents.length === lookedAt) break;
  }
  return incidents.sort((a, b) => Number(b.isRunning) - Number(a.isRunning) || (a.since < b.since ? 1 : -1));
}

function stateOf({ memo }: Pick<WorkflowExecutionInfo, 'memo'>): IncidentState | undefined {
  return memo?.[incidentMemo] as IncidentState | undefined;
}

/** Begins the incident where it is not under way, or brings what it knows up to date. Whoever gets no error may forget it: Temporal keeps it. */
export async function signalSeen(client: Client, taskQueue: string, seen: Seen): Promise<void> {
  const { trouble, receivers } = seen;
  const { pipeline, kind, subject, feed, summary, at } = trouble;
  const state: IncidentState = {
    ...{ id: '', state: 'open', trouble, since: at, noted: new Date().toISOString() },
    deliveries: receivers.map((receiver) => ({ receiver, state: 'waiting' })),
  };
  await client.workflow.signalWithStart(workflowTypes.incident, {
    workflowId: workflowIds.incident(pipeline, kind, subject),
    taskQueue,
    args: [seen satisfies IncidentInput],
    signal: incidentSignals.seen,
    signalArgs: [seen],
    memo: { [incidentMemo]: state },
    typedSearchAttributes: attributesOf({ pipeline, ...(feed !== undefined && { feed }) }),
    staticSummary: summary,
    staticDetails: 'An incident: it ends by itself when the trouble is gone. To close it by hand, use strata alerts close.',
  });
}

/** Tells of files that are loaded, once: another notice of the same id is the same one. Whoever gets no error may forget it. */
export async function startNotice(client: Client, taskQueue: string, seen: Seen): Promise<void> {
  const { pipeline, feed = '', summary, at } = seen.trouble;
  try {
    await client.workflow.start(workflowTypes.notice, {
      workflowId: workflowIds.notice(pipeline, feed, at),
      taskQueue,
      args: [seen],
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      typedSearchAttributes: attributesOf({ pipeline, feed }),
      staticSummary: summary,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** The trouble is gone. False where the incident knew that already, which its listing may show a moment late. */
export function signalHealthy(client: Client, workflowId: string): Promise<boolean> {
  return unlessEnded(async () => {
    const handle = client.workflow.getHandle(workflowId);
    const found = await handle.describe();
    await handle.signal(incidentSignals.healthy);
    return stateOf(found)?.state !== 'over';
  });
}

/** Somebody deals with it. False when there is no such incident that is open: a workflow of another type, or one that has ended, is none. */
export function signalClose(client: Client, workflowId: string, note: CloseNote): Promise<boolean> {
  return unlessEnded(async () => {
    const handle = client.workflow.getHandle(workflowId);
    const found = await handle.describe();
    if (found.type !== workflowTypes.incident || found.status.name !== 'RUNNING' || stateOf(found)?.state !== 'open') return false;
    await handle.signal(incidentSignals.close, note);
    return true;
  });
}

/** Whether the incident was there to be told; a request may say itself that it was not. */
async function unlessEnded(request: () => Promise<boolean>): Promise<boolean> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
