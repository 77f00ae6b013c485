import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { activitiesOf } from '../../connectors/temporal/pending-work.js';
import { endedWorkflows, runningWorkflows, type RunningWorkflow } from '../../connectors/temporal/running.js';
import { workflowTypes } from '../../contracts/names.js';
import type { ProgressListener, WorkProgress } from './work-progress.js';
import { WatchedWork } from './watched-work.js';

/** Work that has begun is found within this; what follows is pushed by its stream. In milliseconds. */
const lookInterval = 2_000;
/** Temporal does not answer where it takes longer; in milliseconds. */
const longestAnswer = 20_000;
/** What is tried again, and why, is looked for after so many looks. */
const troubleEvery = 2;
/** Streams followed at once; files that land beside so many others show later. */
const mostWorks = 100;
/** Works that have ended and are still told of to those who come. */
const keptEnded = 20;
/** What has ended is looked for so far back, in milliseconds: clocks differ, and Temporal lists what ends a moment later. */
const endedWithin = 60_000;
/** Runs that are remembered, so that each is told of once. */
const remembered = 5_000;

/** Host a stream of their own whoever started them. */
const runs: readonly string[] = [
  workflowTypes.run,
  workflowTypes.backfill,
  workflowTypes.rebuild,
  workflowTypes.exports,
  workflowTypes.extract,
];
/** What schedules and arrivals start, mostly with nothing to do: shown from the moment at which there is something. */
const quiet: readonly string[] = [workflowTypes.arrivals, workflowTypes.pickup, workflowTypes.process, workflowTypes.aggregate];

/** Watches what runs of some pipelines, for as long as anybody listens: one reader for all who do. */
export class ProgressWatch {
  /** By the id of their first run. */
  private readonly works = new Map<string, WatchedWork>();
  /** Runs that were met, those of works and those that works continued as. */
  private readonly known = new Set<string>();
  private readonly listeners = new Set<ProgressListener>();
  private watching: AbortController | undefined;

  constructor(
    private readonly client: Client,
    private readonly pipelines: readonly string[],
    private readonly failed: (error: unknown) => void,
    /** Temporal has said what runs. */
    private readonly answered: () => unknown = () => undefined,
  ) {}

  /** What is known now: what runs, and what ended last. */
  get current(): readonly WorkProgress[] {
    return [...this.works.values()].filter(({ isSilent }) => !isSilent).map(({ progress }) => progress);
  }

  /** Hears of every change until it is called off; the first who listens begins the watch, the last one ends it. */
  listen(listener: ProgressListener): () => void {
    this.listeners.add(listener);
    if (!this.watching) {
      this.watching = new AbortController();
      void this.look(this.watching.signal);
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.watching?.abort();
      this.watching = undefined;
      this.works.clear();
      this.known.clear();
    };
  }

  private async look(signal: AbortSignal): Promise<void> {
    /** Those of which it is known what had ended before. */
    const begun = new Set<string>();
    for (let looks = 0; !signal.aborted; looks++) {
      try {
        for (const pipeline of this.pipelines) {
          const running = await this.within(() => runningWorkflows(this.client, pipeline));
          const ended = await this.within(() => endedWorkflows(this.client, pipeline, { types: [...runs, ...quiet], within: endedWithin }));
          if (signal.aborted) return;
          if (!begun.has(pipeline)) for (const { runId } of ended) this.remember(runId);
          begun.add(pipeline);
          await this.follow(pipeline, running, signal);
          if (signal.aborted) return;
          for (const each of ended) if (!this.known.has(each.runId)) this.begin(pipeline, each, signal);
          this.forget();
          if (looks % troubleEvery === 0) await this.within(() => this.seeTrouble(running));
        }
        if (!signal.aborted) this.answered();
      } catch (error) {
        if (!signal.aborted) this.failed(error);
      }
      await sleep(lookInterval, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A server that takes a request and never answers it must show too. */
  private within<Result>(asking: () => Promise<Result>): Promise<Result> {
    return this.client.withDeadline(Date.now() + longestAnswer, asking);
  }

  private async follow(pipeline: string, running: readonly RunningWorkflow[], signal: AbortSignal): Promise<void> {
    for (const each of running) {
      if (this.known.has(each.runId) || !hostsStream(each, running)) continue;
      const atWork = [...this.works.values()].filter(({ isOver }) => !isOver);
      const before = atWork.find(({ workflowId }) => workflowId === each.workflowId);
      // Its stream goes on there. Of another line of runs the one before has ended, and that is told first.
      if (before && (await this.within(() => before.goesOnAs(this.client, each)))) this.remember(each.runId);
      if (signal.aborted) return;
      if (!before && atWork.length < mostWorks) this.begin(pipeline, each, signal);
    }
  }

  private begin(pipeline: string, running: RunningWorkflow, signal: AbortSignal): void {
    const tell = (progress: WorkProgress) => {
      for (const listener of this.listeners) listener(progress);
    };
    const work = new WatchedWork(pipeline, running, tell, { isSilent: quiet.includes(running.type) });
    this.works.set(running.runId, work);
    this.remember(running.runId);
    void work.follow(this.client, signal);
  }

  private remember(runId: string): void {
    this.known.add(runId);
    const [oldest] = this.known;
    if (this.known.size > remembered && oldest !== undefined) this.known.delete(oldest);
  }

  /** Those that ended first, and those that had nothing to say. */
  private forget(): void {
    const over = [...this.works].filter(([, { isOver }]) => isOver);
    const told = over.filter(([, { isSilent }]) => !isSilent);
    for (const [key, { isSilent }] of over)
      if (isSilent || told.slice(0, Math.max(0, told.length - keptEnded)).some(([each]) => each === key)) this.works.delete(key);
  }

  private async seeTrouble(running: readonly RunningWorkflow[]): Promise<void> {
    const ids = running.map(({ workflowId }) => workflowId);
    if (ids.length === 0) return;
    const retried = (await activitiesOf(this.client, ids, 'retried')).filter(({ attempt }) => attempt > 1);
    for (const work of this.works.values()) {
      if (work.isOver) continue;
      const below = new Set(running.filter(({ rootId }) => rootId === work.workflowId).map(({ workflowId }) => workflowId));
      work.see(retried.filter(({ workflowId }) => workflowId === work.workflowId || below.has(workflowId)));
    }
  }
}

/** Landings and pickups that a run waits for report to its stream; those of schedules and arrivals have streams of their own. */
function hostsStream({ type, rootId, workflowId }: RunningWorkflow, running: readonly RunningWorkflow[]): boolean {
  if (runs.includes(type)) return rootId === workflowId;
  if (type !== workflowTypes.land && type !== workflowTypes.pickup) return quiet.includes(type) && rootId === workflowId;
  const root = running.find((each) => each.workflowId === rootId);
  return !root || !runs.includes(root.type);
}
