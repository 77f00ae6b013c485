import { AsyncResource } from 'node:async_hooks';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client';
import type { ProgressTarget } from '../contracts/activities/refs.js';
import { progressTopic, type ProgressEvent } from '../contracts/progress.js';

const shortestInterval = 2_000;
/** The interval grows with the age of the run, so that a signal's share of the run's history grows like a logarithm, not like time. */
const intervalByAge = 1 / 100;
const forgetAfter = 10 * 60_000;

/** Collects the events of all activities of this process for one workflow, and sends them in one signal. */
class ProgressPublisher {
  private readonly pending = new Map<string, ProgressEvent>();
  private readonly known = new Set<string>();
  private readonly started = Date.now();
  private timer: NodeJS.Timeout | undefined;
  lastUsed = Date.now();

  constructor(
    private readonly client: Client,
    private readonly workflowId: string,
  ) {}

  publish(event: ProgressEvent): void {
    const subject = JSON.stringify([event.phase, event.feed, event.subject, event.range]);
    this.lastUsed = Date.now();
    // Only the pickup's counts speak of thousands of small objects: one that is done before anyone heard of it publishes nothing.
    if (event.done && event.subject !== undefined && !this.known.has(subject)) this.pending.delete(subject);
    else this.pending.set(subject, event);
    if (this.pending.size > 0) this.timer ??= setTimeout(() => void this.flush(), this.interval()).unref();
  }

  private interval(): number {
    return Math.max(shortestInterval, (Date.now() - this.started) * intervalByAge);
  }

  /** Tried once, because the outcome reaches the run by the activity's result anyway. */
  private async flush(): Promise<void> {
    this.timer = undefined;
    const stream = WorkflowStreamClient.create(this.client, this.workflowId);
    const topic = stream.topic<ProgressEvent>(progressTopic);
    for (const [subject, event] of this.pending) {
      topic.publish(event);
      if (event.done) this.known.delete(subject);
      else this.known.add(subject);
    }
    this.pending.clear();
    await stream[Symbol.asyncDispose]().catch(() => undefined);
  }
}

const publishers = new Map<string, ProgressPublisher>();
// Sending outlives the activity that asked for it; in the activity's own async context its end would abort the call.
const outsideOfActivities = new AsyncResource('StrataProgress');

/** Sends the event to the workflow's stream within a few seconds, together with others; the latest of a subject wins. Never fails. */
export function publishProgress(target: ProgressTarget, event: ProgressEvent): void {
  const client = clientOfActivity();
  if (!client) return;
  outsideOfActivities.runInAsyncScope(() => {
    let publisher = publishers.get(target.workflowId);
    if (!publisher) {
      forgetIdle();
      publisher = new ProgressPublisher(client, target.workflowId);
      publishers.set(target.workflowId, publisher);
    }
    publisher.publish(event);
  });
}

/** Undefined in tests that run an activity without a server. */
function clientOfActivity(): Client | undefined {
  try {
    return Context.current().client;
  } catch {
    return undefined;
  }
}

function forgetIdle(): void {
  for (const [workflowId, publisher] of publishers) {
    if (Date.now() - publisher.lastUsed > forgetAfter) publishers.delete(workflowId);
  }
}
