import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { died, MortalWorker } from '../../support/pipelines/mortal-worker.js';
import { PartsLab, rowsOfPart } from '../../support/pipelines/parts-lab.js';
import { warehouses } from '../../support/servers/servers.js';

const names = (parts: number) => Array.from({ length: parts }, (_, part) => `part-0000${part}.csv`);
type Version = readonly [parts: number, country: string];
const ordersOf = ([parts]: Version) => (parts - 1) * rowsOfPart + 5;

describe.each(warehouses)('a worker that dies while it replaces the parts of an export, on $name', ({ url }) => {
  let lab: PartsLab;
  beforeAll(async () => {
    lab = await PartsLab.open(url);
  });
  afterAll(() => lab.close());

  const rows = (version: Version) => PartsLab.rows(ordersOf(version), version[1]);
  const bring = async (version: Version) => {
    await lab.deliver(ordersOf(version), version[1]);
    await lab.write();
    expect([lab.names(), lab.read()]).toEqual([names(version[0]), rows(version)]);
  };

  /** A worker writes the export, and dies at a step; true where it has come to its end before. */
  async function dies(step: number, pipeline = lab.pipeline): Promise<boolean> {
    const worker = new MortalWorker(step);
    const work = lab.write({ warehouse: worker.warehouse(lab.warehouse), store: () => worker.store(lab.store, lab.removals) }, pipeline);
    return work.then(
      () => true,
      (error: unknown) => {
        if (error !== died) throw error;
        return false;
      },
    );
  }

  /** Dies at each step of the way to a version, and calls `after` each time. Returns how many steps there are. */
  async function dieAtEach(from: Version, to: Version, after: (step: number) => Promise<void>): Promise<number> {
    for (let step = 1; ; step += 1) {
      await bring(from);
      await lab.deliver(ordersOf(to), to[1]);
      if (await dies(step)) return step - 1;
      // A reader that follows the rule of the how-to guide has read one version.
      if (lab.looksWhole) expect([step, [rows(from), rows(to)]]).toEqual([step, expect.arrayContaining([lab.read()])]);
      expect([step, await lab.isStale()]).toEqual([step, true]);
      await after(step);
    }
  }

  it.each<[Version, Version]>([
    [
      [2, 'ES'],
      [4, 'DE'],
    ],
    [
      [4, 'DE'],
      [2, 'FR'],
    ],
    [
      [3, 'DE'],
      [1, 'FR'],
    ],
  ])('from %j to %j, leaves nothing that a repetition does not make whole', async (from, to) => {
    const steps = await dieAtEach(from, to, async (step) => {
      await lab.write();
      expect([step, lab.names(), lab.read()]).toEqual([step, names(to[0]), rows(to)]);
      expect([step, lab.looksWhole, await lab.isStale()]).toEqual([step, true, false]);
      expect(await lab.write({ again: true })).toMatchObject({ state: 'same' });
    });
    expect(steps).toBeGreaterThan(10);
  });

  it('leaves no parts behind when the next version has fewer', async () => {
    const last: Version = [1, 'UK'];
    await dieAtEach([2, 'ES'], [4, 'DE'], async (step) => {
      await lab.deliver(ordersOf(last), last[1]);
      await lab.write();
      expect([step, lab.names(), lab.read()]).toEqual([step, names(1), rows(last)]);
    });
  });

  it.each([1, 3])('is found out where the definition is again what it was, with %i parts', async (parts) => {
    const version: Version = [parts, 'ES'];
    const other = PartsLab.compile((text) => text.replace('v.amount from', 'v.amount + 1 from'));
    for (let step = 1, isOver = false; !isOver; step += 1) {
      await bring(version);
      isOver = await dies(step, other);
      // By its own record the former definition has nothing to write.
      await lab.write();
      expect([step, lab.names(), lab.read()]).toEqual([step, names(parts), rows(version)]);
    }
  });
});
