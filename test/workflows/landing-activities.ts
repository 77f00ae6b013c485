import type { LandedCounts, LandingActivities, LandResult } from '../../src/contracts/activities/landing.js';

/** The activities of landings as one open range each: `land` gives what becomes of a load, `release` lets its source go. */
export function landingActivities(
  land: (loadId: number) => Promise<LandResult>,
  release: (loadId: number) => Promise<void> = async () => undefined,
  landedBefore: (loadId: number) => LandResult | undefined = () => undefined,
): Omit<LandingActivities, 'landBundle' | 'landBundles'> {
  const landed = new Map<number, LandResult>();
  return {
    planLanding: async ({ loadId }) => {
      const before = landedBefore(loadId);
      if (before) landed.set(loadId, before);
      return {
        ranges: before ? [] : ['open'],
        atOnce: 4,
        object: before?.object ?? `${loadId}.csv`,
        outcome: before?.outcome ?? null,
        landed: countsOf(before),
        ...(before && { earlier: true }),
      };
    },
    landRange: async ({ loadId }) => {
      const result = await land(loadId);
      landed.set(loadId, result);
      return { outcome: result.outcome, landed: countsOf(result) };
    },
    settleLanding: async ({ loadId, earlier }) => {
      await release(loadId);
      return { ...landed.get(loadId)!, ...(earlier && { earlier }) };
    },
  };
}

export function countsOf({ rowsStaged = 0, rowsQuarantined = 0, bytes = 0 }: Partial<LandedCounts> = {}): LandedCounts {
  return { rowsStaged, rowsQuarantined, bytes };
}
