import { compilePipeline, type CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import type { PipelineDefinition } from '../../../src/engine/definition/types.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';

export const datedDefinition: PipelineDefinition = {
  name: 'shop',
  sourceSetting: 'SHOP_SOURCE_URL',
  exportSetting: 'SHOP_EXPORT_URL',
  schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
  feeds: [
    {
      name: 'orders',
      match: 'raw/(?<date>\\d{4}-\\d{2}-\\d{2})/orders\\.csv',
      partition: { column: 'delivery_date', group: 'date' },
      reasons: ['bad_key', 'bad_number', 'too_long'],
      columns: [
        { name: 'order_id', header: 'id', type: { kind: 'integer', min: '1', max: '9223372036854775807' }, reason: 'bad_key' },
        { name: 'country', header: 'country', type: { kind: 'text', maxLength: 20, empty: '' }, reason: 'too_long' },
        { name: 'amount', header: 'amount', type: { kind: 'decimal', precision: 15, scale: 4 }, reason: 'bad_number' },
      ],
    },
    {
      name: 'visits',
      match: 'raw/(?<date>\\d{4}-\\d{2}-\\d{2})/visits\\.csv',
      partition: { column: 'visit_date', group: 'date' },
      reasons: ['bad_key'],
      columns: [{ name: 'visit_id', header: 'id', type: { kind: 'integer', min: '1', max: '9223372036854775807' }, reason: 'bad_key' }],
    },
  ],
  entities: [
    { name: 'order_versions', key: ['order_id', 'delivery_date'], values: ['country', 'amount'], from: [{ feed: 'orders' }] },
    { name: 'visits', key: ['visit_id'], values: ['visit_date'], from: [{ feed: 'visits' }] },
  ],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql',
};

export const asOf = `not exists (
  select 1 from bulk.order_versions later
  where later.order_id = v.order_id and later.delivery_date > v.delivery_date and later.delivery_date <= {date}
)`;

/** Texts of a pipeline's SQL folder by path. */
export const datedFiles: Readonly<Record<string, string>> = {
  'bus/sales.sql': `-- mart: bus.sales
-- Sales of each country, as of each date.
-- by: report_date
-- key: country
-- reads: order_versions up to date

-- columns
country varchar(20)
orders bigint
amount decimal(30,2)

-- rows
select v.country, count(*), sum(v.amount)
from bulk.order_versions v
where v.delivery_date <= {date} and ${asOf}
group by v.country
`,
  'bus/visits_of_date.sql': `-- mart: bus.visits_of_date
-- Visits of each date alone.
-- by: report_date
-- reads: visits of date

-- columns
visits bigint

-- rows
select count(*) from bulk.visits v where v.visit_date = {date}
`,
  'bus/latest_sales.sql': `-- view: bus.latest_sales
-- Of the newest date that was written.

select s.country, s.amount from bus.sales s
where s.report_date = (select max(d.partition_date) from gear.dated_outputs d where d.pipeline = 'shop' and d.output = 'bus.sales')
`,
  'exports/sales.sql': `-- export: sales
-- Sales of each country.
-- format: csv
-- to: report=sales/{date}/part-00000.csv
-- after: bus.sales

-- columns
country varchar(20)
amount decimal(30,2)

-- rows
select country, amount from bus.sales where report_date = {date} order by amount desc, country
`,
  'exports/orders.sql': `-- export: orders
-- All orders as of the date.
-- format: parquet
-- to: table=orders/{date}/part-00000.snappy.parquet
-- reads: order_versions up to date

-- columns
order_id bigint
country varchar(20)
amount decimal(15,4)

-- rows
select v.order_id, v.country, v.amount
from bulk.order_versions v
where v.delivery_date <= {date} and ${asOf}
order by v.order_id
`,
};

/** A mart of no date that says from when to when each version holds, and one by date that adds them up. */
export const spanFiles: Readonly<Record<string, string>> = {
  'bus/order_spans.sql': `-- mart: gear.order_spans
-- Each version of an order, and the date from which it holds no longer.
-- key: order_id, delivery_date
-- refresh by: order_id

-- columns
order_id bigint unsigned
delivery_date date
holds_until date
amount decimal(15,4)

-- affected by order_versions
select c.order_id from changes.order_versions c

-- rows
select v.order_id, v.delivery_date,
  coalesce(lead(v.delivery_date) over (partition by v.order_id order by v.delivery_date) - interval 1 day, date'9999-12-31'), v.amount
from [[affected straight_join]] bulk.order_versions v [[on v.order_id = affected.order_id]]
`,
  'bus/total.sql': `-- mart: bus.total
-- All sales as of each date.
-- by: report_date
-- reads: order_versions up to date
-- after: gear.order_spans

-- columns
orders bigint
amount decimal(30,2)

-- rows
select count(*), coalesce(sum(s.amount), 0) from gear.order_spans s where s.delivery_date <= {date} and s.holds_until >= {date}
`,
};

export function compileDated(
  change: (files: Record<string, string>) => void = () => undefined,
  definition: PipelineDefinition = datedDefinition,
): CompiledPipeline {
  const files = { ...datedFiles };
  change(files);
  return compilePipeline(
    definition,
    Object.entries(files).map(([path, text]) => ({ path, text })),
  );
}

export type OrderRow = readonly [id: number, country: string, amount: string];

/** What a batch with one delivery leaves behind: versions of orders, and that their partition changed. */
export async function deliverOrders(warehouse: Warehouse, batch: number, date: string, rows: readonly OrderRow[]): Promise<void> {
  await warehouse.transaction(async (transaction) => {
    for (const [id, country, amount] of rows) {
      await transaction.execute('delete from bulk.order_versions where order_id = ? and delivery_date = ?', [id, date]);
      await transaction.execute(
        `insert into bulk.order_versions (order_id, delivery_date, country, amount, load_id, row_offset, created_at, updated_at)
         values (?, ?, ?, ?, ?, 0, utc_timestamp(6), utc_timestamp(6))`,
        [id, date, country, amount, batch],
      );
    }
    for (const [id, country, amount] of rows)
      await transaction.execute(
        `insert into gear.changes_order_versions (batch_number, load_id, order_id, delivery_date, change_kind, new_country, new_amount)
         values (?, ?, ?, ?, 'inserted', ?, ?)`,
        [batch, batch, id, date, country, amount],
      );
    await transaction.execute(`update gear.feeds set batch_number = ? where pipeline = 'shop' and feed = 'orders'`, [batch]);
    await changePartition(transaction, 'order_versions', 'orders', date, batch);
  });
}

export async function deliverVisits(warehouse: Warehouse, batch: number, date: string, ids: readonly number[]): Promise<void> {
  await warehouse.transaction(async (transaction) => {
    for (const id of ids)
      await transaction.execute(
        `insert into bulk.visits (visit_id, visit_date, load_id, row_offset, created_at, updated_at)
         values (?, ?, ?, 0, utc_timestamp(6), utc_timestamp(6))`,
        [id, date, batch],
      );
    await changePartition(transaction, 'visits', 'visits', date, batch);
  });
}

async function changePartition(
  statements: Pick<Warehouse, 'execute'>,
  entity: string,
  feed: string,
  date: string,
  batch: number,
): Promise<void> {
  await statements.execute(
    `insert into gear.partition_changes (pipeline, entity, partition_date, feed, batch_number) values ('shop', ?, ?, ?, ?)
     on duplicate key update batch_number = ?`,
    [entity, date, feed, batch, batch],
  );
}
