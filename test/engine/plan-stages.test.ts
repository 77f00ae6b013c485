import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sideBySide } from '../../src/contracts/side-by-side.js';
import { itemsOf, onlyItems, stageKinds, stagesFrom, stagesOf, type Stage, type StageKind } from '../../src/contracts/stages.js';
import { orderStages, planStages } from '../../src/engine/plan-stages.js';
import { compileFile } from '../support/mart-warehouse.js';

const kindsOf = (stages: readonly Stage[]) => stages.map(({ kind }) => kind);

describe('the stages of a pipeline', () => {
  it.each([
    ['eastrock', ['pickup', 'processing', 'marts', 'vault', 'pruning']],
    ['b2b', ['pickup', 'processing', 'marts', 'outputs', 'pruning']],
    ['totesys', ['extract', 'pickup', 'processing', 'marts', 'processed', 'pruning']],
    ['trips', ['pickup', 'processing', 'marts', 'pruning']],
  ] as const)('%s are those that have something to work on', async (name, kinds) => {
    const compiled = await compileFile(name);
    const stages = planStages(compiled, true);
    expect(kindsOf(stages)).toEqual(kinds);
    expect(itemsOf(stages, 'pickup')).toEqual(compiled.definition.feeds.map((feed) => feed.name));
    for (const { items } of stages) expect(items.length).toBeGreaterThan(0);
    // Each comes after all that are before it in the list.
    for (const [index, { after }] of stages.entries()) expect([...after].sort()).toEqual(kinds.slice(0, index).toSorted());
  });

  it('leave the processed bucket out where its setting has no value', async () => {
    expect(kindsOf(planStages(await compileFile('totesys'), false))).not.toContain('processed');
  });

  it('keep their order whichever of them a run leaves out', () =>
    fc.assert(
      fc.asyncProperty(fc.subarray([...stageKinds]), fc.subarray([...stageKinds]), async (planned, wanted) => {
        const all = orderStages(Object.fromEntries(planned.map((kind) => [kind, [`a ${kind}`]])));
        const stages = stagesOf(all, wanted);
        const events: [StageKind, 'begins' | 'ends'][] = [];
        await sideBySide(
          stages,
          stages.length,
          async ({ kind }) => {
            events.push([kind, 'begins']);
            await Promise.resolve();
            events.push([kind, 'ends']);
          },
          ({ after }) => stages.filter(({ kind }) => after.includes(kind)),
        );
        const expected = stageKinds.filter((kind) => planned.includes(kind) && wanted.includes(kind));
        expect(events).toEqual(
          expected.flatMap((kind) => [
            [kind, 'begins'],
            [kind, 'ends'],
          ]),
        );
      }),
    ));

  it('can be entered at any of them, with only some items', () => {
    const all = orderStages({ extract: ['shop'], pickup: ['users', 'games'], processing: ['users', 'games'], vault: ['vault.hub_user'] });
    expect(kindsOf(stagesFrom(all, 'processing'))).toEqual(['processing', 'vault']);
    expect(kindsOf(stagesFrom(all, 'marts'))).toEqual(['vault']);
    const some = onlyItems(all, { pickup: ['games'], exports: ['orders'] });
    expect(itemsOf(some, 'pickup')).toEqual(['games']);
    expect(itemsOf(some, 'processing')).toEqual(['users', 'games']);
    expect(itemsOf(some, 'exports')).toEqual([]);
  });
});
