import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sideBySide } from '../../src/contracts/side-by-side.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('work side by side', () => {
  it('keeps to the limit and the order, and does all of it', async () => {
    const running = new Set<number>();
    const begun: number[] = [];
    let most = 0;
    await sideBySide([1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      running.add(item);
      most = Math.max(most, running.size);
      for (let left = item; left > 0; left--) await turn();
      running.delete(item);
    });
    expect({ begun, most }).toEqual({ begun: [1, 2, 3, 4, 5], most: 2 });
  });

  it('begins an item as soon as what it needs has ended, before those that stand behind it', async () => {
    const begun: string[] = [];
    const needs: Record<string, string[]> = { sum: ['a', 'elsewhere'] };
    await sideBySide(
      ['a', 'long', 'sum', 'b', 'c'],
      2,
      async (item) => {
        begun.push(item);
        for (let left = item === 'long' ? 20 : 1; left > 0; left--) await turn();
      },
      (item) => needs[item] ?? [],
    );
    expect(begun).toEqual(['a', 'long', 'sum', 'b', 'c']);
  });

  it('never begins an item before what it needs has ended, whatever takes how long', async () => {
    const world = fc.array(fc.record({ turns: fc.nat(5), needs: fc.array(fc.nat(11), { maxLength: 3 }) }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(world, fc.integer({ min: 1, max: 4 }), async (items, limit) => {
        const ended = new Set<number>();
        const needs = (item: number) => items[item]!.needs.filter((need) => need < item);
        await sideBySide(
          items.map((_item, index) => index),
          limit,
          async (item) => {
            expect(needs(item).filter((need) => !ended.has(need))).toEqual([]);
            for (let left = items[item]!.turns; left > 0; left--) await turn();
            ended.add(item);
          },
          needs,
        );
        expect(ended.size).toBe(items.length);
      }),
      { numRuns: 50 },
    );
  });

  it('begins nothing after an error, and throws it when all that ran has ended', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (item: number) => {
      begun.push(item);
      for (let left = item === 2 ? 1 : 20; left > 0; left--) await turn();
      if (item === 2) throw new Error('the second one failed');
      ended.push(item);
      if (item === 3) throw new Error('a later error');
    };
    await expect(sideBySide([1, 2, 3, 4, 5, 6], 3, work)).rejects.toThrow('the second one failed');
    expect({ begun, ended }).toEqual({ begun: [1, 2, 3], ended: [1, 3] });
    for (let left = 30; left > 0; left--) await turn();
    expect(begun).toEqual([1, 2, 3]);
  });

  it('says so when items need one another', async () => {
    await expect(sideBySide(['a', 'b'], 2, turn, (item) => (item === 'a' ? ['b'] : ['a']))).rejects.toThrow('in a circle');
  });
});
