import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { warehouses } from '../support/servers/servers.js';
import { claimCommit, dieAt, processingCommit, sourceDelete, stagingCommit, targetCommit, type Boundary } from './lab/boundaries.js';
import { drop, feeds } from './lab/drops.js';
import { Lab } from './lab/lab.js';
import { leftovers, snapshot } from './lab/snapshot.js';

/** In each row one lab takes the drops 0, 1, 2, ... and its worker dies at one boundary a drop: first builds first, then refreshes. */
const onEveryServer: readonly (readonly Boundary[])[] = [
  [
    targetCommit('before', 'bus.total_countries'),
    stagingCommit('before', 'games', 'middle'),
    processingCommit('after', 'payments'),
    targetCommit('after', 'vault.sat_transaction'),
  ],
];
const onOne: readonly (readonly Boundary[])[] = [
  [stagingCommit('before', 'users', 'first'), stagingCommit('after', 'games', 'middle'), stagingCommit('before', 'payments', 'last')],
  [stagingCommit('after', 'users', 'first'), stagingCommit('after', 'payments', 'last'), claimCommit('after', 'games')],
  [sourceDelete('before', 'games.csv'), sourceDelete('after', 'users.csv'), processingCommit('before', 'games')],
  [targetCommit('before', 'bus.daily_users'), targetCommit('before', 'gear.country_games'), targetCommit('before', 'vault.hub_user')],
  [targetCommit('after', 'gear.country_games'), targetCommit('after', 'bus.daily_users'), targetCommit('after', 'bus.total_countries')],
];
const labs = warehouses.flatMap(({ name, url }, index) =>
  [...onEveryServer, ...(index === 0 ? onOne : [])].map((boundaries) => ({ server: name, url, boundaries })),
);
const drops = Math.max(...labs.map(({ boundaries }) => boundaries.length));

interface Outcome {
  readonly tables: Awaited<ReturnType<typeof snapshot>>;
  readonly left: readonly string[];
}

// A dead worker's activities are given to the next one when their heartbeats have been missed for 20 s: the labs wait side by side.
const undisturbed: Promise<Outcome>[] = [];
const outcomes = new Map<Boundary, Promise<Outcome>>();
const opened: Promise<Lab>[] = [];

beforeAll(() => {
  undisturbed.push(
    ...inTurn(
      warehouses[0]!.url,
      Array.from({ length: drops }, () => undefined),
    ),
  );
  for (const { url, boundaries } of labs) inTurn(url, boundaries).forEach((outcome, index) => outcomes.set(boundaries[index]!, outcome));
});
afterAll(async () => {
  for (const lab of opened) await (await lab).close();
});

/** What the tables hold after each drop, the worker having died on the way at each drop's boundary. */
function inTurn(url: string, boundaries: readonly (Boundary | undefined)[]): Promise<Outcome>[] {
  const lab = Lab.open({ url });
  opened.push(lab);
  let before: Promise<unknown> = lab.then((ready) => ready.startWorker());
  return boundaries.map((boundary, number) => {
    const outcome = before.then(async () => take(await lab, number, boundary));
    outcome.catch(() => undefined);
    before = outcome;
    return outcome;
  });
}

async function take(lab: Lab, number: number, boundary: Boundary | undefined): Promise<Outcome> {
  const boundaries = boundary ? [boundary] : [];
  const deaths = dieAt(lab, boundaries);
  const files = drop(number);
  await Promise.all(feeds.map((feed) => lab.bucket.put(`${feed}.csv`, files[feed])));
  try {
    await lab.run();
  } catch (error) {
    throw new Error(`the run failed; the workers wrote:\n${lab.output}`, { cause: error });
  }
  if (deaths() !== boundaries.length) throw new Error(`the worker died ${deaths()} times ${boundary?.name}`);
  return { tables: await snapshot(lab.warehouse, lab.pipeline), left: await leftovers(lab.warehouse, lab.pipeline) };
}

it('an undisturbed worker takes all drops', async () => {
  const all = await Promise.all(undisturbed);
  expect(all.map(({ left }) => left)).toEqual(all.map(() => []));
  expect(all[0]!.tables['bus.daily_users']!.length).toBeGreaterThan(50);
  expect(all[0]!.tables['gear.quarantine']!.length).toBeGreaterThan(3);
}, 480_000);

describe.each(labs)('a worker on $server that dies', ({ boundaries }) => {
  it.each(boundaries.map((boundary, number) => ({ boundary, number, name: boundary.name })))(
    '$name leaves what an undisturbed one leaves',
    async ({ boundary, number }) => {
      const { tables, left } = await outcomes.get(boundary)!;
      expect(left).toEqual([]);
      expect(tables).toEqual((await undisturbed[number]!).tables);
    },
    480_000,
  );
});
