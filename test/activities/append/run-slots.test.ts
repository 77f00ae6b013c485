import { describe, expect, it } from '@jest/globals';
import { RunSlots } from '../../../src/activities/append/run-slots.js';
import { watchWork, workWatch, type WorkWatch } from '../../../src/connectors/work-watch.js';

/** Work that ends when it is told to. */
function work(names: string[], name: string) {
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    end,
    run: async () => {
      names.push(name);
      await ended;
    },
  };
}

const { signal } = new AbortController();
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('slots for runs', () => {
  it('let so many go on at once, in the order in which they came', async () => {
    const slots = new RunSlots(2);
    const begun: string[] = [];
    const all = ['a', 'b', 'c', 'd'].map((name) => work(begun, name));
    const ends = all.map(({ run }) => slots.use(signal, run));
    await settled();
    expect(begun).toEqual(['a', 'b']);
    all[1]!.end();
    await ends[1];
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const { end } of all) end();
    await Promise.all(ends);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are free again after work that failed, and are not taken by work that was cancelled while it waited', async () => {
    const slots = new RunSlots(1);
    const begun: string[] = [];
    const [first, last] = [work(begun, 'first'), work(begun, 'last')];
    const failing = slots.use(signal, async () => {
      await first.run();
      throw new Error('it failed');
    });
    const cancel = new AbortController();
    const cancelled = slots.use(cancel.signal, work(begun, 'cancelled').run);
    const later = slots.use(signal, last.run);
    cancel.abort(new Error('nobody wants it'));
    await expect(cancelled).rejects.toThrow('nobody wants it');
    first.end();
    await expect(failing).rejects.toThrow('it failed');
    last.end();
    await later;
    expect(begun).toEqual(['first', 'last']);
  });

  it('say what the work waits for, so that it does not count as stalled', async () => {
    const slots = new RunSlots(1);
    const first = work([], 'first');
    const ends = [slots.use(signal, first.run)];
    let watch: WorkWatch | undefined;
    ends.push(
      watchWork(60_000, () => {
        watch = workWatch();
        return slots.use(signal, async () => {});
      }),
    );
    await settled();
    expect(watch?.step).toBe('waits for another run that this worker reads');
    first.end();
    await Promise.all(ends);
  });
});
