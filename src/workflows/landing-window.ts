import {
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { LandResult } from '../contracts/activities.js';
import { workflowIds, workflowTypes } from '../contracts/names.js';
import type { LandInput } from '../contracts/workflows.js';
import { waiting } from './activity-profiles.js';
import { failureMessage } from './failure-message.js';
import type { landObject } from './land-object.js';
import { attributesOf } from './search-attributes.js';

/** After this long without any landing's end, those that run give up their slots, so that stuck files never block a feed. */
const stuckAfter = '60 seconds';
/** Looks at others' landings at once; each is an activity that comes again until the landing ended. */
const othersAtOnce = 20;

export interface LandingOutcome {
  readonly loadId: number;
  /** Null: the workflow of another starter failed or is not known any more. */
  readonly result: LandResult | null;
  readonly failure?: string;
}

/**
 * Landings of one feed, a bounded number at once. Slots are waited for, not files: who is stuck loses the slot and goes on, abandoned by
 * a parent that ends. Ids make a second landing of the same load impossible; one that runs already is counted as `others`.
 */
export class LandingWindow {
  /** Landings with a slot. */
  private readonly active = new Set<number>();
  /** Landings that lost theirs. */
  private readonly slow = new Set<number>();
  /** Landings that this pickup's former runs began, and those of other starters: both are known by their ids alone. */
  private readonly former: Set<number>;
  private readonly foreign: Set<number>;
  private readonly watch = new CancellationScope({ cancellable: true });
  /** Starts that the server has not confirmed yet. */
  private starting = 0;
  private moves = 0;

  constructor(
    private readonly of: Omit<LandInput, 'loadId'>,
    private readonly size: number,
    carried: { readonly pending: readonly number[]; readonly others: readonly number[] },
    private readonly ended: (outcome: LandingOutcome) => void,
  ) {
    this.former = new Set(carried.pending);
    this.foreign = new Set(carried.others);
  }

  /** Loads of this pickup that still land, as far as it knows. */
  get pending(): number[] {
    return [...this.active, ...this.slow, ...this.former];
  }

  /** Loads that other pickups landed when this one met them. */
  get others(): number[] {
    return [...this.foreign];
  }

  /**
   * Starts the landing as soon as there is a slot, which is all that this waits for: all free slots are filled by one workflow task,
   * where waiting for each start would take a task a file.
   */
  async start(loadId: number): Promise<void> {
    await condition(() => this.active.size < this.size);
    this.active.add(loadId);
    this.starting += 1;
    void this.land(loadId).finally(() => (this.starting -= 1));
  }

  private async land(loadId: number): Promise<void> {
    try {
      const child = await startChild<typeof landObject>(workflowTypes.land, {
        workflowId: workflowIds.land(this.of.pipeline, this.of.feed, loadId),
        args: [{ ...this.of, loadId }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        // A pickup that is cancelled leaves files that are being landed alone; each is whole or not there anyway.
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        // One that runs is not started again. One that ended is: the load's row says what is left to do, and a history may be that of
        // another warehouse, whose loads had the same numbers.
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        typedSearchAttributes: attributesOf({ ...this.of, loadId }),
        staticSummary: `${this.of.feed}: land load ${loadId}`,
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

  /** Resolves when all landings with a slot ended, or nothing moved for a minute. */
  async drain(): Promise<void> {
    await condition(() => this.active.size === 0 && this.starting === 0);
  }

  /** Resolves when every landing ended, those of others too. */
  async settle(): Promise<void> {
    await condition(() => this.starting === 0);
    const others = [...this.former, ...this.foreign];
    const lane = async () => {
      for (let loadId = others.shift(); loadId !== undefined; loadId = others.shift()) {
        const result = await waiting.awaitLanding({ workflowId: workflowIds.land(this.of.pipeline, this.of.feed, loadId) });
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
          const before = this.moves;
          await sleep(stuckAfter, { summary: 'look for stuck landings' });
          if (this.moves === before) this.demote();
        }
      })
      .catch(() => undefined);
  }

  stopWatching(): void {
    this.watch.cancel();
  }

  private demote(): void {
    for (const loadId of this.active) this.slow.add(loadId);
    this.active.clear();
  }

  private end(outcome: LandingOutcome): void {
    this.moves += 1;
    this.active.delete(outcome.loadId);
    this.slow.delete(outcome.loadId);
    this.ended(outcome);
  }

  /** Cancellation reaches this workflow by its own scope. */
  private fail(loadId: number, error: unknown): void {
    if (!isCancellation(error)) this.end({ loadId, result: null, failure: failureMessage(error) });
  }
}
