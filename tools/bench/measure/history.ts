import type { Client, WorkflowHandle } from '@temporalio/client';

/** Times are milliseconds since the epoch. */
export interface ActivitySpan {
  readonly type: string;
  /** Of its first argument. */
  readonly input: ActivityInput | undefined;
  readonly scheduled: number;
  /** Of the attempt that succeeded. */
  readonly started: number;
  readonly completed: number;
  readonly attempts: number;
}

interface ActivityInput {
  readonly mart?: string;
  readonly table?: string;
  readonly feed?: string;
}

/** One run of a workflow. */
export interface Execution {
  readonly workflowId: string;
  readonly type: string;
  readonly started: number;
  readonly closed: number;
  /** How many. */
  readonly events: number;
  /** Those that succeeded. */
  readonly activities: readonly ActivitySpan[];
}

export interface WorkflowRun {
  readonly workflowId: string;
  /** The latest one when absent. */
  readonly runId?: string | undefined;
}

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

const childrenAtOnce = 16;

/** The histories of a workflow that ended, of those that it continued as and of all workflows that they started, which ended too. */
export async function executionsOf(client: Client, run: WorkflowRun): Promise<Execution[]> {
  const waiting = [run];
  const executions: Execution[] = [];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { events } = await client.workflow.getHandle(next.workflowId, next.runId).fetchHistory();
      executions.push(executionOf(next.workflowId, events ?? []));
      waiting.push(...successors(next.workflowId, events ?? []));
    }
  };
  // A lane ends when nothing waits; what the others find later is taken up here.
  while (waiting.length > 0) await Promise.all(Array.from({ length: childrenAtOnce }, lane));
  return executions;
}

function successors(workflowId: string, events: readonly HistoryEvent[]): WorkflowRun[] {
  return events.flatMap((event) => {
    const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    if (child?.workflowId) return [{ workflowId: child.workflowId, runId: child.runId ?? undefined }];
    const runId = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    return runId ? [{ workflowId, runId }] : [];
  });
}

function executionOf(workflowId: string, events: readonly HistoryEvent[]): Execution {
  return {
    workflowId,
    type: events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? '',
    started: millis(events[0]),
    closed: millis(events.at(-1)),
    events: events.length,
    activities: activitiesOf(events),
  };
}

function activitiesOf(events: readonly HistoryEvent[]): ActivitySpan[] {
  const byId = new Map(events.map((event) => [Number(event.eventId), event]));
  return events.flatMap((event) => {
    const completed = event.activityTaskCompletedEventAttributes;
    if (!completed) return [];
    const scheduled = byId.get(Number(completed.scheduledEventId));
    const started = byId.get(Number(completed.startedEventId));
    const { activityType, input } = scheduled?.activityTaskScheduledEventAttributes ?? {};
    return [
      {
        type: activityType?.name ?? '',
        input: decoded(input?.payloads?.[0]?.data),
        scheduled: millis(scheduled),
        started: millis(started),
        completed: millis(event),
        attempts: started?.activityTaskStartedEventAttributes?.attempt ?? NaN,
      },
    ];
  });
}

function decoded(data: Uint8Array | null | undefined): ActivityInput | undefined {
  return data?.length ? JSON.parse(Buffer.from(data).toString()) : undefined;
}

const millis = (event: HistoryEvent | undefined) => Number(event?.eventTime?.seconds ?? NaN) * 1000 + (event?.eventTime?.nanos ?? 0) / 1e6;

/** The most of these spans that were going on at once. */
export function mostAtOnce(spans: readonly ActivitySpan[]): number {
  return Math.max(0, ...spans.map(({ started }) => spans.filter((other) => other.started <= started && other.completed > started).length));
}

type Phase = 'landing' | 'processing' | 'vault' | 'marts' | 'around';

const phases: readonly (readonly [Phase, RegExp])[] = [
  ['landing', /^land/],
  ['processing', /^process/],
  ['vault', /vault/i],
  ['marts', /^refresh/],
];

/** The step of the flow that an activity belongs to; what claims, plans, waits, settles, signals and prunes is around the work. */
export const phaseOf = ({ type }: Pick<ActivitySpan, 'type'>): Phase => phases.find(([, pattern]) => pattern.test(type))?.[0] ?? 'around';

/** When what was reached, in seconds since the first of some executions started; NaN where nothing of the kind was done. */
export interface Milestones {
  readonly staging: number;
  readonly bulk: number;
  readonly bus: number;
  readonly vault: number;
  readonly end: number;
  /** From the first processing to the last mart. */
  readonly stagingToBus: number;
}

export function milestones(executions: readonly Execution[]): Milestones {
  const from = Math.min(...executions.map(({ started }) => started));
  const spans = executions.flatMap(({ activities }) => activities);
  const of = (phase: Phase) => spans.filter((span) => phaseOf(span) === phase);
  const last = (phase: Phase) => of(phase).reduce((latest, { completed }) => Math.max(latest, completed), -Infinity);
  const since = (time: number, start = from) => (Number.isFinite(time) ? (time - start) / 1000 : NaN);
  return {
    staging: since(last('landing')),
    bulk: since(last('processing')),
    bus: since(last('marts')),
    vault: since(last('vault')),
    end: since(Math.max(...executions.map(({ closed }) => closed))),
    stagingToBus: since(last('marts'), Math.min(...of('processing').map(({ scheduled }) => scheduled))),
  };
}

/** Names of steps that are not those of one mart or table; activities see to all of these where there is little to do. */
const stepNames: Record<Exclude<Phase, 'around'>, (feed: string) => string> = {
  landing: (feed) => `landing ${feed}`,
  processing: (feed) => `bulk ${feed}`,
  marts: () => 'bus (all that is little work)',
  vault: () => 'vault (all that is little work)',
};

/** Seconds of each step: what the activities of one feed, mart or vault table took, waiting for a slot left out. */
export function stepSeconds(executions: readonly Execution[]): Map<string, number> {
  const steps = new Map<string, number>();
  for (const { workflowId, activities } of executions) {
    for (const span of activities) {
      const phase = phaseOf(span);
      if (phase === 'around') continue;
      const { mart, table, feed } = span.input ?? {};
      const name = mart ?? table ?? stepNames[phase](feed ?? workflowId.split('/')[1] ?? '');
      steps.set(name, (steps.get(name) ?? 0) + (span.completed - span.started) / 1000);
    }
  }
  return steps;
}
