import fc from 'fast-check';
import type { Row } from './lake.js';

/** Mostly the first, so that most rows are good. */
const mostly = (good: fc.Arbitrary<string | null>, ...bad: readonly (string | null)[]) =>
  bad.length === 0 ? good : fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...bad) });
const few = (most: number) => fc.integer({ min: 1, max: most }).map(String);
const id = (most = 3) => mostly(few(most), '0', '2147483648', null, '1.0');
const words = mostly(
  fc.constantFrom('a', ' a ', '', '   ', 'x, "y"\nz', 'Zoë 🙂', null, 'NULL', '\\N', "o'clock\\", 'w'.repeat(1_000)),
  'w'.repeat(1_001),
  `${'w'.repeat(1_000)} `,
);
const day = mostly(
  fc.constantFrom('2026-01-31', '2024-02-29', '1999-12-31', '9999-12-31', null),
  ...['2026-02-30', '', ' 2026-01-31', '2026-1-31', '2026-01-31 ', '31/01/2026', 'infinity'],
);
const time = mostly(
  fc.constantFrom('2026-03-01 09:00:00', '2026-03-01 09:00:00.5', '2026-03-01 09:00:00.123456', '2022-11-03 14:20:51.563', null),
  ...['infinity', '-infinity', '0044-03-15 10:00:00 BC', '12022-11-03 14:20:51', '2026-03-01'],
);
const number = mostly(fc.constantFrom('0', '1', '-7', '2147483647'), '2147483648', 'NaN', '1.5', null);
const money = mostly(fc.constantFrom('0.00', '12.50', '-3.00', '99999999.99'), 'NaN', 'Infinity', '100000000.00', null);
const flag = mostly(fc.constantFrom('t', 'f'), 'maybe', null);

const times = { created_at: time, last_updated: time };
const ofOrder = { currency_id: id(), agreed_delivery_date: day, agreed_payment_date: day, agreed_delivery_location_id: id() };
const row = (columns: Readonly<Record<string, fc.Arbitrary<string | null>>>): fc.Arbitrary<Row> => fc.record({ ...columns, ...times });
const rowsOf: Readonly<Record<string, fc.Arbitrary<Row>>> = {
  sales_order: row({
    ...{ sales_order_id: id(2), design_id: id(), staff_id: id(), counterparty_id: id(), units_sold: number, unit_price: money },
    ...ofOrder,
  }),
  purchase_order: row({
    ...{ purchase_order_id: id(2), staff_id: id(), counterparty_id: id(), item_code: words, item_quantity: number },
    ...{ item_unit_price: money, ...ofOrder },
  }),
  payment: row({
    ...{ payment_id: id(2), transaction_id: id(), counterparty_id: id(), payment_amount: money, currency_id: id(), payment_type_id: id() },
    ...{ paid: flag, payment_date: day, company_ac_number: words, counterparty_ac_number: words },
  }),
  transaction: row({
    ...{ transaction_id: id(), transaction_type: fc.constantFrom('SALE', 'PURCHASE') },
    ...{ sales_order_id: fc.constantFrom('1', null), purchase_order_id: mostly(fc.constantFrom('2', null), '0') },
  }),
  counterparty: row({
    ...{ counterparty_id: id(2), counterparty_legal_name: words, legal_address_id: id(2) },
    ...{ commercial_contact: words, delivery_contact: words },
  }),
  address: row({
    ...{ address_id: id(2), address_line_1: words, address_line_2: words, district: words, city: words },
    ...{ postal_code: words, country: words, phone: words },
  }),
  staff: row({ staff_id: id(2), first_name: words, last_name: words, department_id: id(2), email_address: words }),
  department: row({ department_id: id(2), department_name: words, location: words, manager: words }),
  design: row({ design_id: id(2), design_name: words, file_location: words, file_name: words }),
  payment_type: row({ payment_type_id: id(2), payment_type_name: words }),
  currency: row({ currency_id: id(2), currency_code: fc.constantFrom('GBP', 'EUR', 'USD', 'XX ', 'ZZZ', ' A ', null, '') }),
};

export const tables = Object.keys(rowsOf);

/** A snapshot has a key once. */
const rowsOfObject = (table: string, each: fc.Arbitrary<Row>) =>
  fc.uniqueArray(each, { minLength: 1, maxLength: 4, selector: (one) => one[`${table}_id`] });

/** A run of some tables, each in one object or two, and whether the warehouse takes it in before the next one. */
export const randomRun = fc.record({
  objects: fc.record(
    Object.fromEntries(
      Object.entries(rowsOf).map(([name, each]) => [
        name,
        fc.oneof(
          { weight: 2, arbitrary: fc.constant<readonly (readonly Row[])[]>([]) },
          { weight: 3, arbitrary: fc.array(rowsOfObject(name, each), { minLength: 1, maxLength: 2 }) },
        ),
      ]),
    ),
  ),
  /** An extract died before it and left objects. */
  leftover: fc.boolean(),
  takeIn: fc.shuffledSubarray(tables),
  refresh: fc.boolean(),
});
