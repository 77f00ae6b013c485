import { describe, expect, it } from '@jest/globals';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import { shop } from '../../properties/orders-of-three-feeds.js';

type Shop = typeof shop;

const logs = {
  name: 'logs',
  match: 'raw/(?<date>[0-9-]+)/visits\\.csv',
  partition: { column: 'log_date', group: 'date' },
  reasons: ['too_long'],
  columns: [{ name: 'page', header: 'page', type: { kind: 'text', maxLength: 20 }, reason: 'too_long' }],
} as const;
const visits = { name: 'visits', replaces: 'partition', values: ['page'], from: [{ feed: 'logs' }] } as const;

/** The mistakes of the definition with other entities, without the pipeline's name. */
function mistakesOf(changed: Partial<Shop>): string[] {
  try {
    validatePipelines([{ ...shop, vault: { hubs: [], links: [], satellites: [] }, ...changed }]);
    return [];
  } catch (error) {
    if (!(error instanceof StrataError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replace('shop: ', ''));
  }
}

const [orders, ...others] = shop.entities;
const withOrders = (changed: Partial<Shop['entities'][number]>) => mistakesOf({ entities: [{ ...orders!, ...changed }, ...others] });
const [first, leads, companies] = orders!.from;

describe('an entity of several feeds', () => {
  it('is right where each feed has or sets its columns', () => {
    expect(mistakesOf({})).toEqual([]);
    expect(mistakesOf({ feeds: [...shop.feeds, logs], entities: [...shop.entities, visits] })).toEqual([]);
  });

  it.each<[string, Partial<Shop['entities'][number]>, string]>([
    [
      'a column that a feed lacks and does not set',
      { from: [first!, leads!, { feed: 'company_orders', set: { is_lead: 'false' } }] },
      "entities[0].from[2]: feed company_orders has no column lead_id. Add it to the feed, or give it a value here: set: { lead_id: '...' }",
    ],
    [
      'a column that no feed has',
      { values: ['is_lead', 'lead_id', 'price', 'city'] },
      'entities[0].values[3]: none of the feeds first_orders, leads, company_orders has a column city. Name one of their columns',
    ],
    ['a feed that is none', { from: [first!, { feed: 'orders' }] }, 'entities[0].from[1].feed: there is no feed orders. Name one of feeds'],
    [
      'a feed that comes twice',
      { from: [first!, first!, leads!, companies!] },
      'entities[0].from[1].feed: first_orders is there already. An entity takes the rows of a feed once',
    ],
    [
      'a condition on a column that the feed lacks',
      { from: [first!, { ...leads!, where: { filled: 'sale' } }, companies!] },
      'entities[0].from[1].where.filled: feed leads has no column sale. Name one of its columns',
    ],
    [
      'a value that no file could have',
      { from: [first!, leads!, { feed: 'company_orders', set: { is_lead: 'maybe', lead_id: '-1' } }] },
      'entities[0].from[2].set.is_lead: must be one of',
    ],
    [
      'a value outside of the bounds of all feeds',
      { from: [first!, leads!, { feed: 'company_orders', set: { is_lead: 'false', lead_id: '-2' } }] },
      'entities[0].from[2].set.lead_id: must be a whole number from -1 to 4294967295',
    ],
    [
      'an empty value of a column that has none',
      { from: [first!, leads!, { feed: 'company_orders', set: { is_lead: 'false', lead_id: '' } }] },
      'entities[0].from[2].set.lead_id: is empty, but the column is not nullable',
    ],
    [
      'a value of a column that the entity lacks',
      { from: [first!, leads!, { ...companies!, set: { ...companies!.set, city: 'Riga' } }] },
      "entities[0].from[2].set.city: is neither in the entity's key nor in its values. Leave it out",
    ],
    [
      'a key that is empty in some of the rows that it takes',
      { from: [first!, { feed: 'leads', set: { is_lead: 'true' } }, companies!] },
      'entities[0].key[0]: order_id is nullable',
    ],
    [
      'no key',
      { key: undefined },
      "entities[0].key: is missing. Give it as a list, or replaces: 'partition' or append: true for rows without a key",
    ],
  ])('is refused with %s', (_what, changed, expected) => {
    expect(withOrders(changed)).toContainEqual(expect.stringContaining(expected));
  });

  it('is refused where types of a column can not be united', () => {
    const [begin, ...rest] = shop.feeds;
    const price = { name: 'price', header: 'price', type: { kind: 'decimal', precision: 12, scale: 4 }, reason: 'bad_price' } as const;
    const feeds = [{ ...begin!, columns: [...begin!.columns.slice(0, 3), price] }, ...rest];
    expect(mistakesOf({ feeds })).toContain(
      'entities[0].values[2]: price of first_orders and of leads are of types that no column can hold together. Give both columns the same type',
    );
  });

  it('is refused where some of the feeds have a partition and some have none', () => {
    const [begin, ...rest] = shop.feeds;
    const undated = { ...begin!, partition: undefined };
    expect(mistakesOf({ feeds: [undated, ...rest], entities: [orders!, others[1]!] })).toContainEqual(
      expect.stringContaining('feeds[0]: first_orders fills common entities with leads, which has a partition. Give it one too'),
    );
  });

  it('leaves no feed without an entity', () => {
    expect(mistakesOf({ feeds: [...shop.feeds, logs] })).toEqual([
      'feeds[3]: logs fills no entity, so nothing would come of its rows. Name it in the from of one of entities',
    ]);
  });
});

describe('an entity that replaces partitions', () => {
  const mistakes = (changed: object, feed: object = logs, vault = {}) =>
    mistakesOf({ feeds: [...shop.feeds, feed as typeof logs], entities: [...shop.entities, { ...visits, ...changed }], ...vault });

  it.each<[string, object, object, string]>([
    ['a key', { key: ['page'] }, logs, 'entities[3].key: has no effect where partitions are replaced. Leave one of the two out'],
    [
      'several feeds',
      { from: [{ feed: 'logs' }, { feed: 'leads', set: { page: '/' } }] },
      logs,
      'entities[3].from: may name one feed alone, as its loads replace all rows of their partition',
    ],
    [
      'a feed without a partition',
      {},
      { ...logs, match: '^visits\\.csv$', partition: undefined },
      'entities[3].from[0].feed: feed logs has no partition that could be replaced. Give it one',
    ],
    [
      "the partition's column as a value",
      { values: ['page', 'log_date'] },
      logs,
      "entities[3].values[1]: log_date is the partition's column, which the table has anyway. Leave it out",
    ],
  ])('is refused with %s', (_what, changed, feed, expected) => {
    expect(mistakes(changed, feed)).toContain(expected);
  });

  it('is refused as a source of the vault, which takes in changes', () => {
    const hubs = [{ name: 'page', key: 'page', from: [{ entity: 'visits', column: 'page' }] }];
    expect(mistakes({}, logs, { vault: { hubs, links: [], satellites: [] } })).toEqual([
      'vault.hubs[0].from[0].entity: entity visits replaces its partitions, so it has no changes to be taken in. Name one with a key',
    ]);
  });
});
