import fc from 'fast-check';

const id = fc.integer({ min: 1, max: 4 }).map(String);
const name = fc.constantFrom('', 'a', 'b');
const group = fc.constantFrom('', '1', '2');
const kind = fc.constantFrom('x', 'y');
const item = fc.tuple(id, name, group, kind);
const rowsOf: Readonly<Record<string, fc.Arbitrary<string[]>>> = {
  all_items: item,
  item_changes: fc.tuple(id, name, group, kind, fc.constantFrom('', 'U', 'D', 'X')),
  new_items: item,
  eu_stock: fc.tuple(fc.constant(''), id, group),
  us_stock: fc.tuple(fc.constant(''), id, group),
};

/** Files of all feeds of `stock` in any order; a place is one in the order of deliveries. */
export const deliveries = fc
  .uniqueArray(
    fc.record({
      feed: fc.constantFrom(...Object.keys(rowsOf)),
      place: fc.integer({ min: 1, max: 99 }),
      quarantined: fc.constantFrom(0, 0, 0, 1),
      process: fc.constantFrom('no', 'append', 'merge', 'killed'),
      killedAt: fc.nat(40),
      /** Vault and marts are loaded after it. */
      consume: fc.boolean(),
    }),
    { minLength: 2, maxLength: 9, selector: ({ place }) => place },
  )
  .chain((list) => fc.tuple(...list.map((each) => fc.array(rowsOf[each.feed]!, { maxLength: 4 }).map((rows) => ({ ...each, rows })))));
