import { definePipeline, type ColumnDefinition } from '../index.js';

const id = { kind: 'integer', min: '1', max: '9223372036854775807' } as const;
const price = { kind: 'decimal', precision: 15, scale: 4 } as const;
const flag = { kind: 'boolean', true: ['true', 't', '1'], false: ['false', 'f', '0'] } as const;
const text = { kind: 'text', maxLength: 2_048, empty: '' } as const;
/** Of a log nothing is too long: a line has 1 MiB at most. */
const logged = { kind: 'text', maxLength: 1_048_576, empty: '' } as const;
const reasons = ['missing_key', 'bad_key', 'bad_number', 'bad_date', 'bad_flag', 'bad_code', 'too_long'];
const keyReasons = { empty: 'missing_key', bad: 'bad_key' } as const;
const csv = { kind: 'csv', header: 'none' } as const;

/** The files of the initial load were there the day before every other. */
const initial = { column: 'delivery_date', value: '1000-01-01' } as const;
const byFolder = { column: 'delivery_date', group: 'date' } as const;
const inFolder = (name: string) => `data/raw/(?<date>\\d{4}-\\d{2}-\\d{2})/${name}`;

const key = <Name extends string>(name: Name) => ({ name, type: id, reason: keyReasons }) as const satisfies ColumnDefinition;
const number = <Name extends string>(name: Name) => ({ name, type: id, reason: 'bad_number' }) as const satisfies ColumnDefinition;
const money = <Name extends string>(name: Name) => ({ name, type: price, reason: 'bad_number' }) as const satisfies ColumnDefinition;
const words = <Name extends string>(name: Name) => ({ name, type: text, reason: 'too_long' }) as const satisfies ColumnDefinition;

const flagOf = { name: 'is_lead_sale', type: flag, reason: 'bad_flag' } as const satisfies ColumnDefinition;
const created = {
  name: 'created_date',
  type: { kind: 'timestamp', zone: 'given-or-utc', precision: 6, extraDigits: 'cut', form: 'strict' },
  reason: 'bad_date',
} as const satisfies ColumnDefinition;
const company = [key('company_id'), words('company_name')] as const;

/** A field of the combined log format, NULL where the log has `-`. */
const field = <Name extends string>(name: Name, nullable = true) =>
  ({ name, type: logged, nullable, reason: 'too_long' }) as const satisfies ColumnDefinition;

const ofCompany = ['company_name'] as const;
const ofCustomer = ['full_name', 'dob', 'user_name', 'email', 'most_freq_city', 'most_freq_cntry'] as const;
const ofProduct = ['prod_name', 'prod_unit_price', 'prod_currency_code', 'supplier_id'] as const;
const ofOrder = [
  ...(['prod_id', 'customer_id', 'prod_quote_price', 'is_lead_sale', 'crm_lead_id', 'company_id', 'created_date'] as const),
] as const;
const fromCompanies = [{ feed: 'init_companies' }, { feed: 'companies' }] as const;
const fromOrders = [
  { feed: 'init_orders' },
  { feed: 'leadcsv', where: { filled: 'order_id' } },
  { feed: 'companycsv', set: { is_lead_sale: 'false', crm_lead_id: '-1' } },
] as const;

/**
 * A platform on which companies sell products: an initial load, then files and web logs of each day in a folder of its date. What is as of
 * a date is made of the `_versions`, which keep the last row of each date.
 */
export const b2b = definePipeline({
  name: 'b2b',
  sourceSetting: 'B2B_SOURCE_URL',
  exportSetting: 'B2B_FINAL_URL',
  release: 'keep',
  alerts: [{ when: ['failed', 'late', 'quarantined', 'refused'], to: ['B2B_ALERTS'] }],
  // A day of web logs may take its time.
  lateAfter: '2 hours',
  schedules: { daily: '0 1 * * *', feeds: { companies: '30 0 * * *' } },
  feeds: [
    { name: 'init_companies', match: 'data/init/companies\\.csv', partition: initial, format: csv, reasons, columns: [...company] },
    {
      name: 'init_customers',
      match: 'data/init/customers\\.csv',
      partition: initial,
      format: csv,
      reasons,
      columns: [
        key('customer_id'),
        words('full_name'),
        { name: 'dob', type: { kind: 'date', format: 'yyyy-mm-dd' }, reason: 'bad_date' },
        words('user_name'),
        words('email'),
        words('most_freq_city'),
        {
          name: 'most_freq_cntry',
          type: { kind: 'code', length: 3, list: 'iso-3166-1-alpha-3' },
          reason: 'bad_code',
        },
      ],
    },
    {
      name: 'init_products',
      match: 'data/init/products\\.csv',
      partition: initial,
      format: csv,
      reasons,
      columns: [
        key('prod_id'),
        { name: 'prod_name', type: { kind: 'text', maxLength: 4_096 }, nullable: true, reason: 'too_long' },
        money('prod_unit_price'),
        { name: 'prod_currency_code', type: { kind: 'code', length: 3, list: 'iso-4217' }, reason: 'bad_code' },
        number('supplier_id'),
      ],
    },
    {
      name: 'init_orders',
      match: 'data/init/orders\\.csv',
      partition: initial,
      format: csv,
      reasons,
      columns: [
        key('order_id'),
        number('prod_id'),
        number('customer_id'),
        money('prod_quote_price'),
        flagOf,
        { name: 'crm_lead_id', type: { ...id, also: ['-1'] }, reason: 'bad_number' },
        number('company_id'),
        created,
      ],
    },
    {
      name: 'leadcsv',
      match: inFolder('leadcsv\\.csv'),
      partition: byFolder,
      format: csv,
      reasons,
      rules: [{ column: 'is_lead_sale', equals: { filled: 'order_id' }, reason: 'bad_flag' }],
      columns: [
        key('crm_lead_id'),
        number('prod_id'),
        money('prod_quote_price'),
        money('quote_value'),
        flagOf,
        { ...number('order_id'), nullable: true },
        number('customer_id'),
        number('company_id'),
        created,
      ],
    },
    {
      name: 'companycsv',
      match: inFolder('companycsv\\.csv'),
      partition: byFolder,
      format: csv,
      reasons,
      columns: [
        number('prod_id'),
        money('prod_quote_price'),
        money('quote_value'),
        key('order_id'),
        number('customer_id'),
        number('company_id'),
        number('supplier_id'),
        created,
      ],
    },
    { name: 'companies', match: inFolder('companies\\.csv'), partition: byFolder, format: csv, reasons, columns: [...company] },
    {
      name: 'weblogs',
      match: inFolder('weblogs\\.log'),
      partition: byFolder,
      format: { kind: 'combined-log' },
      reasons: ['bad_number', 'bad_date', 'too_long'],
      columns: [
        { name: 'visit_time', type: { kind: 'timestamp', zone: 'utc', precision: 0 }, reason: 'bad_date' },
        field('ip', false),
        field('user_name'),
        field('method'),
        field('path'),
        field('protocol'),
        field('request', false),
        { name: 'status', type: { kind: 'integer', min: '100', max: '599' }, reason: 'bad_number' },
        { name: 'bytes', type: { kind: 'integer', min: '0', max: '9223372036854775807' }, reason: 'bad_number' },
        field('referer'),
        field('user_agent'),
        {
          name: 'country',
          type: { kind: 'code', length: 2 },
          nullable: true,
          derive: { by: 'geo.country', from: 'ip' },
          reason: 'too_long',
        },
        { name: 'device', type: { kind: 'text', maxLength: 255 }, derive: { by: 'ua.device', from: 'user_agent' }, reason: 'too_long' },
      ],
    },
  ],
  entities: [
    { name: 'companies', key: ['company_id'], values: ofCompany, from: fromCompanies },
    { name: 'customers', key: ['customer_id'], values: ofCustomer, from: [{ feed: 'init_customers' }] },
    { name: 'products', key: ['prod_id'], values: ofProduct, from: [{ feed: 'init_products' }] },
    { name: 'orders', key: ['order_id'], values: ofOrder, from: fromOrders },
    {
      name: 'leads',
      key: ['crm_lead_id'],
      values: ['prod_id', 'prod_quote_price', 'quote_value', 'is_lead_sale', 'order_id', 'customer_id', 'company_id', 'created_date'],
      from: [{ feed: 'leadcsv' }],
    },
    { name: 'company_versions', key: ['company_id', 'delivery_date'], values: ofCompany, from: fromCompanies },
    { name: 'customer_versions', key: ['customer_id', 'delivery_date'], values: ofCustomer, from: [{ feed: 'init_customers' }] },
    { name: 'product_versions', key: ['prod_id', 'delivery_date'], values: ofProduct, from: [{ feed: 'init_products' }] },
    { name: 'order_versions', key: ['order_id', 'delivery_date'], values: ofOrder, from: fromOrders },
    {
      name: 'web_visits',
      replaces: 'partition',
      values: [
        ...([
          'visit_time',
          'ip',
          'user_name',
          'method',
          'path',
          'protocol',
          'request',
          'status',
          'bytes',
          'referer',
          'user_agent',
        ] as const),
        ...(['country', 'device'] as const),
      ],
      from: [{ feed: 'weblogs' }],
    },
  ],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql/b2b',
});
