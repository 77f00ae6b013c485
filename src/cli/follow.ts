import { setMaxListeners } from 'node:events';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client';
import { progressTopic, type ProgressEvent } from '../contracts/progress.js';
import type { Project } from '../config/load-project.js';
import type { Cli } from './cli.js';
import { settled, type Outcome } from './outcome.js';
import { ProgressView } from './progress-view.js';
import { printReport } from './report.js';
import { watchForWorkers } from './missing-worker.js';

export interface Followed {
  readonly json?: boolean | undefined;
  /** The command that watches it again. */
  readonly again: string;
  /** The run's own. */
  readonly taskQueue: string;
}

/** Shows a workflow's progress until it ends, prints its report and sets the exit code. Ctrl-C ends the watching alone. */
export async function follow(cli: Cli, project: Project, client: Client, handle: WorkflowHandle, { json, again, taskQueue }: Followed): Promise<void> {
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
  void watchForWorkers(cli, project, client, taskQueue, watching.signal);
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
    tell(cli, outcome, handle.workflowId, json ?? false);
  } finally {
    watching.abort();
  }
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
