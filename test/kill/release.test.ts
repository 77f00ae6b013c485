import { expect } from '@jest/globals';
import { warehouse } from '../support/servers/servers.js';
import { archiveCopy, claimCommit, dieAt, releaseCommit, sourceDelete, stagingCommit, type Boundary } from './lab/boundaries.js';
import { drop, feeds } from './lab/drops.js';
import type { Lab, LabOptions } from './lab/lab.js';
import { scenario } from './lab/scenario.js';
import { leftovers, snapshot } from './lab/snapshot.js';

interface Kind {
  readonly name: string;
  readonly release: NonNullable<LabOptions['release']>;
  /** Where the worker dies: on the way of the first drop, and of the second one. */
  readonly deaths: readonly (readonly Boundary[])[];
  /** What the bucket must hold in the end: the texts of the drops that are kept. */
  readonly kept: (number: number) => boolean;
}

const drops = [0, 1];
const kinds: readonly Kind[] = [
  {
    name: 'archives its files',
    release: { release: 'archive' },
    deaths: [
      [archiveCopy('before', 'users.csv'), archiveCopy('after', 'games.csv'), sourceDelete('before', 'payments.csv')],
      [sourceDelete('after', 'users.csv'), releaseCommit('before', 2), releaseCommit('after', 3)],
    ],
    kept: () => true,
  },
  {
    name: 'keeps its files',
    release: { release: 'keep' },
    deaths: [
      [stagingCommit('after', 'users', 'last'), releaseCommit('before', 1)],
      [claimCommit('after', 'games'), releaseCommit('after', 2)],
    ],
    // A drop takes the place of the one before it.
    kept: (number) => number === drops.at(-1),
  },
  {
    name: 'deletes its files after a time',
    release: { releaseAfter: '1 minute' },
    deaths: [
      [sourceDelete('before', 'users.csv'), sourceDelete('after', 'games.csv')],
      [releaseCommit('before', 1), releaseCommit('after', 2)],
    ],
    kept: () => false,
  },
];

/** Every text in the bucket but Strata's own. */
async function textsIn(lab: Lab): Promise<string[]> {
  const store = lab.bucket.store();
  const texts: string[] = [];
  for await (const page of store.list({ recursive: true }))
    for (const version of page) {
      const bytes: Buffer[] = [];
      for await (const piece of await store.read(version, { start: 0 })) bytes.push(piece as Buffer);
      texts.push(Buffer.concat(bytes).toString());
    }
  return texts.sort();
}

async function outcomeOf(lab: Lab, { release, kept }: Kind, deaths: readonly (readonly Boundary[])[]) {
  lab.startWorker();
  for (const number of drops) {
    const files = drop(number);
    for (const feed of feeds) await lab.bucket.put(`${feed}.csv`, files[feed]);
    const isLater = release.releaseAfter !== undefined;
    if (isLater) {
      await lab.run();
      await lab.warehouse.execute('update gear.loads set staged_at = staged_at - interval 2 minute');
    }
    const boundaries = deaths[number] ?? [];
    const died = dieAt(lab, boundaries);
    await lab.run();
    expect(died()).toBe(boundaries.length);
  }
  // Nothing is left to do, and nothing is done twice.
  await lab.run();
  const [loads] = await lab.warehouse.query<{ n: number }>('select count(*) as n from gear.loads');
  expect(loads).toEqual({ n: drops.length * feeds.length });
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
  expect(await textsIn(lab)).toEqual(
    drops
      .filter(kept)
      .flatMap((number) => Object.values(drop(number)))
      .sort(),
  );
  return snapshot(lab.warehouse, lab.pipeline);
}

for (const kind of kinds) {
  const options = { url: warehouse.url, release: kind.release };
  let undisturbed: ReturnType<typeof outcomeOf> | undefined;
  scenario(`a pipeline that ${kind.name} takes every file once`, options, async (lab) => {
    undisturbed = outcomeOf(lab, kind, []);
    await undisturbed;
  });
  const places = kind.deaths.flat().map(({ name }) => name);
  scenario(`a pipeline that ${kind.name} loses and doubles nothing when its worker dies ${places.join(', ')}`, options, async (lab) => {
    expect(await outcomeOf(lab, kind, kind.deaths)).toEqual(await undisturbed);
  });
}
