import { expect } from '@jest/globals';
import { warehouse, warehouses } from '../support/servers/servers.js';
import { until } from '../support/until.js';
import { claimCommit, dieAt, processingCommit, sourceDelete, stagingCommit, targetCommit, type Boundary } from './lab/boundaries.js';
import { drop, feeds } from './lab/drops.js';
import type { Lab } from './lab/lab.js';
import { scenario } from './lab/scenario.js';
import { leftovers, snapshot } from './lab/snapshot.js';

/** What the tables hold after two drops, each of which was announced by an event; the worker dies at one boundary of the second. */
async function outcomeOf(lab: Lab, ...boundaries: readonly Boundary[]) {
  lab.startWorker();
  await deliver(lab, 0);
  const deaths = dieAt(lab, boundaries);
  await deliver(lab, 1);
  expect(deaths()).toBe(boundaries.length);
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
  return snapshot(lab.warehouse, lab.pipeline);
}

async function deliver(lab: Lab, number: number): Promise<void> {
  const files = drop(number);
  await Promise.all(feeds.map((feed) => lab.bucket.put(`${feed}.csv`, files[feed])));
  expect((await lab.follow(feeds)).failures).toEqual([]);
  // A landing whose worker died is waited for no longer than a minute, and announces itself what it staged: others take that to bus.
  await until(async () => (await leftovers(lab.warehouse, lab.pipeline)).length === 0 && !(await isAtWork(lab)));
}

async function isAtWork({ client }: Lab): Promise<boolean> {
  return (await client.workflow.count(`ExecutionStatus = 'Running'`)).count > 0;
}

let undisturbed: ReturnType<typeof outcomeOf> | undefined;

scenario('files that were announced by events reach bus', { url: warehouse.url }, async (lab) => {
  undisturbed = outcomeOf(lab);
  expect((await undisturbed)['bus.daily_users']!.length).toBeGreaterThan(50);
});

const boundaries = [
  claimCommit('after', 'games'),
  stagingCommit('before', 'users', 'middle'),
  sourceDelete('before', 'payments.csv'),
  processingCommit('after', 'games'),
  targetCommit('before', 'bus.total_users'),
  targetCommit('after', 'vault.sat_play'),
];
for (const [index, server] of warehouses.entries()) {
  for (const boundary of index === 0 ? boundaries : boundaries.slice(3, 5)) {
    scenario(
      `a worker that dies ${boundary.name} while it follows them leaves what an undisturbed one leaves (${server.name})`,
      { url: server.url },
      async (lab) => {
        expect(await outcomeOf(lab, boundary)).toEqual(await undisturbed);
      },
    );
  }
}
