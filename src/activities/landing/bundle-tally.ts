import type { FeedRef } from '../../contracts/activities/refs.js';
import {
  shownRefusals,
  type BundleResult,
  type LandOutcome,
  type LandResult,
  type Refusal,
  type ReleasedFile,
} from '../../contracts/activities/landing.js';
import type { FailureType } from '../../contracts/failures.js';
import type { ClosedFailure } from '../activity-failure.js';
import type { ActivityScope } from '../run-activity.js';

/** What became of the loads of a bundle so far. */
export class BundleTally {
  private readonly outcomes: Record<LandOutcome, number> = { staged: 0, refused: 0, replaced: 0, gone: 0 };
  private readonly failures: { readonly loadId: number; readonly type: FailureType }[] = [];
  private readonly refusals: Refusal[] = [];
  private readonly released = new Map<number, ReleasedFile>();
  private rowsStaged = 0;
  private rowsQuarantined = 0;
  private bytes = 0;
  private done = 0;

  constructor(
    private readonly bundle: FeedRef & { readonly loadIds: readonly number[] },
    private readonly scope: Pick<ActivityScope, 'report' | 'log'>,
  ) {}

  /** Its file may go from now on, and may have gone also where the load fails after this. */
  releasing(loadId: number, { object, outcome }: Pick<LandResult, 'object' | 'outcome'>): void {
    if (outcome === 'staged' || outcome === 'refused') this.released.set(loadId, { loadId, object, outcome });
  }

  landed(loadId: number, result: LandResult): void {
    const { outcome, problem, object } = result;
    if (problem !== undefined && this.refusals.length < shownRefusals) this.refusals.push({ loadId, object, problem });
    this.outcomes[outcome] += 1;
    this.rowsStaged += result.rowsStaged;
    this.rowsQuarantined += result.rowsQuarantined;
    this.bytes += result.bytes;
    this.letGo(loadId, result);
  }

  /** A load that an earlier landing counted, and whose file had yet to be released. */
  letGo(loadId: number, result: LandResult): void {
    const { source } = result;
    if (source === 'present' || source === 'kept') this.released.delete(loadId);
    else this.releasing(loadId, result);
    this.done += 1;
    this.report();
  }

  failed(loadId: number, { type, message }: ClosedFailure): void {
    this.failures.push({ loadId, type });
    this.done += 1;
    this.scope.log.warn(`load ${loadId} gets a landing of its own: ${message}`);
    this.report();
  }

  /** `left`: loads that were not begun. */
  result(left: readonly number[]): BundleResult {
    const { outcomes, refusals, failures: failed, rowsStaged, rowsQuarantined, bytes } = this;
    return {
      ...outcomes,
      rowsStaged,
      rowsQuarantined,
      bytes,
      ...(refusals.length > 0 && { refusals }),
      released: [...this.released.values()],
      failed,
      left,
    };
  }

  private report(): void {
    const { feed, loadIds } = this.bundle;
    const { done } = this;
    this.scope.report({
      phase: 'landing',
      feed,
      subject: `loads ${loadIds[0]} to ${loadIds.at(-1)}`,
      message: `${done} of ${loadIds.length} small files landed`,
      rows: this.rowsStaged,
      bytes: this.bytes,
      done: done === loadIds.length,
    });
  }
}
