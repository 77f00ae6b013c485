import {
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  workflowInfo,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { LandResult, BundleResult } from '../../contracts/activities/landing.js';
import { workflowIds, workflowTypes } from '../../contracts/names.js';
import type { LandInput } from '../../contracts/workflows.js';
import { bundles, profiles, waiting } from '../activity-profiles.js';
import { failureMessage } from '../report/failure-message.js';
import type { landObject } from './land-object.js';
import { attributesOf } from '../../contracts/search-attributes.js';

/** Milliseconds. When no landing has ended for this long, running landings lose their slots, so that stuck files never block a feed. */
const stuckAfter = 60_000;
/** Landings of other starters that are watched at once. Each watch is an activity that is retried until the landing has ended. */
const othersAtOnce = 20;
/** Slots that a bundle takes. It lands fewer loads at once, but one after the other without a pause. */
const slotsOfBundle = 10;

export interface LandingOutcome {
  readonly loadId: number;
  /** Null if the workflow of another starter failed or is no longer known. */
  readonly result: LandResult | null;
  readonly failure?: string;
}

interface Bundle {
  readonly loadIds: readonly number[];
  /** 0 once it lost them. */
  slots: number;
}

export interface LandingListener {
  ended(outcome: LandingOutcome): void;
  bundleEnded(result: BundleResult): void;
}

/**
 * Landings of one feed, a bounded number at once. A stuck landing loses its slot but goes on, as an abandoned child that outlives its
 * parent. Workflow ids make a second landing of the same load impossible. A landing that runs already is counted as `others`.
 *
 * Small files land in bundles, one activity each. A bundle is bounded in time and always waited for. A file that it could not land gets a
 * workflow of its own, which may be stuck for any time.
 */
export class LandingWindow {
  /** Landings with a slot. */
  private readonly active = new Set<number>();
  /** Landings that lost theirs. */
  private readonly slow = new Set<number>();
  private readonly bundles = new Set<Bundle>();
  /** Loads that a bundle did not land, while they wait for a slot. */
  private readonly queued = new Set<number>();
  /** Landings that earlier runs of this pickup began, and those of other starters. Both are known only by their ids. */
  private readonly former: Set<number>;
  private readonly foreign: Set<number>;
  private readonly watch = new CancellationScope({ cancellable: true });
  /** Starts that the server has not confirmed yet. */
  private starting = 0;
  private lastMove = Date.now();

  constructor(
    /** What each landing is given, as it is then. */
    private readonly of: () => Omit<LandInput, 'loadId'>,
    private readonly size: number,
    carried: { readonly pending: readonly number[]; readonly others: readonly number[] },
    private readonly listener: LandingListener,
  ) {
    this.former = new Set(carried.pending);
    this.foreign = new Set(carried.others);
  }

  /** Loads of this pickup that still land, as far as it knows. */
  get pending(): number[] {
    return [...this.active, ...this.slow, ...this.former, ...this.queued, ...this.bundled];
  }

  /** Those of them that land in bundles. */
  get bundled(): number[] {
    return [...this.bundles].flatMap(({ loadIds }) => loadIds);
  }

  /** Loads that another pickup was already landing when this one found them. */
  get others(): number[] {
    return [...this.foreign];
  }

  /**
   * Starts the landing as soon as there is a slot, which is all that this waits for: all free slots are filled by one workflow task,
   * where waiting for each start would take a task a file.
   */
  async start(loadId: number): Promise<void> {
    await condition(() => this.used < this.size);
    this.queued.delete(loadId);
    this.active.add(loadId);
    this.starting += 1;
    void this.land(loadId).finally(() => (this.starting -= 1));
  }

  /** Starts a bundle as soon as there are slots for it. */
  async startBundle(loadIds: readonly number[]): Promise<void> {
    const slots = Math.min(slotsOfBundle, this.size);
    await condition(() => this.used + slots <= this.size);
    for (const loadId of loadIds) this.queued.delete(loadId);
    const bundle = { loadIds, slots };
    this.bundles.add(bundle);
    void this.landBundle(bundle);
  }

  private get used(): number {
    return [...this.bundles].reduce((sum, { slots }) => sum + slots, this.active.size);
  }

  private async landBundle(bundle: Bundle): Promise<void> {
    const { loadIds } = bundle;
    const given = this.of();
    // A file with a landing of its own shows itself; those of a bundle show where they are waited for.
    const of = { ...given, progress: given.progress ?? { workflowId: workflowInfo().workflowId } };
    const summary = `${of.feed}: ${loadIds.length} small files, loads ${loadIds[0]} to ${loadIds.at(-1)}`;
    let failed = loadIds;
    let left: readonly number[] = [];
    try {
      const result = await bundles.landBundle.executeWithOptions({ ...profiles.bundle, summary }, [{ ...of, loadIds }]);
      failed = result.failed.map(({ loadId }) => loadId);
      left = result.left;
      this.listener.bundleEnded(result);
    } catch (error) {
      // Cancellation reaches this workflow by its own scope. After any other error it is not known what the bundle did, so each of its
      // loads gets a landing, which finds out.
      if (isCancellation(error)) return;
    }
    this.lastMove = Date.now();
    this.bundles.delete(bundle);
    for (const loadId of failed) this.queue([loadId], this.start(loadId));
    if (left.length > 0) this.queue(left, this.startBundle(left));
  }

  private queue(loadIds: readonly number[], start: Promise<void>): void {
    for (const loadId of loadIds) this.queued.add(loadId);
    this.starting += 1;
    void start.catch(() => undefined).finally(() => (this.starting -= 1));
  }

  private async land(loadId: number): Promise<void> {
    const of = this.of();
    const { pipeline, feed } = of;
    try {
      const child = await startChild<typeof landObject>(workflowTypes.land, {
        workflowId: workflowIds.land(pipeline, feed, loadId),
        args: [{ ...of, loadId }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        // A cancelled pickup lets running landings go on. Each file is loaded as a whole or not at all.
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        // A landing that has ended is started again, because the load's row says what is left to do, and the history may belong to another
        // warehouse with the same load ids. A running landing is not started again.
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        typedSearchAttributes: attributesOf({ ...of, loadId }),
        staticSummary: `${feed}: land load ${loadId}`,
      });
      void child.result().then(
        (result) => this.end({ loadId, result }),
        (error: unknown) => this.fail(loadId, error),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) return this.fail(loadId, error);
      this.active.delete(loadId);
      this.slow.delete(loadId);
      this.foreign.add(loadId);
    }
  }

  /** Resolves when all bundles and all landings with a slot have ended. Landings lose their slots when none has ended for a minute. */
  async drain(): Promise<void> {
    await condition(() => this.active.size === 0 && this.starting === 0 && this.bundles.size === 0);
  }

  /** Resolves when every landing has ended, also those of other starters. */
  async settle(): Promise<void> {
    await condition(() => this.starting === 0 && this.bundles.size === 0);
    const { pipeline, feed } = this.of();
    const others = [...this.former, ...this.foreign];
    const lane = async () => {
      for (let loadId = others.shift(); loadId !== undefined; loadId = others.shift()) {
        const result = await waiting.awaitLanding({ workflowId: workflowIds.land(pipeline, feed, loadId) });
        this.former.delete(loadId);
        this.foreign.delete(loadId);
        this.end({ loadId, result });
      }
    };
    await Promise.all(Array.from({ length: Math.min(othersAtOnce, others.length) }, lane));
    await condition(() => this.active.size === 0 && this.slow.size === 0);
  }

  /** Takes the slots of stuck landings away, until `stopWatching`. */
  watchForStuck(): void {
    void this.watch
      .run(async () => {
        for (;;) {
          const before = this.lastMove;
          await sleep(before + stuckAfter - Date.now(), { summary: 'look for stuck landings' });
          if (this.lastMove === before) this.demote();
        }
      })
      .catch(() => undefined);
  }

  stopWatching(): void {
    this.watch.cancel();
  }

  private demote(): void {
    this.lastMove = Date.now();
    for (const loadId of this.active) this.slow.add(loadId);
    this.active.clear();
    for (const bundle of this.bundles) bundle.slots = 0;
  }

  private end(outcome: LandingOutcome): void {
    this.lastMove = Date.now();
    this.active.delete(outcome.loadId);
    this.slow.delete(outcome.loadId);
    this.listener.ended(outcome);
  }

  /** Cancellation reaches this workflow by its own scope. */
  private fail(loadId: number, error: unknown): void {
    if (!isCancellation(error)) this.end({ loadId, result: null, failure: failureMessage(error) });
  }
}
