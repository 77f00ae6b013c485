import type { Activities } from '../../src/contracts/activities/activities.js';
import type { FeedSource } from '../../src/contracts/activities/pickup.js';
import type { LandResult } from '../../src/contracts/activities/landing.js';
import { landingActivities } from './landing-activities.js';
import { planned } from './planned.js';
import { processingActivities } from './processing-activities.js';

/** A pipeline of two feeds with dates and one of the beginning; `leads` has a file each date, `companies` on the first of a month. */
export function datedActivities(overrides: Partial<Activities> = {}) {
  const calls: string[] = [];
  let loads = Math.floor(Math.random() * 1_000_000) * 1_000;
  const open = new Map<string, number[]>();
  const activities: Partial<Activities> = {
    planPipeline: async () =>
      planned(
        ['leads', 'companies', 'first'],
        { marts: ['bus.leads'], outputs: ['bus.by_day'], vault: ['vault.hub_lead'] },
        { dated: ['leads', 'companies'], initial: ['first'] },
      ),
    claimObjects: async ({ feed, source }) => {
      const { partitions } = source as FeedSource;
      calls.push(`claim ${feed} ${JSON.stringify(partitions)}`);
      open.set(feed, feed === 'companies' ? [] : [(loads += 1)]);
      return { found: 1, before: 0, claimed: 1, waiting: 0, began: '2026-01-01 00:00:00.000000' };
    },
    listOpenLoads: async ({ feed, after }) => ({ loadIds: (open.get(feed) ?? []).filter((id) => id > after), small: [], objects: [] }),
    awaitLanding: async () => null,
    ...landingActivities(async (): Promise<LandResult> => {
      calls.push('land');
      return { outcome: 'staged', rowsStaged: 5, rowsQuarantined: 0, bytes: 50, object: 'x.csv', source: 'kept' };
    }),
    ...processingActivities(calls),
    reportDates: async ({ dates }) => {
      calls.push(`report ${dates.from}..${dates.to}`);
      const none = { dates: 0, first: [] };
      return { dates: 30, empty: none, missing: { companies: { dates: 29, first: ['2020-01-02'] } }, incomplete: none };
    },
    pruneStaging: async () => ({ rows: 5 }),
    refreshStaleMarts: async () => {
      calls.push('marts');
      return { marts: {}, left: [] };
    },
    planOutputs: async ({ dates, feeds }) => {
      calls.push(`outputs ${JSON.stringify({ dates, feeds })}`);
      return { outputs: [], dates: [], current: 0, next: null };
    },
    loadStaleVault: async () => ({ rows: {}, left: [] }),
    pruneChanges: async () => ({ rows: 0 }),
    ...overrides,
  };
  return { activities, calls };
}
