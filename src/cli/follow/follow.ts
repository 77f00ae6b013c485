import { setMaxListeners } from 'node:events';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { byCause } from '../../contracts/failures.js';
import { isPartial, type DatesReport } from '../../contracts/dates/dated-runs.js';
import { countLeftAlone } from '../../contracts/listed-files.js';
import { counted } from '../../contracts/format-numbers.js';
import { progressEvents } from '../../connectors/temporal/progress-events.js';
import type { Project } from '../../config/load-project.js';
import type { Cli } from '../cli.js';
import { leftOutOf, type LeftOut } from './left-out.js';
import { settled, type Outcome } from '../../connectors/temporal/outcome.js';
import { ProgressView } from '../terminal/progress-view.js';
import { printReport } from '../terminal/report.js';
import { appendEntity } from '../../engine/entities/entity.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';
import { watchForWorkers } from './missing-worker.js';
import { pipelineOfRun } from '../run-names.js';
import { whyNothing } from './why-nothing.js';
import { watchWork, type WorkWatcher } from './watch-work.js';

/** The time that is shown goes on though no event comes; in milliseconds. */
const tickInterval = 1_000;

export interface Followed {
  readonly json?: boolean | undefined;
  /** The command that watches it again. */
  readonly again: string;
  /** The run's own. */
  readonly taskQueue: string;
  /** What may not be left out: the exit code is 1 then, though the run went well. */
  readonly failOn?: readonly LeftOut[] | undefined;
  /** The address that a backfill reads. */
  readonly from?: string | undefined;
}

/** Shows a workflow's progress until it ends, prints its report and sets the exit code. Ctrl-C ends the watching alone. */
export async function follow(
  cli: Cli,
  project: Project,
  client: Client,
  handle: WorkflowHandle,
  { json = false, again, taskQueue, failOn = [], from }: Followed,
): Promise<void> {
  const { definition } = project.pipelines.get(pipelineOfRun(handle.workflowId)) ?? {};
  const isStraight =
    definition !== undefined && definition.feeds.length > 0 && definition.feeds.every(({ name }) => appendEntity(definition, name));
  const view = json ? undefined : ProgressView.of(cli.out, isStraight);
  const watching = new AbortController();
  // Temporal's client listens once a request, and a run is watched by many.
  setMaxListeners(0, watching.signal);
  const interrupted = new Promise<'interrupted'>((resolve) => {
    const stop = () => resolve('interrupted');
    process.once('SIGINT', stop);
    watching.signal.addEventListener('abort', () => process.off('SIGINT', stop));
  });
  if (view) void watch(client, handle.workflowId, view, watching.signal);
  void watchForWorkers(cli, project, client, taskQueue, watching.signal);
  void watchWork(client, pipelineOfRun(handle.workflowId), workWatcher(cli, view), watching.signal);
  const clock = setInterval(() => view?.tick(), tickInterval);
  try {
    // Requests that wait for an answer would keep the process after Ctrl-C.
    const outcome = await Promise.race([client.withAbortSignal(watching.signal, () => settled(handle)), interrupted]);
    view?.end();
    if (outcome === 'interrupted') {
      cli.out.note(`${handle.workflowId} goes on without a watcher. To watch it again: ${again}`);
      cli.out.note(`To stop it: strata cancel ${handle.workflowId}`);
      cli.exitCode = 130;
      return;
    }
    showEnd(cli, outcome, handle.workflowId, { json, failOn, definition, from });
  } finally {
    clearInterval(clock);
    watching.abort();
  }
}

function workWatcher({ out }: Cli, view: ProgressView | undefined): WorkWatcher {
  return {
    note: (text) => {
      view?.end();
      out.note(text);
    },
    isQuiet: () => view?.isQuiet ?? false,
    doing: (text) => view?.doing(text),
  };
}

interface Ending {
  readonly json: boolean;
  readonly failOn: readonly LeftOut[];
  /** Of the run's pipeline. */
  readonly definition: PipelineDefinition | undefined;
  readonly from: string | undefined;
}

/** The last line says what a person must not miss: that the run failed, or what is not in the warehouse though it went well. */
function showEnd(cli: Cli, { ok, report, failures }: Outcome, workflowId: string, { json, failOn, definition, from }: Ending): void {
  const left = leftOutOf(report, from !== undefined);
  const failed = left.filter(({ kind }) => failOn.includes(kind));
  const isGood = ok && failed.length === 0;
  cli.exitCode = isGood ? 0 : 1;
  if (json)
    return cli.out.json({
      workflowId,
      ok: isGood,
      ...(report.dates && { outcome: ok ? 'complete' : isPartial(report) ? 'partial' : 'failed' }),
      ...report,
      failures: [...failures, ...failed.map(({ kind, sentence }) => `${sentence} (--fail-on ${kind})`)],
    });
  printReport(cli.out, report);
  const nothing = whyNothing(report, definition, from);
  if (nothing !== undefined) cli.out.prose(nothing);
  for (const failure of byCause(failures)) cli.out.note(`failed: ${failure}`);
  const end = `${workflowId} ${ok ? 'is done' : report.dates && isPartial(report) ? partialText(report.dates) : 'failed'}`;
  if (left.length === 0) return cli.out.line(end);
  const sentences = left.map(({ sentence }) => sentence).join(' and ');
  const commands = left.flatMap(({ command }) => command ?? []);
  const listed = left.some(({ command }) => command === undefined) ? '. Files left alone are listed above' : '';
  const next =
    commands.length > 0
      ? `to see them, run: ${commands.join(', ')}${listed}`
      : `${countLeftAlone(report.pickups ?? {}) === 1 ? 'it is' : 'they are'} listed above`;
  cli.out.alert(`${end}${ok ? ', BUT' : ', and'} ${sentences}${failed.length > 0 ? ' (--fail-on)' : ''}: ${next}`);
}

function partialText({ dates, incomplete }: DatesReport): string {
  const complete = dates - incomplete.dates;
  return `is partial: ${complete} of ${counted(dates, 'date')} ${complete === 1 ? 'is' : 'are'} complete`;
}

async function watch(client: Client, workflowId: string, view: ProgressView, signal: AbortSignal): Promise<void> {
  try {
    await client.withAbortSignal(signal, async () => {
      for await (const event of progressEvents(client, workflowId, signal)) view.show(event);
    });
  } catch {
    // The result is what counts.
  }
}
