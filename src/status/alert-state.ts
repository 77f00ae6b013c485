import type { Client } from '@temporalio/client';
import { listIncidents, type ListedIncident } from '../connectors/temporal/incidents/incidents.js';
import { ago, duration } from '../contracts/format-times.js';
import { searchAttributes, workflowIds, workflowTypes } from '../contracts/names.js';
import type { PipelineDefinition } from '../engine/definition/types.js';

/** Milliseconds after which a watch that has not looked counts as broken: it looks each minute. */
const patience = 5 * 60_000;

/** Of the last look for trouble. */
export interface LastLook {
  /** In words of Temporal, in lower case. */
  readonly status: string;
  readonly started: Date;
}

export interface AlertState {
  readonly pipeline: string;
  /** Open and closed ones whose trouble lasts, and with `ended` those whose trouble is over, the newest first. */
  readonly incidents: readonly ListedIncident[];
  /** Undefined where the pipeline has no alerts. */
  readonly watch: { readonly last: LastLook | undefined } | undefined;
}

/** What is wrong with a pipeline, and whether anybody looks. With `ended`, incidents whose trouble is over are among them. */
export async function alertState(
  client: Client,
  { name: pipeline, alerts }: PipelineDefinition,
  { ended = false } = {},
): Promise<AlertState> {
  const [incidents, last] = await Promise.all([
    listIncidents(client, pipeline, { ended }),
    alerts?.length ? lastLook(client, pipeline) : undefined,
  ]);
  return { pipeline, incidents, watch: alerts?.length ? { last } : undefined };
}

async function lastLook(client: Client, pipeline: string): Promise<LastLook | undefined> {
  const query = `${searchAttributes.pipeline.name} = '${pipeline}' and WorkflowType = '${workflowTypes.watch}' and ExecutionStatus != 'Running'`;
  for await (const { status, startTime } of client.workflow.list({ query, pageSize: 1 }))
    return { status: status.name.toLowerCase().replaceAll('_', ' '), started: startTime };
  return undefined;
}

/** For people: what is wrong with alerting itself; undefined where nothing is. */
export function watchProblem({ pipeline, watch }: AlertState, now = Date.now()): string | undefined {
  if (!watch) return undefined;
  const why = workflowIds.watch(pipeline);
  if (!watch.last)
    return `nobody has looked for trouble of ${pipeline} yet. Run: strata schedules apply ${pipeline}. Where that is done, start a worker`;
  if (watch.last.status !== 'completed')
    return `the last look for trouble of ${pipeline} ${watch.last.status}. To see why, run: strata why ${why}`;
  if (now - watch.last.started.getTime() > patience)
    return `nobody has looked for trouble of ${pipeline} since ${ago(watch.last.started)}. To see why, run: strata why ${why}`;
  return undefined;
}

/** For people: why what is wrong would not be seen; undefined where somebody looks. */
export function notLookedAt(state: AlertState): string | undefined {
  return state.watch
    ? watchProblem(state)
    : `the definition of ${state.pipeline} has no alerts, so nobody looks for trouble of it. To add some, see docs/how-to/operate/alerts.md`;
}

/** For people: messages that a receiver did not take. */
export function undelivered({ incidents }: Pick<AlertState, 'incidents'>): string[] {
  return incidents.flatMap(({ workflowId, deliveries }) =>
    deliveries.flatMap(({ receiver, state, why }) =>
      state === 'given up' ? [`${workflowId}: ${receiver.shown} (${receiver.setting}) was not notified: ${why ?? ''}`] : [],
    ),
  );
}

/** For people: the incidents that are open, what could not be delivered, and what is wrong with the watch. */
export function alertLines(state: AlertState): string[] {
  const problem = watchProblem(state);
  return [
    ...state.incidents
      .filter((incident) => incident.state === 'open')
      .map(
        ({ trouble, since, workflowId }) =>
          `open for ${duration((Date.now() - Date.parse(since)) / 1_000)}: ${trouble.summary} (${workflowId})`,
      ),
    ...undelivered(state),
    ...(problem === undefined ? [] : [problem]),
  ];
}
