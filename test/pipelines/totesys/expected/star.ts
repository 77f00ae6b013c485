import { reasonsOf } from './check-row.js';
import { readLake, type Delivered, type Source } from './read-lake.js';

type Value = string | null;
export type ExpectedRow = Readonly<Record<string, Value>>;
export type Star = Readonly<Record<string, readonly ExpectedRow[]>>;

interface Fact {
  readonly table: string;
  readonly fact: string;
  readonly current: string;
  readonly id: string;
  readonly record: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly days: readonly string[];
}

const same = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]));
const money = ['unit_price', 'item_unit_price', 'payment_amount'];

const facts: readonly Fact[] = [
  {
    ...{ table: 'sales_order', fact: 'fact_sales_order', current: 'current_sales_order', id: 'sales_order_id', record: 'sales_record_id' },
    columns: {
      sales_staff_id: 'staff_id',
      ...same('counterparty_id', 'units_sold', 'unit_price', 'currency_id', 'design_id', 'agreed_payment_date', 'agreed_delivery_date'),
      ...same('agreed_delivery_location_id'),
    },
    days: ['agreed_delivery_date', 'agreed_payment_date'],
  },
  {
    ...{ table: 'purchase_order', fact: 'fact_purchase_orders', current: 'current_purchase_orders' },
    ...{ id: 'purchase_order_id', record: 'purchase_record_id' },
    columns: {
      ...same('staff_id', 'counterparty_id', 'item_code', 'item_quantity', 'item_unit_price', 'currency_id', 'agreed_delivery_date'),
      ...same('agreed_payment_date', 'agreed_delivery_location_id'),
    },
    days: ['agreed_delivery_date', 'agreed_payment_date'],
  },
  {
    ...{ table: 'payment', fact: 'fact_payment', current: 'current_payment', id: 'payment_id', record: 'payment_record_id' },
    columns: same('transaction_id', 'counterparty_id', 'payment_amount', 'currency_id', 'payment_type_id', 'paid', 'payment_date'),
    days: ['payment_date'],
  },
];

const currencies: Readonly<Record<string, string>> = { GBP: 'Pound Sterling', EUR: 'Euro', USD: 'US Dollar' };
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

/** What the warehouse must hold of a lake, computed from its manifests and objects by the words of the specification. */
export function starOf(folder: string): Star {
  const good = readLake(folder).filter(({ table, row }) => reasonsOf(table, row).length === 0);
  const latest = (table: string, id: string) => {
    const rows = new Map<Value, Source>();
    for (const { row } of good.filter((each) => each.table === table)) rows.set(row[id]!, row);
    return rows;
  };
  const star: Record<string, ExpectedRow[]> = {};
  const dates = new Set<string>();
  for (const fact of facts) {
    const versions = new Map<string, Record<string, Value>>();
    const newest = new Map<Value, string>();
    for (const { row } of good.filter(({ table }) => table === fact.table)) {
      const version = JSON.stringify([row[fact.id], instant(row.last_updated!)]);
      const record = versions.get(version)?.[fact.record] ?? String(versions.size + 1);
      versions.set(version, factRow(fact, record, row));
      newest.set(row[fact.id]!, version);
      for (const text of [row.created_at, row.last_updated, ...fact.days.map((name) => row[name])]) if (text) dates.add(text.slice(0, 10));
    }
    star[fact.fact] = [...versions.values()];
    star[fact.current] = [...newest.values()].map((version) => versions.get(version)!);
  }
  const departments = latest('department', 'department_id');
  const addresses = latest('address', 'address_id');
  const dim = (table: string, id: string, make: (row: Source) => ExpectedRow) => [...latest(table, id).values()].map(make);
  const plain =
    (...names: readonly string[]) =>
    (row: Source) =>
      Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
  star.dim_transaction = dim(
    'transaction',
    'transaction_id',
    plain('transaction_id', 'transaction_type', 'sales_order_id', 'purchase_order_id'),
  );
  star.dim_payment_type = dim('payment_type', 'payment_type_id', plain('payment_type_id', 'payment_type_name'));
  star.dim_design = dim('design', 'design_id', plain('design_id', 'design_name', 'file_location', 'file_name'));
  star.dim_location = dim('address', 'address_id', (row) => {
    const { address_id, ...rest } = plain('address_id', ...parts)(row);
    return { location_id: address_id!, ...rest };
  });
  star.dim_staff = dim('staff', 'staff_id', (row) => {
    const department = departments.get(row.department_id!);
    return {
      ...plain('staff_id', 'first_name', 'last_name')(row),
      department_name: department?.department_name ?? null,
      location: department?.location ?? null,
      email_address: row.email_address ?? null,
    };
  });
  star.dim_counterparty = dim('counterparty', 'counterparty_id', (row) => {
    const address = addresses.get(row.legal_address_id!);
    const named = parts.map((name) => [`counterparty_legal_${name === 'phone' ? 'phone_number' : name}`, address?.[name] ?? null]);
    return { ...plain('counterparty_id', 'counterparty_legal_name')(row), ...Object.fromEntries(named) };
  });
  star.dim_currency = dim('currency', 'currency_id', (row) => {
    const code = row.currency_code?.replace(/ +$/, '') ?? null;
    return { currency_id: row.currency_id!, currency_code: code, currency_name: code === null ? null : (currencies[code] ?? code) };
  });
  star.dim_date = [...dates].map(dateRow);
  return star;
}

const parts = ['address_line_1', 'address_line_2', 'district', 'city', 'postal_code', 'country', 'phone'];

/** The same time has the same text, whatever digits it was written with. */
function instant(text: Value): Value {
  if (text === null) return null;
  const [seconds, fraction = ''] = text.split('.');
  return `${seconds}.${fraction.padEnd(6, '0')}`;
}

function factRow({ id, record, columns }: Fact, recordId: string, row: Source): Record<string, Value> {
  const moment = (name: 'created_at' | 'last_updated', column: string) => {
    const text = instant(row[name]!);
    return { [`${column}_date`]: text?.slice(0, 10) ?? null, [`${column}_time`]: text?.slice(11) ?? null };
  };
  const value = (name: string) => {
    const text = row[name] ?? null;
    if (name === 'paid') return text === 't' ? '1' : '0';
    return text !== null && money.includes(name) ? twoDecimals(text) : text;
  };
  return {
    [record]: recordId,
    [id]: row[id]!,
    ...moment('created_at', 'created'),
    ...moment('last_updated', 'last_updated'),
    ...Object.fromEntries(Object.entries(columns).map(([column, name]) => [column, value(name)])),
  };
}

function twoDecimals(text: string): string {
  const [whole, fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}

function dateRow(date: string): ExpectedRow {
  const time = new Date(`${date}T00:00:00Z`);
  const weekday = time.getUTCDay();
  return {
    date_id: date,
    year: String(time.getUTCFullYear()),
    month: String(time.getUTCMonth() + 1),
    day: String(time.getUTCDate()),
    day_of_week: String(weekday === 0 ? 7 : weekday),
    day_name: days[weekday]!,
    month_name: months[time.getUTCMonth()]!,
    quarter: String(Math.floor(time.getUTCMonth() / 3) + 1),
  };
}

/** Rows that are not good, with the places that a person needs. */
export function quarantineOf(folder: string): (Pick<Delivered, 'table' | 'key' | 'line'> & { readonly reasons: string })[] {
  return readLake(folder).flatMap(({ table, key, line, row }) => {
    const reasons = reasonsOf(table, row);
    return reasons.length === 0 ? [] : [{ table, key, line, reasons: reasons.sort().join() }];
  });
}
