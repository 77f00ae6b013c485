import type { ColumnDefinition, PipelineDefinition } from '../../../src/engine/definition/types.js';

const id = { kind: 'integer', min: '1', max: '99' } as const;
const named = <Column extends { readonly name: string }>(column: Column) => ({ ...column, header: column.name });
const columns = [
  { name: 'item_id', type: id, reason: 'bad_id' },
  { name: 'name', type: { kind: 'text', maxLength: 20 }, nullable: true, reason: 'bad_name' },
  { name: 'group_id', type: id, nullable: true, reason: 'bad_id' },
  { name: 'kind', type: { kind: 'choice', values: ['x', 'y'] }, reason: 'bad_name' },
] as const;
const reasons = ['bad_id', 'bad_name'];
const regional = (name: string, match: string) =>
  ({
    name,
    match,
    delivery: { kind: 'snapshot', refuseAbove: 1 },
    reasons,
    columns: [
      { name: 'region', type: { kind: 'text', maxLength: 4, empty: '-' }, reason: 'bad_name', optional: true },
      { name: 'sku', type: id, reason: 'bad_id' },
      { name: 'pieces', type: id, nullable: true, reason: 'bad_id' },
    ].map((column) => named(column as ColumnDefinition)),
  }) as const;

/** Items that come whole each night and by changes in between, and stock of which each region sends its own whole. */
export const stock: PipelineDefinition = {
  name: 'stock',
  sourceSetting: 'STOCK_SOURCE_URL',
  schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
  feeds: [
    { name: 'all_items', match: '^all', delivery: { kind: 'snapshot', refuseAbove: 1 }, reasons, columns: columns.map(named) },
    {
      name: 'item_changes',
      match: '^changes',
      delivery: { kind: 'tombstones', column: 'op', values: ['D', 'X'] },
      reasons,
      columns: [
        ...columns,
        { name: 'op', type: { kind: 'choice', values: ['D', 'X', 'U'] }, nullable: true, reason: 'bad_name' } as const,
      ].map(named),
    },
    { name: 'new_items', match: '^new', reasons, columns: columns.map(named) },
    regional('eu_stock', '^eu'),
    regional('us_stock', '^us'),
  ],
  entities: [
    {
      name: 'items',
      key: ['item_id'],
      values: ['name', 'group_id', 'kind'],
      ids: 'item_number',
      from: [{ feed: 'all_items' }, { feed: 'item_changes' }, { feed: 'new_items' }],
    },
    {
      name: 'stock',
      key: ['region', 'sku'],
      values: ['pieces'],
      from: [
        { feed: 'eu_stock', set: { region: 'EU' } },
        { feed: 'us_stock', set: { region: 'US' } },
      ],
    },
  ],
  surrogates: [{ name: 'item_kinds', id: 'kind_id', value: 'kind', from: [{ entity: 'items', column: 'kind' }] }],
  vault: {
    hubs: [
      { name: 'item', key: 'item_id', from: [{ entity: 'items', column: 'item_id' }] },
      { name: 'region', key: 'region', from: [{ entity: 'stock', column: 'region' }] },
      { name: 'sku', key: 'sku', from: [{ entity: 'stock', column: 'sku' }] },
    ],
    links: [
      {
        name: 'place',
        entity: 'stock',
        hubs: [
          { hub: 'region', column: 'region' },
          { hub: 'sku', column: 'sku' },
        ],
      },
    ],
    satellites: [
      { name: 'item', entity: 'items', parent: { hub: 'item', column: 'item_id' }, columns: ['name', 'group_id', 'kind'] },
      { name: 'place', entity: 'stock', parent: { link: 'place' }, columns: ['pieces'] },
    ],
  },
  sqlFolder: 'sql/stock',
};
