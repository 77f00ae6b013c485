-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table staging.`sales_order` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `sales_order_id` mediumtext not null,
  `design_id` mediumtext not null,
  `staff_id` mediumtext not null,
  `counterparty_id` mediumtext not null,
  `units_sold` mediumtext not null,
  `unit_price` mediumtext not null,
  `currency_id` mediumtext not null,
  `agreed_delivery_date` mediumtext null,
  `agreed_payment_date` mediumtext null,
  `agreed_delivery_location_id` mediumtext not null,
  `source_created_at` mediumtext null,
  `last_updated` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of sales_order as delivered';

create table staging.`purchase_order` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `purchase_order_id` mediumtext not null,
  `staff_id` mediumtext not null,
  `counterparty_id` mediumtext not null,
  `item_code` mediumtext null,
  `item_quantity` mediumtext not null,
  `item_unit_price` mediumtext not null,
  `currency_id` mediumtext not null,
  `agreed_delivery_date` mediumtext null,
  `agreed_payment_date` mediumtext null,
  `agreed_delivery_location_id` mediumtext not null,
  `source_created_at` mediumtext null,
  `last_updated` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of purchase_order as delivered';

create table staging.`payment` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `payment_id` mediumtext not null,
  `transaction_id` mediumtext not null,
  `counterparty_id` mediumtext not null,
  `payment_amount` mediumtext not null,
  `currency_id` mediumtext not null,
  `payment_type_id` mediumtext not null,
  `paid` mediumtext not null,
  `payment_date` mediumtext null,
  `company_ac_number` mediumtext null,
  `counterparty_ac_number` mediumtext null,
  `source_created_at` mediumtext null,
  `last_updated` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of payment as delivered';

create table staging.`transaction` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `transaction_id` mediumtext not null,
  `transaction_type` mediumtext null,
  `sales_order_id` mediumtext null,
  `purchase_order_id` mediumtext null,
  `source_created_at` mediumtext null,
  `last_updated` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of transaction as delivered';

create table staging.`counterparty` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `counterparty_id` mediumtext not null,
  `counterparty_legal_name` mediumtext null,
  `legal_address_id` mediumtext not null,
  `commercial_contact` mediumtext null,
  `delivery_contact` mediumtext null,
  `source_created_at` mediumtext null,
  `last_updated` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of counterparty as delivered';

create table staging.`address` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `address_id` mediumtext not null,
  `address_line_1` mediumtext null,
  `address_line_2` mediumtext null,
  `district` mediumtext null,
  `city` mediumtext null,
  `postal_code` mediumtext null,
  `country` mediumtext null,
  `phone` mediumtext null,
  `source_created_at` mediumtext null,
  `last_updated` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of address as delivered';

create table staging.`staff` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `staff_id` mediumtext not null,
  `first_name` mediumtext null,
  `last_name` mediumtext null,
  `department_id` mediumtext not null,
  `email_address` mediumtext null,
  `source_created_at` mediumtext null,
  `last_updated` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of staff as delivered';

create table staging.`department` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `department_id` mediumtext not null,
  `department_name` mediumtext null,
  `location` mediumtext null,
  `manager` mediumtext null,
  `source_created_at` mediumtext null,
  `last_updated` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of department as delivered';

create table staging.`design` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `design_id` mediumtext not null,
  `design_name` mediumtext null,
  `file_location` mediumtext null,
  `file_name` mediumtext null,
  `source_created_at` mediumtext null,
  `last_updated` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of design as delivered';

create table staging.`payment_type` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `payment_type_id` mediumtext not null,
  `payment_type_name` mediumtext null,
  `source_created_at` mediumtext null,
  `last_updated` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of payment_type as delivered';

create table staging.`fx_rates` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `rate_date` mediumtext not null,
  `base_code` mediumtext not null,
  `currency_code` mediumtext not null,
  `rate` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of fx_rates as delivered';

create table staging.`currency` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `currency_id` mediumtext not null,
  `currency_code` mediumtext null,
  `currency_name` mediumtext null,
  `source_created_at` mediumtext null,
  `last_updated` mediumtext null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of currency as delivered';
