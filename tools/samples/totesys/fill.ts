import type { Client } from 'pg';

/** Rows of each table that a large company has many of; the rest are codes. */
export type TableRows = ReadonlyMap<string, number>;

/** A year from its begin to its end, evenly over the rows. */
const times = (rows: number) => {
  const at = `timestamp '2025-01-05 09:00:00' + i * (interval '365 days' / ${rows}.0)`;
  return `date_trunc('milliseconds', ${at}), date_trunc('milliseconds', ${at})`;
};
const dayAfter = (rows: number, days: string) =>
  `to_char(timestamp '2025-01-05' + i * (interval '365 days' / ${rows}.0) + (${days}) * interval '1 day', 'yyyy-mm-dd')`;
/** One of so many, by a factor that leaves no order in them. */
const one = (count: number, factor: number) => `1 + (i::bigint * ${factor} % ${count})::int`;
const price = (factor: number) => `(1 + i::bigint * ${factor} % 100000)::numeric / 100`;
const word = (words: readonly string[], factor: number) =>
  `(array[${words.map((text) => `'${text}'`).join(', ')}])[${one(words.length, factor)}]`;

const cities = ['Lisbon', 'Leeds', 'Oslo', 'Łódź', 'Nîmes', 'Zürich'];
const surnames = ['Okafor', "O''Neil", 'Müller', 'Silva', 'Kowalska', 'Haddad'];
const products = ['Wooden', 'Steel', 'Cotton', 'Granite', 'Soft "Deluxe"', 'Bamboo, woven'];
const codes = ['GBP', 'USD', 'EUR'];
const paymentTypes = ['SALES_RECEIPT', 'SALES_REFUND', 'PURCHASE_PAYMENT', 'PURCHASE_REFUND'];

/** People of a department. */
const departmentSize = 20;

/**
 * Fills the empty tables with so many rows each, in sets; of departments one for every twenty people, and three currencies and four kinds of
 * payment. `others`: how many of tables that get another number. The same numbers give the same rows. The user must be a superuser: keys of
 * other tables are not checked. Returns the rows of each table.
 */
export async function fillTotesys(client: Client, rows: number, others: Readonly<Record<string, number>> = {}): Promise<TableRows> {
  // Ids of orders are as many as in a company that has so many of everything.
  const ids = Math.max(rows, ...Object.values(others));
  const rowsOf = (table: string) => others[table] ?? rows;
  const departments = Math.max(3, Math.ceil(rows / departmentSize));
  const tables: Readonly<Record<string, { readonly rows?: number; readonly values: string }>> = {
    currency: { rows: codes.length, values: `(array['${codes.join("', '")}'])[i]` },
    payment_type: { rows: paymentTypes.length, values: `(array['${paymentTypes.join("', '")}'])[i]` },
    department: { rows: departments, values: `'Department ' || i, ${word(cities, 5)}, ${word(surnames, 7)}` },
    address: {
      values: `i % 200 || ' Station Road', case i % 3 when 0 then null when 1 then '' else 'Floor 2' end, case i % 4 when 0 then 'North' end,
        ${word(cities, 7)}, lpad((i % 100000)::text, 5, '0'), 'Portugal', lpad(i::text, 9, '0')`,
    },
    counterparty: {
      values: `${word(surnames, 5)} || ' and Sons', ${one(rows, 7919)}, ${word(surnames, 7)}, case i % 3 when 0 then null else 'Haddad' end`,
    },
    staff: { values: `'Ada', ${word(surnames, 5)}, ${one(departments, 7919)}, 'ada.' || i || '@example.com'` },
    design: { values: `${word(products, 5)}, '/usr/local/src', 'design-' || i || '.json'` },
    sales_order: {
      values: `${one(ids, 104_729)}, ${one(ids, 7919)}, ${one(ids, 1_299_709)}, ${one(1_000, 7919)}, ${price(7919)}, ${one(codes.length, 5)},
        ${dayAfter(rowsOf('sales_order'), 'i % 30')}, ${dayAfter(rowsOf('sales_order'), 'i % 20')}, ${one(ids, 15_485_863)}`,
    },
    purchase_order: {
      values: `${one(rows, 7919)}, ${one(rows, 1_299_709)}, 'IT-' || i % 99999, ${one(500, 7919)}, ${price(7919)}, ${one(codes.length, 5)},
        ${dayAfter(rowsOf('purchase_order'), 'i % 30')}, ${dayAfter(rowsOf('purchase_order'), 'i % 20')}, ${one(rows, 15_485_863)}`,
    },
    transaction: {
      values: `case i % 2 when 1 then 'SALE' else 'PURCHASE' end, case i % 2 when 1 then i end, case i % 2 when 0 then i end`,
    },
    payment: {
      values: `i, ${one(rows, 1_299_709)}, ${price(7919)}, ${one(codes.length, 5)}, case i % 2 when 1 then 1 else 3 end, i % 3 = 0,
        ${dayAfter(rowsOf('payment'), '20')}, lpad((i::bigint * 7919 % 100000000)::text, 8, '0'), lpad((i::bigint * 104729 % 100000000)::text, 8, '0')`,
    },
  };
  await client.query('set session_replication_role = replica');
  const counts = Object.entries(tables).map(([table, { rows: own = rows }]) => [table, others[table] ?? own] as const);
  for (const [table, own] of counts) {
    const { values } = tables[table]!;
    await client.query(`insert into ${table} select i, ${values}, ${times(own)} from generate_series(1, ${own}) i`);
  }
  await client.query('set session_replication_role = default');
  await client.query('vacuum (analyze)');
  return new Map(counts);
}
