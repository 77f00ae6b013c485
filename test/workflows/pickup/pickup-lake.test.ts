import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, type WorkflowFailedError } from '@temporalio/client';
import type { BundleResult, LandResult } from '../../../src/contracts/activities/landing.js';
import type { ClaimResult, OpenLoads } from '../../../src/contracts/activities/pickup.js';
import type { Activities } from '../../../src/contracts/activities/activities.js';
import { workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import type { RunReport } from '../../../src/contracts/workflows.js';
import { landingActivities } from '../landing-activities.js';
import { processingActivities } from '../processing-activities.js';
import { planned } from '../planned.js';
import { hostWorkflows } from '../workflow-host.js';

const began = '2026-01-01 00:00:00.000000';
const staged: LandResult = { outcome: 'staged', rowsStaged: 4, rowsQuarantined: 1, bytes: 40, object: 'x', source: 'kept' };
const bundled = (loads: number): BundleResult => ({
  ...{ staged: loads, refused: 0, replaced: 0, gone: 0, rowsStaged: 4 * loads, rowsQuarantined: 0, bytes: 40 * loads },
  ...{ released: [], failed: [], left: [] },
});
const openOf = (loadIds: readonly number[], small = loadIds): OpenLoads => ({ loadIds, small, objects: small.map(String) });

/** A lake of feeds with these open loads, and a feed of files beside it; everything that is called is noted. */
function pipeline(loads: Readonly<Record<string, OpenLoads & { readonly more?: true }>>, overrides: Partial<Activities> = {}) {
  const calls: string[] = [];
  const bundles: unknown[] = [];
  const feeds = Object.keys(loads);
  const open = new Map<string, OpenLoads>([...Object.entries(loads), ['files', openOf([])]]);
  const activities: Partial<Activities> = {
    planPipeline: async () => planned([...feeds, 'files'], { marts: ['bus.items'], vault: ['vault.hub_item'] }, { lake: feeds }),
    claimLake: async (input) => {
      calls.push(`claim ${input.feeds.join(' ')}`);
      const claimOf = ({ more, ...of }: OpenLoads & { readonly more?: true }): ClaimResult & { open: OpenLoads } => ({
        ...{ found: of.loadIds.length, before: 0, claimed: of.loadIds.length, waiting: more ? 1 : 0, began, open: of },
      });
      return Object.fromEntries(Object.entries(loads).map(([feed, of]) => [feed, claimOf(of)]));
    },
    landBundles: async (input) => {
      bundles.push(input.bundles);
      return Object.fromEntries(input.bundles.map(({ feed, loadIds }) => [feed, bundled(loadIds.length)]));
    },
    claimObjects: async ({ feed }) => {
      calls.push(`pickup of ${feed}`);
      return { found: 0, before: 0, claimed: 0, waiting: 0, began, open: open.get(feed)! };
    },
    signalStagedLoads: async () => undefined,
    ...landingActivities(async (loadId) => {
      calls.push(`land ${loadId}`);
      return staged;
    }),
    findStaged: async () => ({ staged: ['one'], unpruned: [] }),
    ...processingActivities(calls),
    refreshStaleMarts: async () => ({ marts: {}, left: [] }),
    loadStaleVault: async () => ({ rows: {}, left: [] }),
    pruneChanges: async () => ({ rows: 0 }),
    ...overrides,
  };
  return { activities, calls, bundles };
}

describe('a run of a pipeline that reads a lake', () => {
  const host = hostWorkflows();
  const start = (name: string) =>
    host.client.workflow.execute(workflowTypes.run, {
      workflowId: `${workflowIds.run(host.pipeline)}/${name}`,
      taskQueue: host.taskQueue,
      args: [{ pipeline: host.pipeline }],
    }) as Promise<RunReport>;

  it('claims and lands the small objects of all its feeds at once, and processes the feeds that have any', async () => {
    const { activities, calls, bundles } = pipeline({ one: openOf([101]), two: openOf([]), three: openOf([102, 103]) });
    const { pickups, feeds } = await host.withWorker(activities, () => start('small'));
    expect(calls.filter((call) => !call.endsWith('files')).sort()).toEqual(['claim one two three', 'process one', 'prune one']);
    expect(bundles).toEqual([
      [
        { feed: 'one', loadIds: [101], since: began },
        { feed: 'three', loadIds: [102, 103], since: began },
      ],
    ]);
    expect(Object.entries(pickups).map(([feed, { found, claimed, staged: landed, rows }]) => [feed, found, claimed, landed, rows])).toEqual(
      [
        ['one', 1, 1, 1, 4],
        ['two', 0, 0, 0, 0],
        ['three', 2, 2, 2, 8],
        ['files', 0, 0, 0, 0],
      ],
    );
    expect(Object.keys(feeds)).toEqual(['one']);
  });

  it('leaves large objects, many of them, and those of further runs to pickups of their feeds', async () => {
    const many = Array.from({ length: 51 }, (_each, index) => 300 + index);
    const { activities, calls, bundles } = pipeline({
      ...{ one: openOf([201]), large: openOf([202], []), many: openOf(many), more: { ...openOf([203]), more: true } },
    });
    const { pickups } = await host.withWorker(
      { ...activities, landBundle: async ({ loadIds }) => bundled(loadIds.length), listOpenLoads: async () => openOf([]) },
      () => start('large'),
    );
    expect(bundles).toEqual([[{ feed: 'one', loadIds: [201], since: began }]]);
    expect(calls.filter((call) => call.startsWith('pickup')).sort()).toEqual(
      ['pickup of files', 'pickup of large', 'pickup of many', 'pickup of more'].sort(),
    );
    expect(Object.values(pickups).map(({ found, staged: landed }) => [found, landed])).toEqual([
      ...[
        [1, 1],
        [1, 1],
        [51, 51],
        [1, 1],
      ],
      [0, 0],
    ]);
  });

  it('lands what a bundle could not land by workflows of their own, also where nobody knows what the bundle did', async () => {
    const some = pipeline(
      { one: openOf([401]), two: openOf([402]) },
      {
        landBundles: async () => ({
          one: bundled(1),
          two: { ...bundled(0), failed: [{ loadId: 402, type: 'unavailable' }] },
        }),
      },
    );
    const partly = await host.withWorker(some.activities, () => start('failed'));
    expect(some.calls).toEqual(expect.arrayContaining(['pickup of two', 'land 402']));
    expect(some.calls).not.toContain('pickup of one');
    expect(Object.values(partly.pickups).map(({ staged: landed }) => landed)).toEqual([1, 1, 0]);

    const unknown = pipeline(
      { one: openOf([501]), two: openOf([]) },
      { landBundles: async () => Promise.reject(ApplicationFailure.nonRetryable('the worker is out of order')) },
    );
    const report = await host.withWorker(unknown.activities, () => start('unknown'));
    expect(unknown.calls).toEqual(expect.arrayContaining(['pickup of one', 'land 501']));
    expect(unknown.calls).not.toContain('pickup of two');
    expect(report.pickups['one']).toMatchObject({ found: 1, claimed: 1, staged: 1 });
  });

  it('says of each feed which objects its manifests name in vain, and takes the other feeds all the same', async () => {
    const { activities, calls } = pipeline(
      { one: openOf([601]), two: openOf([]) },
      {
        claimLake: async () => ({
          one: { found: 1, before: 0, claimed: 1, waiting: 0, began, open: openOf([601]) },
          two: { found: 0, before: 0, claimed: 0, waiting: 0, began, faults: ['run 7, two/x: it is not there'], open: openOf([]) },
        }),
      },
    );
    const failed = await host.withWorker(activities, () => start('faults')).catch((error: unknown) => error);
    const { message, details } = (failed as WorkflowFailedError).cause as ApplicationFailure;
    expect(message).toContain('two: 1 landing failed: run 7, two/x: it is not there');
    expect((details?.[0] as RunReport).pickups['one']).toMatchObject({ staged: 1 });
    expect(calls).toContain('process one');
  });
});
