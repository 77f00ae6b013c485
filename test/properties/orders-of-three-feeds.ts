import type { PipelineDefinition } from '../../src/engine/definition/types.js';

const id = (min: string) => ({ kind: 'integer', min, max: '4294967295' }) as const;
const orderId = { name: 'order_id', header: 'order', type: id('1'), reason: 'bad_key' } as const;
const price = (precision: number) =>
  ({ name: 'price', header: 'price', type: { kind: 'decimal', precision, scale: 2 }, reason: 'bad_price' }) as const;
const column = 'delivery_date';
const group = 'date';
const reasons = ['bad_key', 'bad_flag', 'bad_price'];

/** Orders that come from three kinds of files: those of the beginning, leads that became orders, and those of companies. */
export const shop: PipelineDefinition = {
  name: 'shop',
  sourceSetting: 'SHOP_SOURCE_URL',
  schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
  release: 'keep',
  feeds: [
    {
      name: 'first_orders',
      match: 'init/orders\\.csv',
      partition: { column, value: '1000-01-01' },
      reasons,
      columns: [
        orderId,
        { name: 'is_lead', header: 'lead', type: { kind: 'boolean' }, reason: 'bad_flag' },
        { name: 'lead_id', header: 'lead id', type: id('-1'), reason: 'bad_key' },
        price(12),
      ],
    },
    {
      name: 'leads',
      match: 'raw/(?<date>[0-9-]+)/leads\\.csv',
      partition: { column, group },
      reasons,
      columns: [{ name: 'lead_id', header: 'lead', type: id('1'), reason: 'bad_key' }, { ...orderId, nullable: true }, price(8)],
    },
    {
      name: 'company_orders',
      match: 'raw/(?<date>[0-9-]+)/orders\\.csv',
      partition: { column, group },
      reasons,
      columns: [orderId, price(10)],
    },
  ],
  entities: [
    {
      name: 'orders',
      key: ['order_id'],
      values: ['is_lead', 'lead_id', 'price'],
      from: [
        { feed: 'first_orders' },
        { feed: 'leads', where: { filled: 'order_id' }, set: { is_lead: 'true' } },
        { feed: 'company_orders', set: { is_lead: 'false', lead_id: '-1' } },
      ],
    },
    {
      name: 'order_versions',
      key: ['order_id', column],
      values: ['price'],
      from: [{ feed: 'first_orders' }, { feed: 'leads', where: { filled: 'order_id' } }, { feed: 'company_orders' }],
    },
    { name: 'leads', key: ['lead_id'], values: ['order_id', 'price'], from: [{ feed: 'leads' }] },
  ],
  surrogates: [],
  vault: {
    hubs: [
      { name: 'order', key: 'order_id', from: [{ entity: 'orders', column: 'order_id' }] },
      {
        name: 'lead',
        key: 'lead_id',
        from: [{ entity: 'orders', column: 'lead_id' }],
      },
    ],
    links: [
      {
        name: 'order_lead',
        entity: 'orders',
        hubs: [
          { hub: 'order', column: 'order_id' },
          { hub: 'lead', column: 'lead_id' },
        ],
        driving: ['order'],
      },
    ],
    satellites: [{ name: 'order', entity: 'orders', parent: { hub: 'order', column: 'order_id' }, columns: ['is_lead', 'price'] }],
  },
  sqlFolder: 'sql/shop',
};
