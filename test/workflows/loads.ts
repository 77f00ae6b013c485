import { awaitLanding } from '../../src/activities/pickup/await-landing.js';
import { runActivity } from '../../src/activities/run-activity.js';
import type { BundleResult, LandResult } from '../../src/contracts/activities/landing.js';
import type { Activities } from '../../src/contracts/activities/activities.js';

import { landingActivities } from './landing-activities.js';

/** What became of each load that landed. */
export const staged: LandResult = {
  outcome: 'staged',
  rowsStaged: 10,
  rowsQuarantined: 1,
  bytes: 100,
  object: 'users.csv',
  source: 'deleted',
};

/** Loads of one feed in memory, with the contract of the pickup activities: a load is open until it is released. */
export class Loads {
  readonly landed: number[] = [];
  private readonly open = new Set<number>();
  private claimed = 0;
  readonly claims: number[] = [];
  /** The load ids of each call of `landBundle`. */
  readonly bundles: (readonly number[])[] = [];
  /** How often others were told of staged loads. */
  signaled = 0;

  constructor(
    private readonly objects: number,
    private readonly page = 300,
    /** Whether the load's object is small. */
    private readonly isSmall: (loadId: number) => boolean = () => false,
  ) {}

  activities(
    landing: (loadId: number) => Promise<LandResult> = async () => staged,
    bundle: (loadIds: readonly number[]) => Promise<Partial<BundleResult>> = async () => ({}),
  ): Partial<Activities> {
    return {
      claimObjects: async () => {
        const claimed = Math.min(this.page, this.objects - this.claimed);
        for (let loadId = this.claimed + 1; loadId <= this.claimed + claimed; loadId += 1) this.open.add(loadId);
        this.claimed += claimed;
        this.claims.push(claimed);
        return { found: this.objects, before: 0, claimed, waiting: this.objects - this.claimed, began: '2026-01-01 00:00:00.000000' };
      },
      listOpenLoads: async ({ after, limit }) => {
        const loadIds = [...this.open]
          .filter((loadId) => loadId > after)
          .sort((a, b) => a - b)
          .slice(0, limit);
        const small = loadIds.filter(this.isSmall);
        return { loadIds, small, objects: small.map((loadId) => `${loadId}.csv`) };
      },
      signalStagedLoads: async () => void (this.signaled += 1),
      awaitLanding: (input) => runActivity({}, () => awaitLanding(input)),
      ...landingActivities(
        (loadId) =>
          runActivity({}, async () => {
            const result = await landing(loadId);
            this.landed.push(loadId);
            return result;
          }),
        async (loadId) => void this.open.delete(loadId),
        (loadId) => (this.open.has(loadId) ? undefined : staged),
      ),
      landBundle: ({ loadIds }) =>
        runActivity({}, async () => {
          this.bundles.push(loadIds);
          const { failed = [], left = [], ...counts } = await bundle(loadIds);
          const others = new Set([...failed.map(({ loadId }) => loadId), ...left]);
          const landed = loadIds.filter((loadId) => !others.has(loadId));
          for (const loadId of landed) {
            this.landed.push(loadId);
            this.open.delete(loadId);
          }
          const { rowsStaged, rowsQuarantined, bytes } = staged;
          const sum = (ofOne: number) => ofOne * landed.length;
          const read = { rowsStaged: sum(rowsStaged), rowsQuarantined: sum(rowsQuarantined), bytes: sum(bytes) };
          return { staged: landed.length, refused: 0, replaced: 0, gone: 0, released: [], ...read, ...counts, failed, left };
        }),
    };
  }
}
