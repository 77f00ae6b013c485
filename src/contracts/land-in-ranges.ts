import type { LandedCounts, LandOutcome, LandPlan, RangeRef, RangeResult } from './activities/landing.js';
import { sideBySide } from './side-by-side.js';

/** The steps of a landing, as activities of a workflow or within one activity. */
export interface LandingSteps {
  plan(): Promise<LandPlan>;
  land(range: RangeRef, plan: LandPlan): Promise<RangeResult>;
}

export interface InRanges {
  readonly outcome: LandOutcome;
  readonly object: string;
  readonly landed: LandedCounts;
  readonly earlier?: true | undefined;
}

/** Lands a load to its end: all that its plan names, and again by a new plan where the load was restarted meanwhile. */
export async function landInRanges({ plan, land }: LandingSteps): Promise<InRanges> {
  const first = await plan();
  for (let planned = first; ; planned = await plan()) {
    let { outcome, landed } = planned;
    await sideBySide(planned.ranges, planned.atOnce, async (range) => {
      const result = await land(range, planned);
      if (result.outcome !== null) ({ outcome, landed } = result);
    });
    if (outcome !== null) return { outcome, landed, object: planned.object, ...(first.earlier && { earlier: true }) };
  }
}
