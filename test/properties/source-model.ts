import type { Client } from 'pg';
import type { Warehouse } from '../../src/engine/warehouse.js';

type Value = string | null;
type Table = Readonly<Record<string, readonly string[]>>;

const timesOf = (alias = '') =>
  ['created_at', 'last_updated']
    .map((name) => `${alias}${name}::date::text as ${name}_day, to_char(${alias}${name}, 'HH24:MI:SS.US') as ${name}_time`)
    .join(', ');
const busTimes = 'created_date, created_time, last_updated_date, last_updated_time';

/** A fact: its columns in the source, of which the first is the key and two to five are its times, and in bus; which of them are days. */
const facts = [
  {
    ...{ table: 'sales_order', fact: 'fact_sales_order', current: 'current_sales_order' },
    source: `sales_order_id, ${timesOf()}, staff_id, counterparty_id, units_sold, unit_price, currency_id, design_id, agreed_delivery_location_id,
      agreed_payment_date, agreed_delivery_date`,
    bus: `sales_order_id, ${busTimes}, sales_staff_id, counterparty_id, units_sold, unit_price, currency_id, design_id, agreed_delivery_location_id,
      agreed_payment_date, agreed_delivery_date`,
    days: 2,
  },
  {
    ...{ table: 'purchase_order', fact: 'fact_purchase_orders', current: 'current_purchase_orders' },
    source: `purchase_order_id, ${timesOf()}, staff_id, counterparty_id, item_code, item_quantity, item_unit_price, currency_id,
      agreed_delivery_location_id, agreed_payment_date, agreed_delivery_date`,
    bus: `purchase_order_id, ${busTimes}, staff_id, counterparty_id, item_code, item_quantity, item_unit_price, currency_id,
      agreed_delivery_location_id, agreed_payment_date, agreed_delivery_date`,
    days: 2,
  },
  {
    ...{ table: 'payment', fact: 'fact_payment', current: 'current_payment' },
    source: `payment_id, ${timesOf()}, transaction_id, counterparty_id, payment_amount, currency_id, payment_type_id, paid::int::text as paid, payment_date`,
    bus: `payment_id, ${busTimes}, transaction_id, counterparty_id, payment_amount, currency_id, payment_type_id, paid, payment_date`,
    days: 1,
  },
] as const;

/** Dimensions: what they are in bus, and in the source. */
const dimensions = {
  dim_staff: [
    'staff_id, first_name, last_name, department_name, location, email_address',
    'select staff_id, first_name, last_name, department_name, location, email_address from staff join department using (department_id)',
  ],
  dim_counterparty: [
    'counterparty_id, counterparty_legal_name, counterparty_legal_address_line_1, counterparty_legal_district, counterparty_legal_city',
    `select counterparty_id, counterparty_legal_name, address_line_1, district, city
     from counterparty join address on address_id = legal_address_id`,
  ],
  dim_location: [
    'location_id, address_line_1, district, city, phone',
    'select address_id, address_line_1, district, city, phone from address',
  ],
  dim_design: ['design_id, design_name, file_name', 'select design_id, design_name, file_name from design'],
  dim_transaction: [
    'transaction_id, transaction_type, sales_order_id, purchase_order_id',
    'select transaction_id, transaction_type, sales_order_id, purchase_order_id from transaction',
  ],
  dim_payment_type: ['payment_type_id, payment_type_name', 'select payment_type_id, payment_type_name from payment_type'],
  dim_currency: ['currency_id, currency_code', 'select currency_id, currency_code from currency'],
} as const;

/** What bus must hold of a source that was looked at as often as a run read it, computed from what was seen alone. */
export class SourceModel {
  private readonly versions = facts.map(() => new Map<string, readonly Value[]>());
  private readonly newest = facts.map(() => new Map<Value, string>());
  private readonly seen = facts.map(() => new Map<Value, string>());

  constructor(private readonly client: Client) {}

  /** Right after a run, before anything else commits: a row that another transaction wrote than the last time is a delivery. */
  async see(): Promise<void> {
    for (const [index, { table, source }] of facts.entries())
      for (const row of await this.rows(`select xmin::text as writer, ${source} from ${table}`)) {
        const [writer, id, ...values] = row as [string, Value, ...Value[]];
        if (this.seen[index]!.get(id) === writer) continue;
        this.seen[index]!.set(id, writer);
        const version = JSON.stringify([id, values[2], values[3]]);
        this.versions[index]!.set(version, [id, ...values]);
        this.newest[index]!.set(id, version);
      }
  }

  async star(): Promise<Table> {
    const star: Record<string, readonly string[]> = {};
    const dates = new Set<Value>();
    for (const [index, { fact, current, days }] of facts.entries()) {
      const versions = this.versions[index]!;
      star[fact] = texts([...versions.values()]);
      star[current] = texts([...this.newest[index]!.values()].map((version) => versions.get(version)!));
      for (const row of versions.values()) for (const date of [row[1]!, row[3]!, ...row.slice(-days)]) dates.add(date);
    }
    dates.delete(null);
    star['dim_date'] = texts([...dates].map((date) => [date]));
    for (const [name, [, select]] of Object.entries(dimensions)) star[name] = texts(await this.rows(select));
    return star;
  }

  /** The same tables as they are in bus. */
  async found(warehouse: Warehouse): Promise<Table> {
    const star: Record<string, readonly string[]> = {};
    const read = async (name: string, columns: string) =>
      texts(
        (await warehouse.query(`select ${columns} from bus.${name}`)).map((row) =>
          Object.values(row).map((value) => (value === null ? null : String(value))),
        ),
      );
    for (const { fact, current, bus } of facts) for (const name of [fact, current]) star[name] = await read(name, bus);
    star['dim_date'] = await read('dim_date', 'date_id');
    for (const [name, [columns]] of Object.entries(dimensions)) star[name] = await read(name, columns);
    return star;
  }

  private async rows(select: string): Promise<Value[][]> {
    const { rows } = await this.client.query<Record<string, Value>>(select);
    return rows.map((row) => Object.values(row));
  }
}

/** In any order. */
function texts(rows: readonly (readonly Value[])[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
