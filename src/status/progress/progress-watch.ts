import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { activitiesOf } from '../../connectors/temporal/pending-work.js';
import { runningWorkflows, type RunningWorkflow } from '../../connectors/temporal/running.js';
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

/** Host a stream of their own whoever started them. */
const runs: readonly string[] = [
  workflowTypes.run,
  workflowTypes.backfill,
  workflowTypes.rebuild,
  workflowTypes.exports,
  workflowTypes.extract,
];

/** Watches what runs of some pipelines, for as long as anybody listens: one reader for all who do. */
export class ProgressWatch {
  /** By the id of their first run. */
  private readonly works = new Map<string, WatchedWork>();
  /** Runs that a work which is followed continued as: its stream goes on there. */
  private readonly continued = new Set<string>();
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
    return [...this.works.values()].map(({ progress }) => progress);
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
      this.continued.clear();
    };
  }

  private async look(signal: AbortSignal): Promise<void> {
    for (let looks = 0; !signal.aborted; looks++) {
      try {
        for (const pipeline of this.pipelines) {
          const running = await this.within(() => runningWorkflows(this.client, pipeline));
          if (signal.aborted) return;
          this.follow(pipeline, running, signal);
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

  private follow(pipeline: string, running: readonly RunningWorkflow[], signal: AbortSignal): void {
    for (const each of running) {
      const key = each.runId;
      if (this.works.has(key) || this.continued.has(key) || !hostsStream(each, running)) continue;
      const atWork = [...this.works.values()].filter(({ isOver }) => !isOver);
      if (atWork.some(({ workflowId }) => workflowId === each.workflowId)) this.continued.add(key);
      if (atWork.length >= mostWorks || this.continued.has(key)) continue;
      const work = new WatchedWork(pipeline, each, (progress) => {
        for (const listener of this.listeners) listener(progress);
      });
      this.works.set(key, work);
      void work.follow(this.client, signal);
    }
    const over = [...this.works].filter(([, { isOver }]) => isOver);
    for (const [key] of over.slice(0, Math.max(0, over.length - keptEnded))) this.works.delete(key);
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

/** Landings that a run waits for report to its stream; those of schedules and arrivals have streams of their own. */
function hostsStream({ type, rootId, workflowId }: RunningWorkflow, running: readonly RunningWorkflow[]): boolean {
  if (runs.includes(type)) return rootId === workflowId;
  if (type !== workflowTypes.land) return false;
  const root = running.find((each) => each.workflowId === rootId);
  return !root || !runs.includes(root.type);
}
