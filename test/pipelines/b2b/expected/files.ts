import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { code, createdDate, date, flag, id, idOrNone, idOrNull, isDay, key, nameOrNull, price, type Read, text } from './columns.js';
import { readVisits, type Visit } from './visits.js';

export type Row = Readonly<Record<string, string | null>>;

/** A file of the source as the specification reads it. */
export interface Delivery {
  readonly key: string;
  /** The folder's date; of init it is before all others. */
  readonly date: string;
  readonly kind: Kind;
  /** When the file was last changed, in nanoseconds. */
  readonly time: bigint;
  readonly rows: readonly Row[];
  readonly visits: readonly Visit[];
  /** Reasons, joined by commas, of the rows that it refuses. */
  readonly refused: readonly string[];
}

export const initialDate = '1000-01-01';

const require = createRequire(import.meta.url);
const currencies = (require('currency-codes') as { codes(): string[] }).codes();
const countries = Object.keys((require('i18n-iso-countries') as { getAlpha3Codes(): Record<string, string> }).getAlpha3Codes());

type Column = readonly [string, Read];
const companies: readonly Column[] = [
  ['company_id', key],
  ['company_name', text(2_048)],
];
const order = {
  prod: ['prod_id', id],
  customer: ['customer_id', id],
  quote: ['prod_quote_price', price],
  company: ['company_id', id],
  created: ['created_date', createdDate],
} as const;

const columnsOf = {
  init_companies: companies,
  companies,
  init_customers: [
    ['customer_id', key],
    ['full_name', text(2_048)],
    ['dob', date],
    ['user_name', text(2_048)],
    ['email', text(2_048)],
    ['most_freq_city', text(2_048)],
    ['most_freq_cntry', code(countries)],
  ],
  init_products: [
    ['prod_id', key],
    ['prod_name', nameOrNull],
    ['prod_unit_price', price],
    ['prod_currency_code', code(currencies)],
    ['supplier_id', id],
  ],
  init_orders: [
    ['order_id', key],
    order.prod,
    order.customer,
    order.quote,
    ['is_lead_sale', flag],
    ['crm_lead_id', idOrNone],
    order.company,
    order.created,
  ],
  leadcsv: [
    ['crm_lead_id', key],
    order.prod,
    order.quote,
    ['quote_value', price],
    ['is_lead_sale', flag],
    ['order_id', idOrNull],
    order.customer,
    order.company,
    order.created,
  ],
  companycsv: [
    order.prod,
    order.quote,
    ['quote_value', price],
    ['order_id', key],
    order.customer,
    order.company,
    ['supplier_id', id],
    order.created,
  ],
} satisfies Record<string, readonly Column[]>;

export type Kind = keyof typeof columnsOf | 'weblogs';

const reasonOrder = ['missing_key', 'bad_key', 'bad_number', 'bad_date', 'bad_flag', 'bad_code', 'too_long'];

/** All files of the source, in order of delivery. */
export function readDeliveries(folder: string): Delivery[] {
  const keys = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(folder, path)).isFile());
  return inOrder(keys.flatMap((key) => readDelivery(folder, key) ?? []));
}

/** By the folder's date, the time of the last change, the key bytewise. */
export function inOrder(deliveries: readonly Delivery[]): Delivery[] {
  return [...deliveries].sort(
    (a, b) => compare(a.date, b.date) || compare(a.time, b.time) || Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)),
  );
}

/** Undefined for a file that is no delivery. */
export function readDelivery(folder: string, path: string): Delivery | undefined {
  const of = kindOf(path);
  if (!of) return undefined;
  const bytes = readFileSync(join(folder, path));
  const read = of.kind === 'weblogs' ? { rows: [], ...readVisits(bytes) } : { visits: [], ...readRows(of.kind, bytes) };
  return { key: path, ...of, time: statSync(join(folder, path), { bigint: true }).mtimeNs, ...read };
}

function kindOf(path: string): { readonly kind: Kind; readonly date: string } | undefined {
  const init = /^data\/init\/(companies|customers|products|orders)\.csv$/.exec(path)?.[1];
  if (init !== undefined) return { kind: `init_${init}` as Kind, date: initialDate };
  const [, day = '', name = ''] = /^data\/raw\/(\d{4}-\d\d-\d\d)\/(leadcsv|companycsv|companies|weblogs)\.(?:csv|log)$/.exec(path) ?? [];
  return isDay(day) ? { kind: name as Kind, date: day } : undefined;
}

function readRows(kind: Exclude<Kind, 'weblogs'>, bytes: Buffer): Pick<Delivery, 'rows' | 'refused'> {
  const rows: Row[] = [];
  const refused: string[] = [];
  for (const line of bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split('\n')) {
    if (/^[ \t]*\r?$/.test(line)) continue;
    const row = readRow(columnsOf[kind], line.replace(/\r$/, ''), kind);
    if (typeof row === 'string') refused.push(row);
    else rows.push(row);
  }
  return { rows, refused };
}

/** The row, or the reasons why it is none. No generated row has a line break in a field. */
function readRow(columns: readonly Column[], line: string, kind: Kind): Row | string {
  let fields: readonly string[] | undefined;
  try {
    [fields = []] = parse(line, { relax_column_count: true }) as string[][];
  } catch {
    return 'bad_quote';
  }
  if (fields.length !== columns.length) return 'wrong_column_count';
  const reasons = new Set<string>();
  const row: Record<string, string | null> = {};
  const values = fields.map((field) => field.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''));
  columns.forEach(([name, read], place) => {
    const result = read(values[place] ?? '');
    if ('reason' in result) reasons.add(result.reason);
    else row[name] = result.value;
  });
  const [flagValue, orderText] = [row.is_lead_sale, values[5]];
  if (kind === 'leadcsv' && flagValue !== undefined && (flagValue === 'true') !== (orderText !== '')) reasons.add('bad_flag');
  return reasons.size === 0 ? row : reasonOrder.filter((reason) => reasons.has(reason)).join();
}

function compare<Value extends string | bigint>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
