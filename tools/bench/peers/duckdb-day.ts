import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** What all rows of a file are read as; what does not fit is left out later. */
const columnsOf = {
  companies: ['company_id', 'company_name'],
  customers: ['customer_id', 'full_name', 'dob', 'user_name', 'email', 'most_freq_city', 'most_freq_cntry'],
  products: ['prod_id', 'prod_name', 'prod_unit_price', 'prod_currency_code', 'supplier_id'],
  orders: ['order_id', 'prod_id', 'customer_id', 'prod_quote_price', 'is_lead_sale', 'crm_lead_id', 'company_id', 'created_date'],
  leadcsv: [
    ...[
      'crm_lead_id',
      'prod_id',
      'prod_quote_price',
      'quote_value',
      'is_lead_sale',
      'order_id',
      'customer_id',
      'company_id',
      'created_date',
    ],
  ],
  companycsv: ['prod_id', 'prod_quote_price', 'quote_value', 'order_id', 'customer_id', 'company_id', 'supplier_id', 'created_date'],
} as const;
type Table = keyof typeof columnsOf;

/**
 * Files that a generator of b2b wrote, read by DuckDB into the five snapshots and four reports as of a date: what can be had at most. It
 * checks no row against a contract, keeps nothing of what it read, and knows neither countries nor devices.
 */
export async function duckdbDay(folder: string, date: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const folders = await readdir(path.join(folder, 'data/raw'));
    const found = async (name: string, dates: readonly string[]) => {
      const lists = await Promise.all(dates.map(async (day) => ({ day, names: await readdir(path.join(folder, 'data/raw', day)) })));
      return lists.filter(({ names }) => names.includes(name)).map(({ day }) => path.join(folder, 'data/raw', day, name));
    };
    const upTo = folders.filter((day) => day <= date);
    const init = (table: Table) => readCsv(table, [path.join(folder, 'data/init', `${table}.csv`)]);
    const daily = async (table: Table) => readCsv(table, await found(`${table}.csv`, upTo));
    const logs = await found('weblogs.log', [date]);
    for (const sql of [
      newest('companies', 'company_id', columnsOf.companies.join(), [init('companies'), await daily('companies')]),
      newest('customers', 'customer_id', columnsOf.customers.join(), [init('customers')]),
      newest('products', 'prod_id', columnsOf.products.join(), [init('products')]),
      newest('orders', 'order_id', columnsOf.orders.join(), [
        init('orders'),
        `select * from (${await daily('leadcsv')}) where order_id is not null`,
        `select *, 'false' as is_lead_sale, '-1' as crm_lead_id from (${await daily('companycsv')})`,
      ]),
      visits(logs),
      ...reports,
    ])
      await connection.run(sql);
    for (const table of ['companies', 'customers', 'products', 'orders', 'web_visits'])
      await connection.run(`copy ${table} to '${path.join(target, `${table}.parquet`)}' (format parquet, compression snappy)`);
    for (const report of ['monthly_sales', 'most_popular_products', 'most_used_devices', 'total_leads'])
      await connection.run(`copy ${report} to '${path.join(target, `${report}.csv`)}' (format csv, header)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const quoted = (files: readonly string[]) => files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ');

function readCsv(table: Table, files: readonly string[]): string {
  const columns = columnsOf[table].map((name) => `${name}: 'VARCHAR'`).join(', ');
  if (files.length === 0)
    return `select ${columnsOf[table].map((name) => `null::varchar as ${name}`).join(', ')}, '' as filename where false`;
  return `select * from read_csv([${quoted(files)}], columns = {${columns}}, header = false, auto_detect = false, delim = ',', quote = '"',
    escape = '"', ignore_errors = true, strict_mode = false, filename = true)`;
}

/** The last row of each key, by the file's name, which has the date in it. */
function newest(table: string, key: string, columns: string, sources: readonly string[]): string {
  const rows = sources.map((source) => `select ${columns}, filename from (${source})`).join(' union all ');
  return `create table ${table} as
    select ${columns.split(',').map(cast).join(', ')} from (${rows}) where try_cast(${key} as bigint) > 0
    qualify row_number() over (partition by try_cast(${key} as bigint) order by filename desc) = 1
    order by try_cast(${key} as bigint)`;
}

function cast(column: string): string {
  if (/price$/.test(column)) return `try_cast(${column} as decimal(15,4)) as ${column}`;
  if (/_id$/.test(column)) return `try_cast(${column} as bigint) as ${column}`;
  if (column === 'is_lead_sale') return `lower(${column}) in ('true', 't', '1') as ${column}`;
  if (column === 'created_date') return `try_cast(${column} as timestamptz) as ${column}`;
  return column === 'dob' ? `try_cast(${column} as date) as ${column}` : column;
}

function visits(logs: readonly string[]): string {
  const names = ['ip', 'user_name', 'visit_time', 'request', 'status', 'bytes', 'referer', 'user_agent'];
  const pattern =
    '^(\\S+) \\S+ (\\S+) \\[([^\\]]+)\\] "((?:[^"\\\\]|\\\\.)*)" (\\d+) (\\d+|-) "((?:[^"\\\\]|\\\\.)*)" "((?:[^"\\\\]|\\\\.)*)"$';
  const lines =
    logs.length === 0
      ? `select '' as line where false`
      : `select line from read_csv([${quoted(logs)}], columns = {line: 'VARCHAR'},
    header = false, auto_detect = false, delim = '\x01', quote = '', escape = '', ignore_errors = true)`;
  return `create table web_visits as
    with lines as (${lines}),
    parsed as (select regexp_extract(line, '${pattern}', [${names.map((name) => `'${name}'`).join(', ')}]) as v from lines where line <> '')
    select ${names.map((name) => `nullif(v.${name}, '-') as ${name}`).join(', ')} from parsed where v.ip <> ''`;
}

const reports = [
  `create table monthly_sales as
   select month(created_date) as sale_month, year(created_date) as sale_year, round(sum(prod_quote_price), 2) as monthly_sales,
     round(sum(prod_quote_price) - sum(prod_unit_price), 2) as monthly_profit
   from orders join products using (prod_id) group by 1, 2 order by 4 desc, 2, 1`,
  `create table most_popular_products as
   select distinct prod_id from orders join customers using (customer_id)
   where user_name in (select user_name from web_visits where user_name is not null) order by 1`,
  'create table most_used_devices as select user_agent, count(*) as n from web_visits group by 1 order by 2 desc, 1 limit 5',
  'create table total_leads as select customer_id, count(*) as n from orders where is_lead_sale and crm_lead_id <> -1 group by 1 order by 2 desc, 1',
];
