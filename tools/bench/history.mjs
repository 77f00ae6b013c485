/**
 * @typedef {object} ActivitySpan times are milliseconds since the epoch
 * @property {string} type
 * @property {unknown} input its first argument
 * @property {number} scheduled
 * @property {number} started of the attempt that succeeded
 * @property {number} completed
 * @property {number} attempts
 *
 * @typedef {object} Execution one run of a workflow
 * @property {string} workflowId
 * @property {string} type
 * @property {number} started
 * @property {number} closed
 * @property {number} events
 * @property {ActivitySpan[]} activities those that succeeded
 */

const childrenAtOnce = 16;

/**
 * The histories of a workflow that ended, of those that it continued as and of all workflows that they started, which ended too.
 * @param {import('@temporalio/client').Client} client
 * @returns {Promise<Execution[]>}
 */
export async function executionsOf(client, workflowId, runId) {
  const waiting = [{ workflowId, runId }];
  const executions = [];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { events } = await client.workflow.getHandle(next.workflowId, next.runId).fetchHistory();
      executions.push(executionOf(next.workflowId, events));
      waiting.push(...successors(next.workflowId, events));
    }
  };
  // A lane ends when nothing waits; what the others find later is taken up here.
  while (waiting.length > 0) await Promise.all(Array.from({ length: childrenAtOnce }, lane));
  return executions;
}

function successors(workflowId, events) {
  return events.flatMap((event) => {
    const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    if (child) return [{ workflowId: child.workflowId, runId: child.runId }];
    const runId = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    return runId ? [{ workflowId, runId }] : [];
  });
}

function executionOf(workflowId, events) {
  const [first] = events;
  return {
    workflowId,
    type: first.workflowExecutionStartedEventAttributes.workflowType.name,
    started: millis(first.eventTime),
    closed: millis(events.at(-1).eventTime),
    events: events.length,
    activities: activitiesOf(events),
  };
}

/** @returns {ActivitySpan[]} */
export function activitiesOf(events) {
  const byId = new Map(events.map((event) => [Number(event.eventId), event]));
  return events.flatMap((event) => {
    const completed = event.activityTaskCompletedEventAttributes;
    if (!completed) return [];
    const scheduled = byId.get(Number(completed.scheduledEventId));
    const started = byId.get(Number(completed.startedEventId));
    const { activityType, input } = scheduled.activityTaskScheduledEventAttributes;
    return [
      {
        type: activityType.name,
        input: decoded(input?.payloads?.[0]),
        scheduled: millis(scheduled.eventTime),
        started: millis(started.eventTime),
        completed: millis(event.eventTime),
        attempts: Number(started.activityTaskStartedEventAttributes.attempt),
      },
    ];
  });
}

const decoded = (payload) => (payload?.data?.length > 0 ? JSON.parse(Buffer.from(payload.data).toString()) : undefined);
const millis = ({ seconds, nanos }) => Number(seconds) * 1000 + (nanos ?? 0) / 1e6;

/** The most of these spans that were going on at once. */
export function mostAtOnce(spans) {
  return Math.max(0, ...spans.map(({ started }) => spans.filter((other) => other.started <= started && other.completed > started).length));
}

const phases = [
  ['processing', /^process/],
  ['vault', /vault/i],
  ['marts', /^refresh/],
  // What claims, plans, waits, releases and prunes is around the work; a landing's are those that are left.
  ['around', /^(plan|claim|list|await|release|prune|announce|targets)/],
];

/** The step of the flow that an activity belongs to. */
export const phaseOf = ({ type }) => phases.find(([, pattern]) => pattern.test(type))?.[0] ?? 'landing';

/**
 * When what was reached, in seconds since the first of these executions started.
 * @param {readonly Execution[]} executions
 * @returns {{ staging: number, bulk: number, bus: number, vault: number, end: number, stagingToBus: number }} `stagingToBus` is the
 *   time from the first processing to the last mart; NaN where nothing of the kind was done
 */
export function milestones(executions) {
  const from = Math.min(...executions.map(({ started }) => started));
  const spans = executions.flatMap(({ activities }) => activities);
  const of = (phase) => spans.filter((span) => phaseOf(span) === phase);
  const last = (phase) => of(phase).reduce((latest, { completed }) => Math.max(latest, completed), -Infinity);
  const since = (time, start = from) => (Number.isFinite(time) ? (time - start) / 1000 : NaN);
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
const stepNames = {
  landing: (feed) => `landing ${feed}`,
  processing: (feed) => `bulk ${feed}`,
  marts: () => 'bus (all that is little work)',
  vault: () => 'vault (all that is little work)',
};

/**
 * Seconds of each step: what the activities of one feed, mart or vault table took, waiting for a slot left out.
 * @param {readonly Execution[]} executions
 * @returns {Map<string, number>}
 */
export function stepSeconds(executions) {
  const steps = new Map();
  for (const { workflowId, activities } of executions) {
    for (const span of activities) {
      const phase = phaseOf(span);
      if (phase === 'around') continue;
      const { mart, table, feed } = span.input ?? {};
      const name = mart ?? table ?? stepNames[phase](feed ?? workflowId.split('/')[1]);
      steps.set(name, (steps.get(name) ?? 0) + (span.completed - span.started) / 1000);
    }
  }
  return steps;
}
