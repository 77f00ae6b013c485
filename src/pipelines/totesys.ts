import { definePipeline, type ColumnDefinition } from '../index.js';

const id = { kind: 'integer', min: '1', max: '2147483647' } as const;
const whole = { kind: 'integer', min: '-2147483648', max: '2147483647' } as const;
const price = { kind: 'decimal', precision: 10, scale: 2 } as const;
/** Texts are kept as the database has them: an empty one is no NULL, and blanks around it are part of it. */
const text = { kind: 'text', maxLength: 1_000, trim: 'none', empty: '' } as const;
const reasons = ['bad_key', 'bad_number', 'bad_flag', 'bad_timestamp', 'bad_date', 'too_long'];

const key = <Name extends string>(name: Name) => ({ name, header: name, type: id, reason: 'bad_key' }) as const satisfies ColumnDefinition;
const words = <Name extends string>(name: Name) =>
  ({ name, header: name, type: text, nullable: true, reason: 'too_long' }) as const satisfies ColumnDefinition;
const number = <Name extends string>(name: Name) =>
  ({ name, header: name, type: whole, reason: 'bad_number' }) as const satisfies ColumnDefinition;
const money = <Name extends string>(name: Name) =>
  ({ name, header: name, type: price, reason: 'bad_number' }) as const satisfies ColumnDefinition;
/** The database has days as texts. An empty text is not a day. */
const day = <Name extends string>(name: Name) =>
  ({
    name,
    header: name,
    type: { kind: 'date', format: 'yyyy-mm-dd', form: 'strict' },
    nullable: true,
    reason: { bad: 'bad_date', empty: 'bad_date' },
  }) as const satisfies ColumnDefinition;
const time = <Name extends string>(name: Name) =>
  ({
    name,
    header: name,
    type: { kind: 'timestamp', zone: 'utc', precision: 6, form: 'strict' },
    nullable: true,
    reason: 'bad_timestamp',
  }) as const satisfies ColumnDefinition;
/** The warehouse has a created_at of its own. */
const times = [{ ...time('source_created_at'), header: 'created_at' }, time('last_updated')] as const;

/** A table of the database: a run of the extract that found changes in it wrote objects of it. */
const table = <Name extends string, const Columns extends readonly ColumnDefinition[]>(name: Name, columns: Columns) =>
  ({
    name,
    match: `${name}/\\d{4}/\\d{2}/\\d{2}/run=\\d{10}/${name}-\\d{5}\\.csv\\.gz`,
    manifest: '_runs/',
    format: { kind: 'csv', compression: 'gzip', quotedEmpty: 'text', extraColumns: 'ignore' },
    reasons,
    columns: [...columns, ...times],
  }) as const;

const salesOrder = [
  ...(['source_created_at', 'design_id', 'staff_id', 'counterparty_id', 'units_sold', 'unit_price', 'currency_id'] as const),
  ...(['agreed_delivery_date', 'agreed_payment_date', 'agreed_delivery_location_id'] as const),
] as const;
const purchaseOrder = [
  ...(['source_created_at', 'staff_id', 'counterparty_id', 'item_code', 'item_quantity', 'item_unit_price', 'currency_id'] as const),
  ...(['agreed_delivery_date', 'agreed_payment_date', 'agreed_delivery_location_id'] as const),
] as const;
const payment = [
  ...(['source_created_at', 'transaction_id', 'counterparty_id', 'payment_amount', 'currency_id', 'payment_type_id', 'paid'] as const),
  ...(['payment_date', 'company_ac_number', 'counterparty_ac_number'] as const),
] as const;
/** The tables of the database, which are feeds as well. */
const sourceTables = [
  ...['sales_order', 'purchase_order', 'payment', 'transaction', 'counterparty', 'address'],
  ...['staff', 'department', 'design', 'payment_type', 'currency'],
];
const changed = ['source_created_at', 'last_updated'] as const;

/**
 * A retail company's operational database, copied change by change into a lake, as facts with history and dimensions. `<table>` is the
 * latest state of each row by run, `<table>_versions` holds every version of an order or a payment that a run delivered.
 */
export const totesys = definePipeline({
  name: 'totesys',
  sourceSetting: 'TOTESYS_INGEST_URL',
  release: 'keep',
  extracts: [
    {
      name: 'totesys',
      kind: 'postgres',
      setting: 'TOTESYS_DATABASE_URL',
      schemaSetting: 'TOTESYS_DATABASE_SCHEMA',
      into: 'TOTESYS_INGEST_URL',
      schedule: '*/5 * * * *',
      tables: sourceTables.map((name) => ({ name, key: [`${name}_id`], mark: 'last_updated' })),
    },
    {
      name: 'fx_rates',
      kind: 'http',
      setting: 'TOTESYS_RATES_URL',
      optional: true,
      into: 'TOTESYS_INGEST_URL',
      schedule: '30 4 * * *',
      since: '2022-11-01',
      path: '/{date}?base={base}',
      values: { base: ['GBP'] },
      answer: { entries: 'rates', date: 'date' },
    },
  ],
  processed: {
    into: 'TOTESYS_PROCESSED_URL',
    facts: [
      { mart: 'fact_sales_order', newest: 'newest_sales_order', view: 'current_sales_order' },
      { mart: 'fact_purchase_orders', newest: 'newest_purchase_orders', view: 'current_purchase_orders' },
      { mart: 'fact_payment', newest: 'newest_payment', view: 'current_payment' },
    ],
    dimensions: [
      ...['dim_transaction', 'dim_staff', 'dim_payment_type', 'dim_location', 'dim_design', 'dim_date', 'dim_currency'],
      'dim_counterparty',
    ],
  },
  alerts: [{ when: ['failed', 'late', 'left_out', 'quarantined', 'refused', 'new_columns', 'clock_ahead'], to: ['TOTESYS_ALERTS'] }],
  schedules: { pickup: '*/10 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
  feeds: [
    table('sales_order', [
      key('sales_order_id'),
      key('design_id'),
      key('staff_id'),
      key('counterparty_id'),
      number('units_sold'),
      money('unit_price'),
      key('currency_id'),
      day('agreed_delivery_date'),
      day('agreed_payment_date'),
      key('agreed_delivery_location_id'),
    ]),
    table('purchase_order', [
      key('purchase_order_id'),
      key('staff_id'),
      key('counterparty_id'),
      words('item_code'),
      number('item_quantity'),
      money('item_unit_price'),
      key('currency_id'),
      day('agreed_delivery_date'),
      day('agreed_payment_date'),
      key('agreed_delivery_location_id'),
    ]),
    table('payment', [
      key('payment_id'),
      key('transaction_id'),
      key('counterparty_id'),
      money('payment_amount'),
      key('currency_id'),
      key('payment_type_id'),
      { name: 'paid', header: 'paid', type: { kind: 'boolean', true: ['t'], false: ['f'] }, reason: 'bad_flag' },
      day('payment_date'),
      words('company_ac_number'),
      words('counterparty_ac_number'),
    ]),
    table('transaction', [
      key('transaction_id'),
      words('transaction_type'),
      { ...key('sales_order_id'), nullable: true },
      { ...key('purchase_order_id'), nullable: true },
    ]),
    table('counterparty', [
      key('counterparty_id'),
      words('counterparty_legal_name'),
      key('legal_address_id'),
      words('commercial_contact'),
      words('delivery_contact'),
    ]),
    table('address', [
      key('address_id'),
      words('address_line_1'),
      words('address_line_2'),
      words('district'),
      words('city'),
      words('postal_code'),
      words('country'),
      words('phone'),
    ]),
    table('staff', [key('staff_id'), words('first_name'), words('last_name'), key('department_id'), words('email_address')]),
    table('department', [key('department_id'), words('department_name'), words('location'), words('manager')]),
    table('design', [key('design_id'), words('design_name'), words('file_location'), words('file_name')]),
    table('payment_type', [key('payment_type_id'), words('payment_type_name')]),
    {
      name: 'fx_rates',
      match: 'fx_rates/\\d{4}/\\d{2}/\\d{2}/[A-Z]{3}-\\d{5}\\.json',
      format: { kind: 'json', entries: 'rates', extraColumns: 'ignore' },
      reasons: ['bad_date', 'bad_code', 'bad_number'],
      columns: [
        { name: 'rate_date', header: 'date', type: { kind: 'date', format: 'yyyy-mm-dd', form: 'strict' }, reason: 'bad_date' },
        { name: 'base_code', header: 'base', type: { kind: 'code', length: 3 }, reason: 'bad_code' },
        { name: 'currency_code', header: '@name', type: { kind: 'code', length: 3 }, reason: 'bad_code' },
        { name: 'rate', header: '@value', type: { kind: 'decimal', precision: 18, scale: 8, round: true }, reason: 'bad_number' },
      ],
    },
    table('currency', [
      key('currency_id'),
      { name: 'currency_code', header: 'currency_code', type: { ...text, trim: 'end' }, nullable: true, reason: 'too_long' },
      { name: 'currency_name', type: text, nullable: true, derive: { by: 'iso4217.name', from: 'currency_code' }, reason: 'too_long' },
    ]),
  ],
  entities: [
    { name: 'sales_order', key: ['sales_order_id'], values: [...salesOrder, 'last_updated'], from: [{ feed: 'sales_order' }] },
    {
      name: 'sales_order_versions',
      key: ['sales_order_id', 'last_updated'],
      ids: 'sales_record_id',
      values: salesOrder,
      from: [{ feed: 'sales_order' }],
    },
    { name: 'purchase_order', key: ['purchase_order_id'], values: [...purchaseOrder, 'last_updated'], from: [{ feed: 'purchase_order' }] },
    {
      name: 'purchase_order_versions',
      key: ['purchase_order_id', 'last_updated'],
      ids: 'purchase_record_id',
      values: purchaseOrder,
      from: [{ feed: 'purchase_order' }],
    },
    { name: 'payment', key: ['payment_id'], values: [...payment, 'last_updated'], from: [{ feed: 'payment' }] },
    {
      name: 'payment_versions',
      key: ['payment_id', 'last_updated'],
      ids: 'payment_record_id',
      values: payment,
      from: [{ feed: 'payment' }],
    },
    {
      name: 'transaction',
      key: ['transaction_id'],
      values: ['transaction_type', 'sales_order_id', 'purchase_order_id', ...changed],
      from: [{ feed: 'transaction' }],
    },
    {
      name: 'counterparty',
      key: ['counterparty_id'],
      values: ['counterparty_legal_name', 'legal_address_id', 'commercial_contact', 'delivery_contact', ...changed],
      indexes: [['legal_address_id']],
      from: [{ feed: 'counterparty' }],
    },
    {
      name: 'address',
      key: ['address_id'],
      values: [...(['address_line_1', 'address_line_2', 'district', 'city', 'postal_code', 'country', 'phone'] as const), ...changed],
      from: [{ feed: 'address' }],
    },
    {
      name: 'staff',
      key: ['staff_id'],
      values: ['first_name', 'last_name', 'department_id', 'email_address', ...changed],
      indexes: [['department_id']],
      from: [{ feed: 'staff' }],
    },
    {
      name: 'department',
      key: ['department_id'],
      values: ['department_name', 'location', 'manager', ...changed],
      from: [{ feed: 'department' }],
    },
    { name: 'design', key: ['design_id'], values: ['design_name', 'file_location', 'file_name', ...changed], from: [{ feed: 'design' }] },
    { name: 'payment_type', key: ['payment_type_id'], values: ['payment_type_name', ...changed], from: [{ feed: 'payment_type' }] },
    { name: 'fx_rates', key: ['rate_date', 'base_code', 'currency_code'], values: ['rate'], from: [{ feed: 'fx_rates' }] },
    { name: 'currency', key: ['currency_id'], values: ['currency_code', 'currency_name', ...changed], from: [{ feed: 'currency' }] },
  ],
  surrogates: [
    {
      name: 'fact_dates',
      id: 'date_number',
      value: 'date_id',
      from: [
        { entity: 'sales_order_versions', column: 'source_created_at' },
        { entity: 'sales_order_versions', column: 'last_updated' },
        { entity: 'sales_order_versions', column: 'agreed_delivery_date' },
        { entity: 'sales_order_versions', column: 'agreed_payment_date' },
        { entity: 'purchase_order_versions', column: 'source_created_at' },
        { entity: 'purchase_order_versions', column: 'last_updated' },
        { entity: 'purchase_order_versions', column: 'agreed_delivery_date' },
        { entity: 'purchase_order_versions', column: 'agreed_payment_date' },
        { entity: 'payment_versions', column: 'source_created_at' },
        { entity: 'payment_versions', column: 'last_updated' },
        { entity: 'payment_versions', column: 'payment_date' },
      ],
    },
  ],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql/totesys',
});
