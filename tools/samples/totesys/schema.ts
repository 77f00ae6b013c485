/** Every table has these, in UTC, with milliseconds. */
const times = 'created_at timestamp(6) not null, last_updated timestamp(6) not null';

/** The tables of the retail company, each after those that it refers to. */
export const totesysSchema = `
create table address (address_id int primary key, address_line_1 text not null, address_line_2 text, district text, city text not null,
  postal_code text not null, country text not null, phone text not null, ${times});
create table counterparty (counterparty_id int primary key, counterparty_legal_name text not null, legal_address_id int not null references address,
  commercial_contact text, delivery_contact text, ${times});
create table currency (currency_id int primary key, currency_code char(3) not null, ${times});
create table department (department_id int primary key, department_name text not null, location text, manager text, ${times});
create table design (design_id int primary key, design_name text not null, file_location text not null, file_name text not null, ${times});
create table staff (staff_id int primary key, first_name text not null, last_name text not null, department_id int not null references department,
  email_address text not null, ${times});
create table payment_type (payment_type_id int primary key, payment_type_name text not null, ${times});
create table sales_order (sales_order_id int primary key, design_id int not null references design, staff_id int not null references staff,
  counterparty_id int not null references counterparty, units_sold int not null, unit_price numeric(10,2) not null,
  currency_id int not null references currency, agreed_delivery_date text not null, agreed_payment_date text not null,
  agreed_delivery_location_id int not null references address, ${times});
create table purchase_order (purchase_order_id int primary key, staff_id int not null references staff,
  counterparty_id int not null references counterparty, item_code text not null, item_quantity int not null,
  item_unit_price numeric(10,2) not null, currency_id int not null references currency, agreed_delivery_date text not null,
  agreed_payment_date text not null, agreed_delivery_location_id int not null references address, ${times});
create table transaction (transaction_id int primary key, transaction_type text not null, sales_order_id int references sales_order,
  purchase_order_id int references purchase_order, ${times});
create table payment (payment_id int primary key, transaction_id int not null references transaction,
  counterparty_id int not null references counterparty, payment_amount numeric(10,2) not null, currency_id int not null references currency,
  payment_type_id int not null references payment_type, paid boolean not null, payment_date text not null, company_ac_number text not null,
  counterparty_ac_number text not null, ${times});
`;
