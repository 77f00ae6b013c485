import { describe, expect, it } from '@jest/globals';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
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
    ['without its guard', { kind: 'snapshot' }, 'feeds[1].delivery.refuseAbove: is missing. Give it as a number, without quotes'],
    ['with a guard that is no share', { kind: 'snapshot', refuseAbove: 20 }, 'feeds[1].delivery.refuseAbove: must be a share from 0 to 1'],
    [
      'by a column that the feed lacks',
      { kind: 'tombstones', column: 'deleted', values: ['D'] },
      'feeds[1].delivery.column: feed item_changes has no column deleted. Name one of its columns',
    ],
    [
      'by a value that the column can not have',
      { kind: 'tombstones', column: 'op', values: ['D', 'gone'] },
      'feeds[1].delivery.values[1]: must be one of D, X, U',
    ],
    [
      'by a value that comes twice',
      { kind: 'tombstones', column: 'op', values: ['D', 'D'] },
      'feeds[1].delivery.values[1]: is there already. Leave it out',
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
      'entities[1].from[0].feed: the delivery of eu_stock is snapshot, which deletes by key, and stock has none. Leave delivery out, or give the entity a key',
    );
  });

  it('is not that of two feeds which would delete each other’s keys', () => {
    const entity = stock.entities[1]!;
    const [eu] = entity.from;
    expect(withEntity({ ...entity, from: [eu!, { feed: 'us_stock', set: { region: 'EU' } }] })).toContainEqual(
      'entities[1].from[1].feed: us_stock and eu_stock both deliver snapshots of stock, so that each would delete the keys of the other. Set a column of the key to another value for each, of type integer, text, code, choice, boolean or date',
    );
  });

  it('deletes keys of one part where the parts are written in two ways', () => {
    const entity = stock.entities[1]!;
    const both = (eu: string, us: string, type?: unknown) =>
      mistakesOf({
        feeds: stock.feeds.map((feed) => ({
          ...feed,
          columns: feed.columns.map((column) => (column.name === 'region' && type ? ({ ...column, type } as typeof column) : column)),
        })),
        entities: [
          stock.entities[0]!,
          {
            ...entity,
            from: [
              { feed: 'eu_stock', set: { region: eu } },
              { feed: 'us_stock', set: { region: us } },
            ],
          },
        ],
      }).filter((line) => line.includes('both deliver snapshots'));
    const integer = { kind: 'integer', min: '-9', max: '99' };
    const choice = { kind: 'choice', values: ['EU', 'US'] };
    const decimal = { kind: 'decimal', precision: 4, scale: 1 };
    expect(both('EU', 'US')).toEqual([]);
    expect(both('', 'US')).toEqual([]);
    expect(both('', '-')).toHaveLength(1);
    expect(both('1', '2', integer)).toEqual([]);
    expect(both('1', '01', integer)).toHaveLength(1);
    expect(both('eu', 'US', choice)).toEqual([]);
    expect(both('eu', 'EU', choice)).toHaveLength(1);
    expect(both('yes', 'no', { kind: 'boolean' })).toEqual([]);
    expect(both('yes', '1', { kind: 'boolean' })).toHaveLength(1);
    expect(both('1/2/2025', '2/1/2025', { kind: 'date', format: 'd/m/yyyy' })).toEqual([]);
    expect(both('1/2/2025', '01/02/2025', { kind: 'date', format: 'd/m/yyyy' })).toHaveLength(1);
    expect(both('1', '1.0', decimal)).toHaveLength(1);
  });

  it.each([
    ['all_items', 'snapshot'],
    ['item_changes', 'tombstones'],
  ])('deletes keys of one entity alone: %s', (feed, kind) => {
    const versions = { name: 'versions', key: ['item_id', 'kind'], values: ['name'], from: [{ feed }] };
    const mistakes = mistakesOf({ entities: [...stock.entities, versions] });
    expect(mistakes).toContainEqual(
      `entities[2].from[0].feed: the delivery of ${feed} is ${kind}, which deletes keys of each entity that it fills, and it fills items too. Let it fill one entity alone, and give other entities a feed of their own`,
    );
    expect(mistakesOf({ entities: [...stock.entities, { ...versions, from: [{ feed: 'new_items' }] }] })).toEqual([]);
  });

  it('is no snapshot where the key keeps what each date delivered', () => {
    const dated = (partition: unknown, delivery: DeliveryDefinition) =>
      mistakesOf({
        vault: { ...stock.vault, satellites: [stock.vault.satellites[1]!] },
        feeds: [
          { ...stock.feeds[0]!, match: '^all-(?<date>.*)', delivery, partition: partition as { column: string; group: string } },
          ...stock.feeds.slice(1).filter(({ name }) => name.endsWith('_stock')),
        ],
        entities: [
          { name: 'items', key: ['item_id', 'day'], values: ['name', 'group_id', 'kind'], from: [{ feed: 'all_items' }] },
          stock.entities[1]!,
        ],
      });
    const snapshot = { kind: 'snapshot', refuseAbove: 0.2 } as const;
    expect(dated({ column: 'day', group: 'date' }, snapshot)).toEqual([
      'entities[0].from[0].feed: the delivery of all_items is snapshot, and day, the date of each file, is in the key of items, so that each file would delete the rows of all other dates. Leave it out of the key, or leave delivery out',
    ]);
    expect(dated({ column: 'day', group: 'date' }, { kind: 'merge' })).toEqual([]);
    expect(dated({ column: 'day', value: '1000-01-01' }, snapshot)).toEqual([]);
  });

  it('is no snapshot where files are parts of the runs of a lake', () => {
    const ofLake = (delivery: DeliveryDefinition) =>
      mistakesOf({
        release: 'keep',
        feeds: stock.feeds.map((feed) =>
          feed.name.endsWith('_stock') ? feed : { ...feed, manifest: '_runs/', match: `${feed.name}/.+`, delivery },
        ),
      });
    expect(ofLake({ kind: 'snapshot', refuseAbove: 0.2 })).toContainEqual(
      "feeds[0].delivery: can't be snapshot beside manifest, for an object of a lake is a part of a run and never holds all keys. Leave it out, or use tombstones",
    );
    expect(ofLake({ kind: 'merge' })).toEqual([]);
  });
});

describe('a mart of an entity whose keys can be deleted', () => {
  const [groups, stockOfItems] = martFiles;
  const withText = (path: string, text: string) => () => loadMarts([{ path, text }], stock);

  it('looks at the old value of each column whose new one it looks at', () => {
    expect(loadMarts(martFiles, stock).marts).toHaveLength(2);
    const text = groups.text.replace(/-- affected by items\nselect coalesce\(c\.old_[^\n]*\n/, '');
    expect(withText(groups.path, text)).toThrow(
      'bus/group_items.sql:12: `affected by items` looks at new_group_id alone, and keys of items can be deleted, which have no new values: add a section that looks at old_group_id',
    );
    expect(withText(groups.path, groups.text.replace('c.old_group_id', 'c.old_name'))).toThrow('looks at new_group_id alone');
  });

  it('does not find what is affected by the deleted rows themselves', () => {
    const joined = 'select b.item_id from changes.items c join bulk.items b on b.item_id = c.item_id';
    const text = stockOfItems.text.replace('select c.item_id from changes.items c', joined);
    expect(withText(stockOfItems.path, text)).toThrow(
      'bus/item_stock.sql:11: `affected by items` reads bulk.items, and keys of items can be deleted, which have no row there: add a section that looks at the old_ values of changes.items',
    );
    const section = '-- affected by items\nselect c.item_id from changes.items c where c.old_name is not null\n\n-- rows';
    expect(loadMarts([{ path: stockOfItems.path, text: text.replace('-- rows', section) }], stock).marts).toHaveLength(1);
  });
});

it('a mart of such an entity is not kept in the processed bucket, which rows never leave', () => {
  const processed = { into: 'STOCK_PROCESSED_URL', dimensions: ['item_stock'] };
  expect(() => compilePipeline({ ...stock, processed }, martFiles)).toThrow(
    'processed.dimensions[0]: bus.item_stock reads items, whose keys can be deleted, and rows never leave the processed bucket. Take the mart out, or leave delivery of the feeds of items out',
  );
});
