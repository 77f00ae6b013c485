import type { Client } from '@temporalio/client';
import type { AlertKind } from '../../contracts/alerts/kinds.js';
import type { Receiver, Trouble, WatchReport } from '../../contracts/alerts/incidents.js';
import { hasSucceededSince } from '../../connectors/temporal/incidents/failed-work.js';
import {
  listIncidents,
  signalClose,
  signalHealthy,
  signalSeen,
  type ListedIncident,
} from '../../connectors/temporal/incidents/incidents.js';
import { receiversOf } from '../../engine/alerts/receivers.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';
import type { ChangeConsumer } from '../../engine/change-consumer.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { closedFailure } from '../activity-failure.js';
import { findAhead } from './find-ahead.js';
import { findFailedLandings, findFailedRuns, isOfLanding } from './find-failed.js';
import { findLeftOut, findNewColumns, findQuarantined, findRefused } from './find-in-warehouse.js';
import { findLate } from './find-late.js';
import { tellLoaded } from './tell-loaded.js';

export interface Watched {
  readonly client: Client;
  readonly warehouse: Warehouse;
  readonly definition: PipelineDefinition;
  /** Those that files have to reach before people are told that they are loaded. */
  readonly marts: readonly Pick<ChangeConsumer, 'target' | 'feeds'>[];
  readonly taskQueue: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** One way to look for trouble, and which incidents it can say to be over. */
interface Look {
  readonly what: string;
  readonly kind: AlertKind;
  /** Of incidents of the kind; all of them where it is left out. */
  isOf?(trouble: Pick<Trouble, 'subject'>): boolean;
  find(): Promise<Trouble[]>;
  /** That something is not found says it is gone; where not, this says so. What somebody has closed is gone when it is not found. */
  isGone?(incident: ListedIncident): Promise<boolean>;
}

/** An incident that goes on hears of a small change this often at most, in milliseconds: each time costs its history a few events. */
const renewedAfter = 10 * 60_000;
/** A count that differs by this share of the larger one is shown at once: what people read is never further from the truth. */
const renewedFrom = 0.1;

/**
 * Looks at the state of a pipeline, compares it with the open incidents, and signals the differences. It looks at states, not at events, so
 * the next look also finds what was missed or came late. If a state can't be read, its incidents stay as they are.
 */
export async function watchPipeline(watched: Watched): Promise<WatchReport> {
  const { client, definition } = watched;
  const pipeline = definition.name;
  const incidents = await listIncidents(client, pipeline);
  const kinds = new Set((definition.alerts ?? []).flatMap(({ when }) => when));
  const failures: string[] = [];
  let opened = 0;
  let over = 0;
  let open = incidents.filter(goesOn).length;
  for (const look of looks(watched, kinds)) {
    const ours = incidents.filter(({ trouble }) => trouble.kind === look.kind && (look.isOf?.(trouble) ?? true));
    if (!kinds.has(look.kind) && ours.length === 0) continue;
    try {
      const found = kinds.has(look.kind) ? await look.find() : [];
      for (const trouble of found) {
        const known = ours.find((incident) => incident.trouble.subject === trouble.subject && incident.trouble.kind === trouble.kind);
        if (known && !isNews(known, trouble)) continue;
        await signalSeen(client, watched.taskQueue, { trouble, receivers: receiversFor(watched, trouble.kind) });
        if (known && goesOn(known)) continue;
        opened += 1;
        open += 1;
      }
      for (const incident of ours) {
        const isOver = incident.state === 'over';
        if ((isOver && incident.next === undefined) || found.some(({ kind, subject }) => isSame(incident.trouble, { kind, subject })))
          continue;
        if (!kinds.has(incident.trouble.kind))
          await signalClose(client, incident.workflowId, { note: 'no rule of the definition is about it any more' });
        else if (incident.state === 'open' && look.isGone && !(await look.isGone(incident))) continue;
        if (await signalHealthy(client, incident.workflowId)) over += 1;
        if (goesOn(incident)) open -= 1;
      }
    } catch (error) {
      failures.push(`${look.what} could not be looked at: ${closedFailure(error).message}`);
    }
  }
  try {
    if (kinds.has('loaded')) await tellLoaded({ ...watched, receivers: receiversFor(watched, 'loaded') });
  } catch (error) {
    failures.push(`files that are loaded could not be looked at: ${closedFailure(error).message}`);
  }
  return { opened, over, open, failures };
}

/** Whether it is open, or what came after it is: that is an incident of its own as soon as its messages are sent. */
function goesOn({ state, next }: ListedIncident): boolean {
  return state === 'open' || next !== undefined;
}

function looks({ client, warehouse, definition, taskQueue }: Watched, kinds: ReadonlySet<AlertKind>): Look[] {
  const pipeline = definition.name;
  return [
    {
      what: 'runs that failed',
      kind: 'failed',
      isOf: (trouble) => !isOfLanding(trouble),
      find: () => findFailedRuns(client, pipeline, { leftOut: kinds.has('left_out') }),
      // Temporal forgets what failed some time ago: only a good end says that it is over.
      isGone: ({ trouble: { subject: name, workflowType: type = '', feed, at } }) =>
        hasSucceededSince(client, pipeline, { name, type, feed, ended: new Date(at) }),
    },
    {
      what: 'landings that failed',
      kind: 'failed',
      isOf: isOfLanding,
      find: () => findFailedLandings(client, warehouse, pipeline),
    },
    { what: 'schedules that are late', kind: 'late', find: () => findLate(client, definition, taskQueue) },
    { what: 'rows in quarantine', kind: 'quarantined', find: () => findQuarantined(warehouse, definition) },
    { what: 'refused files', kind: 'refused', find: () => findRefused(warehouse, definition) },
    { what: 'tables that are left out', kind: 'left_out', find: () => findLeftOut(warehouse, definition) },
    { what: 'new columns', kind: 'new_columns', find: () => findNewColumns(warehouse, definition) },
    { what: 'rows with a time in the future', kind: 'clock_ahead', find: () => findAhead(client, definition) },
  ];
}

function isNews({ state, trouble, noted, next }: ListedIncident, found: Trouble): boolean {
  // It knows what came after it, and is about to go on with that.
  if (next !== undefined) return next !== found.cause;
  if (state === 'over') return true;
  const isOther = trouble.cause !== found.cause;
  if (state === 'closed') return isOther && (!isCounted(found) || Number(found.cause) > Number(trouble.cause));
  if (!isOther && trouble.count === found.count) return false;
  return differsMuch(trouble.count, found.count) || Date.now() - Date.parse(noted) > renewedAfter;
}

/** An incident of an earlier version has no count. */
function differsMuch(shown: number | undefined, found: number | undefined): boolean {
  if (shown === undefined || found === undefined) return shown !== found;
  return shown !== found && Math.abs(shown - found) >= renewedFrom * Math.max(shown, found);
}

/** Its cause is the number of the newest row or file. Where some were dealt with, an older one is the newest, and is not told again. */
function isCounted({ kind }: Trouble): boolean {
  return kind === 'quarantined' || kind === 'refused';
}

function isSame(a: Pick<Trouble, 'kind' | 'subject'>, b: Pick<Trouble, 'kind' | 'subject'>): boolean {
  return a.kind === b.kind && a.subject === b.subject;
}

/** Without the addresses: these stay in the settings. */
function receiversFor({ definition, environment }: Watched, kind: AlertKind): Receiver[] {
  return receiversOf(definition, kind, environment).map(({ setting, key, kind: by, shown }) => ({ setting, key, kind: by, shown }));
}
