import { Client } from 'pg';
import { between, pick, random, type Random } from '../random.js';
import { fillTotesys } from './fill.js';
import { totesysSchema } from './schema.js';

/** When the company began; time goes on with each change, so that the same seed gives the same rows. */
const begin = Date.parse('2026-01-05T09:00:00Z');

const cities = ['Lisbon', 'Leeds', 'Oslo', 'Łódź', 'Nîmes', 'Zürich'] as const;
const surnames = ['Okafor', "O'Neil", 'Müller', 'Silva', 'Kowalska', 'Haddad'] as const;
const products = ['Wooden', 'Steel', 'Cotton', 'Granite', 'Soft "Deluxe"', 'Bamboo, woven'] as const;
const codes = ['GBP', 'USD', 'EUR'] as const;

type Value = string | number | boolean | null;

export interface LargeSource {
  readonly seed?: number;
  readonly rows: number;
  readonly others?: Readonly<Record<string, number>>;
}

/** The retail company's database, made and changed by a seed: the same seed and the same number of changes give the same rows. */
export class TotesysSource {
  private clock = begin;
  private readonly next: Random;
  private readonly counts = new Map<string, number>();

  private constructor(
    private readonly client: Client,
    seed: number,
  ) {
    this.next = random(seed);
  }

  /** Makes the tables in an empty database, and fills them with a small company. */
  static async create(url: string, { seed = 1, orders = 100 } = {}): Promise<TotesysSource> {
    const source = await TotesysSource.withTables(url, seed);
    await source.client.query('begin');
    await source.found();
    for (let order = 0; order < orders; order += 1) await source.order();
    await source.client.query('commit');
    return source;
  }

  /**
   * Makes the tables in an empty database of a superuser, and fills them with so many rows each, codes and departments apart, and tables of
   * `others` with their own numbers.
   */
  static async createLarge(url: string, { seed = 1, rows, others }: LargeSource): Promise<TotesysSource> {
    const source = await TotesysSource.withTables(url, seed);
    for (const [table, count] of await fillTotesys(source.client, rows, others)) source.counts.set(table, count);
    return source;
  }

  private static async withTables(url: string, seed: number): Promise<TotesysSource> {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query("set timezone = 'UTC'");
    await client.query(totesysSchema);
    return new TotesysSource(client, seed);
  }

  /** So many changes, each in a transaction of its own: new orders and payments, corrected ones, people and addresses that move. */
  async change(changes: number): Promise<void> {
    for (let done = 0; done < changes; done += 1) {
      await this.client.query('begin');
      await this.one();
      await this.client.query('commit');
    }
  }

  /** An order gets a day that does not exist, which the database takes for a text. Returns what is wrong. */
  async mistake(): Promise<string> {
    await this.touch('sales_order', { agreed_payment_date: '2026-02-30' });
    return 'an order is to be paid on 2026-02-30, a day that does not exist';
  }

  /** Rows of a query, values as the driver has them. */
  async query<Row extends object>(sql: string): Promise<readonly Row[]> {
    const { rows } = await this.client.query<Row>(sql);
    return rows;
  }

  /** May be called more than once. */
  async end(): Promise<void> {
    await this.client.end();
  }

  private async found(): Promise<void> {
    for (const [index, code] of codes.entries()) await this.insert('currency', { currency_id: index + 1, currency_code: code });
    for (const name of ['SALES_RECEIPT', 'SALES_REFUND', 'PURCHASE_PAYMENT', 'PURCHASE_REFUND'])
      await this.insert('payment_type', { payment_type_id: this.id('payment_type'), payment_type_name: name });
    for (const name of ['Sales', 'Purchasing', 'Dispatch'])
      await this.insert('department', {
        ...{ department_id: this.id('department'), department_name: name, location: this.maybe(pick(this.next, cities)) },
        manager: this.maybe(pick(this.next, surnames)),
      });
    for (let count = 0; count < 12; count += 1) await this.address();
    for (let count = 0; count < 8; count += 1) await this.counterparty();
    for (let count = 0; count < 10; count += 1) await this.staff();
    for (let count = 0; count < 10; count += 1) await this.design();
  }

  private async one(): Promise<void> {
    const what = between(this.next, 1, 100);
    if (what <= 45) return this.order();
    if (what <= 60) return this.touch('sales_order', { units_sold: between(this.next, 1, 1_000), unit_price: this.price() });
    if (what <= 70) return this.touch('payment', { paid: true });
    if (what <= 76) return this.touch('purchase_order', { item_quantity: between(this.next, 1, 500) });
    if (what <= 82) return this.touch('address', { city: pick(this.next, cities), address_line_2: this.maybe('Floor 2') });
    if (what <= 88) return this.touch('staff', { department_id: between(this.next, 1, 3), last_name: pick(this.next, surnames) });
    if (what <= 92) return this.touch('department', { location: this.maybe(pick(this.next, cities)) });
    if (what <= 96) return this.design();
    return this.counterparty();
  }

  /** A sale or a purchase, with its transaction and its payment. */
  private async order(): Promise<void> {
    const isSale = this.next() < 0.6;
    const party = this.any('counterparty');
    const currency = between(this.next, 1, codes.length);
    const common = {
      ...{ staff_id: this.any('staff'), counterparty_id: party, currency_id: currency },
      ...{ agreed_delivery_date: this.day(between(this.next, 1, 30)), agreed_payment_date: this.day(between(this.next, 1, 30)) },
      agreed_delivery_location_id: this.any('address'),
    };
    const table = isSale ? 'sales_order' : 'purchase_order';
    const id = this.id(table);
    if (isSale)
      await this.insert(table, {
        ...{ sales_order_id: id, design_id: this.any('design'), units_sold: between(this.next, 1, 1_000), unit_price: this.price() },
        ...common,
      });
    else
      await this.insert(table, {
        ...{ purchase_order_id: id, item_code: `IT-${between(this.next, 1, 99_999)}`, item_quantity: between(this.next, 1, 500) },
        ...{ item_unit_price: this.price(), ...common },
      });
    const transaction = this.id('transaction');
    await this.insert('transaction', {
      ...{ transaction_id: transaction, transaction_type: isSale ? 'SALE' : 'PURCHASE' },
      ...{ sales_order_id: isSale ? id : null, purchase_order_id: isSale ? null : id },
    });
    await this.insert('payment', {
      ...{ payment_id: this.id('payment'), transaction_id: transaction, counterparty_id: party, payment_amount: this.price() },
      ...{ currency_id: currency, payment_type_id: isSale ? 1 : 3, paid: this.next() < 0.3, payment_date: this.day(20) },
      ...{ company_ac_number: this.digits(8), counterparty_ac_number: this.digits(8) },
    });
  }

  private async address(): Promise<void> {
    await this.insert('address', {
      ...{ address_id: this.id('address'), address_line_1: `${between(this.next, 1, 200)} Station Road`, address_line_2: this.maybe('') },
      ...{ district: this.maybe('North'), city: pick(this.next, cities), postal_code: this.digits(5), country: 'Portugal' },
      phone: this.digits(9),
    });
  }

  private async counterparty(): Promise<void> {
    const name = pick(this.next, surnames);
    await this.insert('counterparty', {
      ...{ counterparty_id: this.id('counterparty'), counterparty_legal_name: `${name} and Sons`, legal_address_id: this.any('address') },
      ...{ commercial_contact: this.maybe(name), delivery_contact: this.maybe(pick(this.next, surnames)) },
    });
  }

  private async staff(): Promise<void> {
    const id = this.id('staff');
    await this.insert('staff', {
      ...{ staff_id: id, first_name: 'Ada', last_name: pick(this.next, surnames), department_id: between(this.next, 1, 3) },
      email_address: `ada.${id}@example.com`,
    });
  }

  private async design(): Promise<void> {
    const id = this.id('design');
    await this.insert('design', {
      ...{ design_id: id, design_name: pick(this.next, products), file_location: '/usr/local/src', file_name: `design-${id}.json` },
    });
  }

  private async insert(table: string, values: Readonly<Record<string, Value>>): Promise<void> {
    const at = this.now();
    const row = { ...values, created_at: at, last_updated: at };
    const names = Object.keys(row);
    await this.client.query(
      `insert into ${table} (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
      Object.values(row),
    );
  }

  /** Changes one row of the table. */
  private async touch(table: string, values: Readonly<Record<string, Value>>): Promise<void> {
    const row = { ...values, last_updated: this.now() };
    const sets = Object.keys(row).map((name, index) => `${name} = $${index + 2}`);
    await this.client.query(`update ${table} set ${sets.join(', ')} where ${table}_id = $1`, [this.any(table), ...Object.values(row)]);
  }

  private now(): string {
    this.clock += between(this.next, 1, 90_000);
    return new Date(this.clock).toISOString().replace('T', ' ').replace('Z', '');
  }

  private day(after: number): string {
    return new Date(this.clock + after * 86_400_000).toISOString().slice(0, 10);
  }

  private id(table: string): number {
    const id = (this.counts.get(table) ?? 0) + 1;
    this.counts.set(table, id);
    return id;
  }

  /** The id of a row that is there. */
  private any(table: string): number {
    return between(this.next, 1, Math.max(1, this.counts.get(table) ?? 1));
  }

  private maybe(text: string): string | null {
    return this.next() < 0.3 ? null : text;
  }

  private price(): string {
    return (between(this.next, 1, 100_000) / 100).toFixed(2);
  }

  private digits(length: number): string {
    return String(between(this.next, 1, 10 ** length - 1)).padStart(length, '0');
  }
}
