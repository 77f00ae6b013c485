import type { Client } from '@temporalio/client';
import { searchAttributes, workflowTypes } from '../../../contracts/names.js';
import { onlyLeftOut, settled } from '../outcome.js';
import { endedExecutions, type EndedExecution } from './executions.js';

const failing = "ExecutionStatus in ('Failed', 'TimedOut', 'Terminated')";
/** Failed executions looked at, the last ones. */
const lookedAt = 500;
/** Lines of reasons, and characters of one. */
const reasons = 5;
const longestReason = 300;

const { run, extract, aggregate, process, arrivals, pickup, backfill, rebuild, exports, outputs } = workflowTypes;
interface Healers {
  readonly types: readonly string[];
  /** Only with the same name or feed. */
  readonly same?: 'name' | 'feed';
}

/** By type of the work that failed: types whose good end later does the same work. */
const healers: Readonly<Record<string, Healers>> = {
  [run]: { types: [run], same: 'name' },
  [extract]: { types: [extract], same: 'name' },
  [backfill]: { types: [backfill], same: 'name' },
  [rebuild]: { types: [rebuild], same: 'name' },
  [exports]: { types: [exports], same: 'name' },
  [outputs]: { types: [outputs], same: 'name' },
  [pickup]: { types: [pickup], same: 'feed' },
  [process]: { types: [process] },
  [aggregate]: { types: [aggregate, run, extract] },
  [arrivals]: { types: [arrivals, aggregate, run, extract] },
};

export interface FailedWork extends Pick<EndedExecution, 'workflowId' | 'runId' | 'name' | 'type' | 'feed' | 'ended'> {
  /** In words that hold no values of rows. */
  readonly reasons: readonly string[];
  /** It did everything but read tables that an extract left out. */
  readonly isOnlyLeftOut: boolean;
}

/**
 * What of a pipeline ended badly and has not ended well since: failed, timed out or terminated, by its name. What another workflow started
 * is in the report of that one.
 */
export async function failedWork(client: Client, pipeline: string): Promise<FailedWork[]> {
  const types = Object.keys(healers);
  const latest = new Map<string, EndedExecution>();
  for await (const each of endedExecutions(client, pipeline, `${typeIn(types)} and ${failing}`, lookedAt))
    if (!each.isChild && !latest.has(each.name)) latest.set(each.name, each);
  const found: FailedWork[] = [];
  for (const each of latest.values()) {
    if (await hasSucceededSince(client, pipeline, each)) continue;
    const outcome = await settled(client.workflow.getHandle(each.workflowId, each.runId));
    found.push({ ...each, reasons: shortened(outcome.failures), isOnlyLeftOut: onlyLeftOut(outcome) });
  }
  return found;
}

/** Of a run of everything, and not of some dates: an extract brings everything from the source to bus too. */
const wholeRun = { name: 'run', types: [extract] };

/** Whether work of that type and name, or other work that does the same, ended well after a time. */
export async function hasSucceededSince(
  client: Client,
  pipeline: string,
  { type, name, feed, ended }: Pick<EndedExecution, 'type' | 'name' | 'feed' | 'ended'>,
): Promise<boolean> {
  const { types, same } = healers[type] ?? { types: [type], same: 'name' as const };
  const work = [`${typeIn(types)}${same === undefined ? '' : ` and ${same === 'feed' ? isOfFeed(feed ?? '') : isNamed(pipeline, name)}`}`];
  if (type === run && name === wholeRun.name) work.push(typeIn(wholeRun.types));
  // Temporal compares, for the good end may lie behind any number of others.
  const condition = `(${work.map((each) => `(${each})`).join(' or ')}) and ExecutionStatus = 'Completed' and CloseTime > '${ended.toISOString()}'`;
  for await (const each of endedExecutions(client, pipeline, condition, 1)) return each.ended > ended;
  return false;
}

/** What a schedule started has its name in place of its own. */
function isNamed(pipeline: string, name: string): string {
  const id = quoted(`${pipeline}/${name}`);
  return `(TemporalScheduledById = ${id} or WorkflowId = ${id})`;
}

function isOfFeed(feed: string): string {
  return `${searchAttributes.feed.name} = ${quoted(feed)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export interface FailedLanding {
  readonly feed: string;
  readonly loadId: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly ended: Date;
}

/** Landings that ended badly, the last ones first; their loads may have landed since. */
export async function failedLandings(client: Client, pipeline: string): Promise<FailedLanding[]> {
  const found = new Map<number, FailedLanding>();
  for await (const each of endedExecutions(client, pipeline, `WorkflowType = '${workflowTypes.land}' and ${failing}`, lookedAt)) {
    const { feed, workflowId, runId, ended } = each;
    const loadId = each.loadId ?? Number(/\/land\/(\d+)$/.exec(workflowId)?.[1]);
    if (feed !== undefined && Number.isSafeInteger(loadId) && !found.has(loadId))
      found.set(loadId, { feed, loadId, workflowId, runId, ended });
  }
  return [...found.values()];
}

/** Why an execution ended badly. */
export async function reasonsOf(client: Client, { workflowId, runId }: Pick<FailedLanding, 'workflowId' | 'runId'>): Promise<string[]> {
  return shortened((await settled(client.workflow.getHandle(workflowId, runId))).failures);
}

function typeIn(types: readonly string[]): string {
  return `WorkflowType in (${types.map((type) => `'${type}'`).join(', ')})`;
}

function shortened(lines: readonly string[]): string[] {
  const shown = lines.slice(0, reasons).map((line) => (line.length <= longestReason ? line : `${line.slice(0, longestReason)} ...`));
  return lines.length > reasons ? [...shown, `and ${lines.length - reasons} more`] : shown;
}
