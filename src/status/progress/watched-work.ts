import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { PendingActivity } from '../../connectors/temporal/pending-work.js';
import { firstRunOf, type RunningWorkflow } from '../../connectors/temporal/running.js';
import { progressEvents } from '../../connectors/temporal/progress-events.js';
import type { ProgressEvent } from '../../contracts/progress.js';
import { settled, type Outcome } from '../../connectors/temporal/outcome.js';
import { readingOf } from './reading-of.js';
import type { ProgressListener, WorkProgress } from './work-progress.js';
import { WorkTally, type WorkNumbers } from './work-tally.js';

/** Milliseconds. */
const askAgainAfter = 2_000;

/** One workflow that hosts a stream, followed to its end. */
export class WatchedWork {
  private tally = new WorkTally();
  private latest: ProgressEvent | undefined;
  private state: WorkProgress['state'] = 'running';
  private problem: string | undefined;
  /** The attempt whose trouble is over, since work went on after it. */
  private overcome = '';
  private troubled = '';
  private message = 'it runs';
  private said = '';
  /** It has found nothing to do yet, of which nobody wants to hear. */
  isSilent: boolean;
  /** Its result tells what it did. That of another one's part is in the result of that one. */
  private readonly tellsInResult: boolean;

  constructor(
    private readonly pipeline: string,
    private readonly running: RunningWorkflow,
    private readonly listener: ProgressListener,
    { isSilent = false } = {},
  ) {
    this.isSilent = isSilent;
    this.tellsInResult = !isSilent || running.parentId === undefined;
  }

  get workflowId(): string {
    return this.running.workflowId;
  }

  get isOver(): boolean {
    return this.state !== 'running';
  }

  get progress(): WorkProgress {
    const { pipeline, workflowId, state, latest, problem, message } = this;
    // Who begins to watch while it runs does not know yet how far it is, which is not the same as nothing.
    const numbers = latest || this.isOver ? this.tally.numbers : {};
    return {
      pipeline,
      workflowId,
      state,
      ...(latest && { phase: latest.phase }),
      ...(latest?.feed !== undefined && { feed: latest.feed }),
      message,
      ...(problem !== undefined && { problem }),
      started: this.running.started.toISOString(),
      ...(problem === undefined ? numbers : standing(numbers)),
    };
  }

  /** Whether this run, of the same id, is one that it continued as. */
  async goesOnAs(client: Client, run: RunningWorkflow): Promise<boolean> {
    const first = await firstRunOf(client, this.running);
    return first !== undefined && first === (await firstRunOf(client, run));
  }

  /** Follows it to its end; a stream that can't be had says nothing. Never fails. */
  async follow(client: Client, watching: AbortSignal): Promise<void> {
    this.tell();
    const ended = new AbortController();
    const signal = AbortSignal.any([watching, ended.signal]);
    // Temporal's client listens once a request, and does so until the work has ended.
    setMaxListeners(0, signal);
    await client.withAbortSignal(signal, async () => {
      const listening = this.listen(client, signal).catch(() => undefined);
      const outcome = await this.outcome(client, signal);
      await Promise.race([listening, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
      if (outcome) this.endAs(outcome);
      else if (!signal.aborted) this.end(false, 'Temporal does not know its end');
      ended.abort();
    });
  }

  /** Notes what is tried again: the activity of it, and of what it started, that has waited longest. */
  see([oldest]: readonly PendingActivity[]): void {
    const trouble = oldest === undefined ? '' : `${oldest.workflowId} ${oldest.activity} ${oldest.attempt}`;
    if (trouble !== '' && trouble === this.overcome) return;
    this.troubled = trouble;
    this.problem = oldest === undefined ? undefined : problemOf(oldest);
    if (oldest !== undefined) this.isSilent = false;
    this.tell();
  }

  /** How it ended, however long Temporal is away; undefined where Temporal has forgotten it, or when nobody watches any more. */
  private async outcome(client: Client, signal: AbortSignal): Promise<Outcome | undefined> {
    // A later run of the same id that this one did not continue as is another work.
    const handle = client.workflow.getHandle(this.workflowId, this.running.runId);
    while (!signal.aborted) {
      try {
        return await settled(handle);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        await sleep(askAgainAfter, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  private async listen(client: Client, signal: AbortSignal): Promise<void> {
    for await (const event of progressEvents(client, this.workflowId, signal)) this.take(event);
  }

  private take(event: ProgressEvent): void {
    if (this.isOver) return;
    this.isSilent = false;
    const before = this.tally.numbers.bytes;
    this.tally.take(event);
    this.latest = event;
    this.message = event.message;
    if (this.problem !== undefined && this.tally.numbers.bytes > before) {
      this.overcome = this.troubled;
      this.problem = undefined;
    }
    this.tell();
  }

  private endAs({ ok, report, failures }: Outcome): void {
    // Short work may end before anybody has heard all that it said, and so may work whose worker was away for long.
    if (this.tellsInResult) this.catchUp(readingOf(this.running, report));
    this.end(ok, failures[0] ?? '');
  }

  private catchUp(events: readonly ProgressEvent[]): void {
    const all = new WorkTally();
    for (const event of events) all.take(event);
    if (events.length === 0 || (!this.isSilent && all.numbers.rows <= this.tally.numbers.rows)) return;
    this.isSilent = false;
    this.tally = all;
    this.latest = events.at(-1);
  }

  private end(ok: boolean, failure: string): void {
    if (!ok) this.isSilent = false;
    this.state = ok ? 'finished' : 'failed';
    this.message = ok ? 'finished' : `failed: ${failure}`;
    this.problem = undefined;
    this.tell();
  }

  private tell(): void {
    if (this.isSilent) return;
    const { progress } = this;
    const text = JSON.stringify(progress);
    if (text === this.said) return;
    this.said = text;
    this.listener(progress);
  }
}

/** What does not go on has no speed. */
function standing({
  rowsPerSecond: _rows,
  bytesPerSecond: _bytes,
  secondsLeft: _seconds,
  ...numbers
}: Partial<WorkNumbers>): Partial<WorkNumbers> {
  return numbers;
}

/** The same for as long as it is the same attempt: a change is told. */
function problemOf({ isLost, activity, attempt, failure = '' }: PendingActivity): string {
  if (isLost) return `worker gone, trying again (attempt ${attempt}): ${activity}`;
  return `trying again (attempt ${attempt}): ${activity}: ${failure}`;
}
