import { setMaxListeners } from 'node:events';
import { WorkflowFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, TerminatedFailure, CancelledFailure } from '@temporalio/common';
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client';
import { progressTopic, type ProgressEvent } from '../contracts/progress.js';
import type { RunReport } from '../contracts/workflows.js';
import type { Cli } from './cli.js';
import { ProgressView } from './progress-view.js';
import { printReport } from './report.js';
import { noteMissingWorker } from './missing-worker.js';

export interface Followed {
  readonly json?: boolean | undefined;
  /** The command that watches it again. */
  readonly again: string;
  readonly taskQueue: string;
}

/** Shows a workflow's progress until it ends, prints its report and sets the exit code. Ctrl-C ends the watching alone. */
export async function follow(cli: Cli, client: Client, handle: WorkflowHandle, { json, again, taskQueue }: Followed): Promise<void> {
  const view = json ? undefined : new ProgressView(cli.out);
  const watching = new AbortController();
  // Temporal's client listens once a request, and a run is watched by many.
  setMaxListeners(0, watching.signal);
  const interrupted = new Promise<'interrupted'>((resolve) => {
    const stop = () => resolve('interrupted');
    process.once('SIGINT', stop);
    watching.signal.addEventListener('abort', () => process.off('SIGINT', stop));
  });
  if (view) void watch(client, handle.workflowId, view, watching.signal);
  void noteMissingWorker(cli.out, client, taskQueue, watching.signal);
  try {
    // Requests that wait for an answer would keep the process after Ctrl-C.
    const outcome = await Promise.race([client.withAbortSignal(watching.signal, () => settled(handle)), interrupted]);
    view?.end();
    if (outcome === 'interrupted') {
      cli.out.note(`${handle.workflowId} goes on without a watcher. To watch it again: ${again}`);
      cli.out.note(`To stop it: temporal workflow cancel --workflow-id ${handle.workflowId}`);
      cli.exitCode = 130;
      return;
    }
    tell(cli, outcome, handle.workflowId, json ?? false);
  } finally {
    watching.abort();
  }
}

interface Outcome {
  readonly ok: boolean;
  readonly report: Partial<RunReport>;
  readonly failures: readonly string[];
}

async function settled(handle: WorkflowHandle): Promise<Outcome> {
  try {
    return { ok: true, report: (await handle.result()) as RunReport, failures: [] };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (cause instanceof ApplicationFailure && cause.type === 'incomplete') {
      const report = (cause.details?.[0] ?? {}) as Partial<RunReport>;
      return { ok: false, report, failures: report.failures ?? [cause.message] };
    }
    const ended = cause instanceof TerminatedFailure ? 'it was terminated' : cause instanceof CancelledFailure ? 'it was cancelled' : undefined;
    return { ok: false, report: {}, failures: [ended ?? innermost(cause ?? error)] };
  }
}

function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}

function tell(cli: Cli, { ok, report, failures }: Outcome, workflowId: string, json: boolean): void {
  cli.exitCode = ok ? 0 : 1;
  if (json) return cli.out.json({ workflowId, ok, ...report, failures });
  printReport(cli.out, report);
  for (const failure of failures) cli.out.note(`failed: ${failure}`);
  cli.out.line(ok ? `${workflowId} is done` : `${workflowId} failed`);
}

async function watch(client: Client, workflowId: string, view: ProgressView, signal: AbortSignal): Promise<void> {
  try {
    const topic = WorkflowStreamClient.create(client, workflowId).topic<ProgressEvent>(progressTopic);
    await client.withAbortSignal(signal, async () => {
      for await (const { data } of topic.subscribe(0)) {
        if (signal.aborted) return;
        view.show(data);
      }
    });
  } catch {
    // The result is what counts; a run without a worker, or of a former version, has no stream.
  }
}
