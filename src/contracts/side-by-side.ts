/**
 * Runs `work` for every item, at most `limit` at once: always the first of those, in the order given, whose `needs` have ended. Needs
 * that are no items don't count. `work` handles the failures that stop no other item, and an item whose need failed in that way is worked
 * on all the same. After an error that it throws no further item begins, and this function throws it when all that ran have ended: nothing
 * goes on behind the caller's back.
 */
export async function sideBySide<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
  needs: (item: Item) => readonly Item[] = () => [],
): Promise<void> {
  const queue = [...items];
  const open = new Set(items);
  const running = new Set<Promise<void>>();
  const isReady = (item: Item) => !needs(item).some((need) => open.has(need));
  const lane = async () => {
    while (queue.length > 0) {
      const next = queue.findIndex(isReady);
      if (next < 0) {
        if (running.size === 0) throw new Error('items need one another in a circle');
        await Promise.race(running);
        continue;
      }
      const [item] = queue.splice(next, 1) as [Item];
      const run = work(item);
      running.add(run);
      // Nothing stands between the end of an item and the next one: recorded histories hold what follows in this order.
      await run;
      running.delete(run);
      open.delete(item);
    }
  };
  const lanes = Array.from({ length: Math.min(limit, items.length) }, lane);
  try {
    await Promise.all(lanes);
  } catch (error) {
    queue.length = 0;
    await Promise.allSettled(lanes);
    throw error;
  }
}
