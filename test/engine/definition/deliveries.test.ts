import { describe, expect, it } from '@jest/globals';
import type { DeliveryDefinition, EntityDefinition } from '../../../src/engine/definition/types.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { loadMarts } from '../../../src/engine/marts/load-marts.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import { documentAt, fencedBlocks } from '../../docs/documents.js';
import { martFiles } from '../../properties/deletions/marts.js';
import { stock } from '../../properties/deletions/stock.js';

/** What is wrong with the definition, without the pipeline's name. */
function mistakesOf(changed: Partial<typeof stock>): string[] {
  try {
    validatePipelines([{ ...stock, ...changed }]);
    return [];
  } catch (error) {
    if (!(error instanceof StrataError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replace('stock: ', ''));
  }
}

const withDelivery = (name: string, delivery: unknown) =>
  mistakesOf({ feeds: stock.feeds.map((feed) => (feed.name === name ? { ...feed, delivery: delivery as DeliveryDefinition } : feed)) });
const kindOf = (delivery: unknown) => (delivery as DeliveryDefinition).kind;
const withEntity = (entity: EntityDefinition) => mistakesOf({ entities: [stock.entities[0]!, entity] });

describe('the delivery of a feed', () => {
  it.each<[string, unknown, string]>([
    ['of an unknown kind', { kind: 'full' }, "feeds[1].delivery.kind: must be 'merge', 'snapshot' or 'tombstones'"],
    ['without its guard', { kind: 'snapshot' }, 'feeds[1].delivery.refuseAbove: is missing; give it as a number, without quotes'],
    ['with a guard that is no share', { kind: 'snapshot', refuseAbove: 20 }, 'feeds[1].delivery.refuseAbove: must be a share from 0 to 1'],
    [
      'by a column that the feed lacks',
      { kind: 'tombstones', column: 'deleted', values: ['D'] },
      'feeds[1].delivery.column: feed item_changes has no column deleted; name one of its columns',
    ],
    [
      'by a value that the column can not have',
      { kind: 'tombstones', column: 'op', values: ['D', 'gone'] },
      'feeds[1].delivery.values[1]: must be one of D, X, U',
    ],
    [
      'by a value that comes twice',
      { kind: 'tombstones', column: 'op', values: ['D', 'D'] },
      'feeds[1].delivery.values[1]: is there already; leave it out',
    ],
  ])('is refused %s', (_what, delivery, mistake) => {
    expect(withDelivery('item_changes', delivery)).toContainEqual(mistake);
  });

  it('is right as the guide writes it', () => {
    const blocks = fencedBlocks(documentAt('docs/how-to/authors/delete-keys.md')).filter(({ name }) => name === 'delivery');
    const values = blocks.map(({ text }) => new Function(`return (${text})`)() as unknown);
    expect(values).toHaveLength(2);
    for (const delivery of values)
      expect(withDelivery(kindOf(delivery) === 'snapshot' ? 'all_items' : 'item_changes', delivery)).toEqual([]);
  });

  it('deletes no keys of an entity that has none', () => {
    const from = [{ feed: 'eu_stock' }];
    expect(withEntity({ name: 'stock', append: true, values: ['sku'], from })).toContainEqual(
      'entities[1].from[0].feed: the delivery of eu_stock is snapshot, which deletes by key, and stock has none; leave delivery out, or give the entity a key',
    );
  });

  it('is not that of two feeds which would delete each other’s keys', () => {
    const entity = stock.entities[1]!;
    const [eu] = entity.from;
    expect(withEntity({ ...entity, from: [eu!, { feed: 'us_stock', set: { region: 'EU' } }] })).toContainEqual(
      'entities[1].from[1].feed: us_stock and eu_stock both deliver snapshots of stock, so that each would delete the keys of the other; set a column of the key to another value for each',
    );
  });
});

it('a mart that looks at new values alone is refused where keys can be deleted', () => {
  expect(loadMarts(martFiles, stock).marts).toHaveLength(2);
  const text = martFiles[0].text.replace(/-- affected by items\nselect coalesce\(c\.old_[^\n]*\n/, '');
  expect(() => loadMarts([{ path: 'bus/group_items.sql', text }], stock)).toThrow(
    'bus/group_items.sql:12: `affected by items` looks at new values alone, and keys of items can be deleted, which have none: add a section that looks at the old ones',
  );
});
