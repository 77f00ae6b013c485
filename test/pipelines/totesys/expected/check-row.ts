import type { Source } from './read-lake.js';

type Check = (value: string | null) => string | undefined;

const id: Check = (value) => (isWhole(value) && Number(value) >= 1 && Number(value) <= 2_147_483_647 ? undefined : 'bad_key');
const optionalId: Check = (value) => (value === null ? undefined : id(value));
const whole: Check = (value) => (isWhole(value) && Math.abs(Number(value)) <= 2_147_483_647 ? undefined : 'bad_number');
const money: Check = (value) => (value !== null && /^-?\d{1,8}(\.\d{1,2})?$/.test(value) ? undefined : 'bad_number');
const flag: Check = (value) => (value === 't' || value === 'f' ? undefined : 'bad_flag');
const words: Check = (value) => ([...(value ?? '')].length <= 1_000 ? undefined : 'too_long');
const padded: Check = (value) => words(value?.replace(/ +$/, '') ?? null);
const day: Check = (value) => (value === null || isDay(value) ? undefined : 'bad_date');
const time: Check = (value) =>
  value === null || (/^\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$/.test(value) && isDay(value.slice(0, 10)))
    ? undefined
    : 'bad_timestamp';

function isWhole(value: string | null): boolean {
  return value !== null && /^-?\d+$/.test(value);
}

function isDay(text: string): boolean {
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

const orders = {
  staff_id: id,
  counterparty_id: id,
  currency_id: id,
  agreed_delivery_date: day,
  agreed_payment_date: day,
  agreed_delivery_location_id: id,
};

const checks: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  sales_order: { sales_order_id: id, design_id: id, units_sold: whole, unit_price: money, ...orders },
  purchase_order: { purchase_order_id: id, item_code: words, item_quantity: whole, item_unit_price: money, ...orders },
  payment: {
    ...{ payment_id: id, transaction_id: id, counterparty_id: id, payment_amount: money, currency_id: id, payment_type_id: id },
    ...{ paid: flag, payment_date: day, company_ac_number: words, counterparty_ac_number: words },
  },
  transaction: { transaction_id: id, transaction_type: words, sales_order_id: optionalId, purchase_order_id: optionalId },
  counterparty: {
    counterparty_id: id,
    counterparty_legal_name: words,
    legal_address_id: id,
    commercial_contact: words,
    delivery_contact: words,
  },
  address: {
    ...{ address_id: id, address_line_1: words, address_line_2: words, district: words, city: words, postal_code: words },
    ...{ country: words, phone: words },
  },
  staff: { staff_id: id, first_name: words, last_name: words, department_id: id, email_address: words },
  department: { department_id: id, department_name: words, location: words, manager: words },
  design: { design_id: id, design_name: words, file_location: words, file_name: words },
  payment_type: { payment_type_id: id, payment_type_name: words },
  currency: { currency_id: id, currency_code: padded },
};

/** Why a row goes to quarantine, in no order; none for a good one. */
export function reasonsOf(table: string, row: Source): string[] {
  const ofTable = { ...checks[table], created_at: time, last_updated: time };
  return [...new Set(Object.entries(ofTable).flatMap(([name, check]) => check(row[name] ?? null) ?? []))];
}
