import type { State } from './state.js';

export interface Reports {
  readonly monthly_sales: string;
  readonly most_popular_products: string;
  readonly most_used_devices: string;
  readonly total_leads: string;
}

/** The four files of a date, byte for byte. */
export function reportsOf(state: State): Reports {
  return {
    monthly_sales: csv(['sale_month', 'sale_year', 'monthly_sales', 'monthly_profit'], monthlySales(state)),
    most_popular_products: csv(['prod_id', 'country'], popularProducts(state)),
    most_used_devices: csv(['device', 'total_devices'], usedDevices(state)),
    total_leads: csv(['customer_id', 'total_leads'], totalLeads(state)),
  };
}

function csv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('');
}

const quoted = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

interface Month {
  sales: bigint;
  profit: bigint;
  readonly currencies: Set<string>;
}

/** Year and month, with sums of 1/10,000. */
export function months({ orders, products }: State): ReadonlyMap<string, Month> {
  const known = new Map(products.map((product) => [product.prod_id, product]));
  const found = new Map<string, Month>();
  for (const { prod_id, prod_quote_price, created_date } of orders) {
    const product = known.get(prod_id ?? null);
    if (!product) continue;
    const name = (created_date ?? '').slice(0, 7);
    const month = found.get(name) ?? { sales: 0n, profit: 0n, currencies: new Set() };
    found.set(name, month);
    month.sales += scaled(prod_quote_price);
    month.profit += scaled(prod_quote_price) - scaled(product.prod_unit_price);
    month.currencies.add(product.prod_currency_code ?? '');
  }
  return found;
}

function monthlySales(state: State): string[][] {
  const rows = [...months(state)].map(([name, { sales, profit }]) => {
    const [year = '', month = ''] = name.split('-').map((part) => String(Number(part)));
    return { year, month, sales: cents(sales), profit: cents(profit) };
  });
  rows.sort((a, b) => Number(b.profit - a.profit) || Number(a.year) - Number(b.year) || Number(a.month) - Number(b.month));
  return rows.map(({ year, month, sales, profit }) => [month, year, money(sales), money(profit)]);
}

function popularProducts({ visits, customers, orders }: State): string[][] {
  const users = new Map<string, Set<string>>();
  for (const { country, user_name } of visits) {
    if (country === null || user_name === null) continue;
    users.set(country, (users.get(country) ?? new Set()).add(user_name));
  }
  const [first] = [...users].sort(([a, of], [b, other]) => other.size - of.size || (a < b ? -1 : 1));
  if (!first) return [];
  const [country, names] = first;
  const ids = new Set(customers.filter(({ user_name }) => names.has(user_name ?? '')).map(({ customer_id }) => customer_id));
  const bought = new Set(orders.filter(({ customer_id }) => ids.has(customer_id ?? null)).map(({ prod_id }) => BigInt(prod_id ?? 0)));
  return [...bought].sort((a, b) => (a < b ? -1 : 1)).map((product) => [String(product), country]);
}

function usedDevices({ visits }: State): string[][] {
  const counts = new Map<string, number>();
  for (const { device } of visits) counts.set(device, (counts.get(device) ?? 0) + 1);
  return [...counts]
    .sort(([a, count], [b, other]) => other - count || (a < b ? -1 : 1))
    .slice(0, 5)
    .map(([device, count]) => [device, String(count)]);
}

function totalLeads({ orders }: State): string[][] {
  const counts = new Map<bigint, number>();
  for (const { is_lead_sale, crm_lead_id, customer_id } of orders) {
    const customer = BigInt(customer_id ?? 0);
    if (is_lead_sale === 'true' && crm_lead_id !== '-1') counts.set(customer, (counts.get(customer) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, count], [b, other]) => other - count || (a < b ? -1 : 1))
    .map(([customer, count]) => [String(customer), String(count)]);
}

/** In 1/10,000. */
function scaled(decimal: string | null | undefined): bigint {
  return BigInt((decimal ?? '').replace('.', ''));
}

/** Half away from zero. */
function cents(value: bigint): bigint {
  return (value + (value < 0n ? -50n : 50n)) / 100n;
}

function money(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
