import { type Delivery, initialDate, type Kind, type Row } from './files.js';
import type { Visit } from './visits.js';

/** The tables as of a date. */
export interface State {
  readonly companies: readonly Row[];
  readonly customers: readonly Row[];
  readonly products: readonly Row[];
  readonly orders: readonly Row[];
  readonly leads: readonly Row[];
  /** Of that date alone. */
  readonly visits: readonly Visit[];
}

/** What all deliveries of folders up to the date make, one after the other: a later row of a key replaces an earlier one. */
export function stateAsOf(deliveries: readonly Delivery[], date: string): State {
  const tables = { companies: new Map(), customers: new Map(), products: new Map(), orders: new Map(), leads: new Map() } as Record<
    'companies' | 'customers' | 'products' | 'orders' | 'leads',
    Map<string, Row>
  >;
  let visits: readonly Visit[] = [];
  for (const delivery of deliveries.filter((each) => each.date <= date)) {
    if (delivery.kind === 'weblogs' && delivery.date === date) visits = delivery.visits;
    for (const row of delivery.rows) {
      for (const [table, key, values] of writesOf(delivery.kind, row)) tables[table].set(values[key] ?? '', values);
    }
  }
  const sorted = (table: keyof typeof tables, key: string) =>
    [...tables[table].values()].sort((a, b) => (BigInt(a[key] ?? 0) < BigInt(b[key] ?? 0) ? -1 : 1));
  return {
    companies: sorted('companies', 'company_id'),
    customers: sorted('customers', 'customer_id'),
    products: sorted('products', 'prod_id'),
    orders: sorted('orders', 'order_id'),
    leads: sorted('leads', 'crm_lead_id'),
    visits,
  };
}

type Write = readonly ['companies' | 'customers' | 'products' | 'orders' | 'leads', string, Row];

function writesOf(kind: Kind, row: Row): readonly Write[] {
  switch (kind) {
    case 'init_companies':
    case 'companies':
      return [['companies', 'company_id', row]];
    case 'init_customers':
      return [['customers', 'customer_id', row]];
    case 'init_products':
      return [['products', 'prod_id', row]];
    case 'init_orders':
      return [['orders', 'order_id', row]];
    case 'leadcsv':
      return [['leads', 'crm_lead_id', row], ...(row.order_id === null ? [] : [['orders', 'order_id', orderOf(row)] as const])];
    case 'companycsv':
      return [['orders', 'order_id', { ...orderOf(row), is_lead_sale: 'false', crm_lead_id: '-1' }]];
    case 'weblogs':
      return [];
  }
}

function orderOf(row: Row): Row {
  const { order_id, prod_id, customer_id, prod_quote_price, is_lead_sale, crm_lead_id, company_id, created_date } = row as Record<
    string,
    string
  >;
  return { order_id, prod_id, customer_id, prod_quote_price, is_lead_sale, crm_lead_id, company_id, created_date } as Row;
}

/** The dates that have files, in order; that of the initial load is none of them. */
export function datesOf(deliveries: readonly Delivery[]): string[] {
  return [...new Set(deliveries.map(({ date }) => date))].filter((date) => date !== initialDate).sort();
}
