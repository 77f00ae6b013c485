-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table bulk.`sales_order` (
  `sales_order_id` int unsigned not null,
  `source_created_at` datetime(6) null,
  `design_id` int unsigned not null,
  `staff_id` int unsigned not null,
  `counterparty_id` int unsigned not null,
  `units_sold` int not null,
  `unit_price` decimal(10,2) not null,
  `currency_id` int unsigned not null,
  `agreed_delivery_date` date null,
  `agreed_payment_date` date null,
  `agreed_delivery_location_id` int unsigned not null,
  `last_updated` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`sales_order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest sales_order by sales_order_id';

create table bulk.`sales_order_versions` (
  `sales_order_id` int unsigned not null,
  `last_updated_key` datetime(6) not null,
  `last_updated` datetime(6) null,
  `source_created_at` datetime(6) null,
  `design_id` int unsigned not null,
  `staff_id` int unsigned not null,
  `counterparty_id` int unsigned not null,
  `units_sold` int not null,
  `unit_price` decimal(10,2) not null,
  `currency_id` int unsigned not null,
  `agreed_delivery_date` date null,
  `agreed_payment_date` date null,
  `agreed_delivery_location_id` int unsigned not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`sales_order_id`, `last_updated_key`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest sales_order_versions by sales_order_id, last_updated_key';

create table bulk.`purchase_order` (
  `purchase_order_id` int unsigned not null,
  `source_created_at` datetime(6) null,
  `staff_id` int unsigned not null,
  `counterparty_id` int unsigned not null,
  `item_code` mediumtext null,
  `item_quantity` int not null,
  `item_unit_price` decimal(10,2) not null,
  `currency_id` int unsigned not null,
  `agreed_delivery_date` date null,
  `agreed_payment_date` date null,
  `agreed_delivery_location_id` int unsigned not null,
  `last_updated` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`purchase_order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest purchase_order by purchase_order_id';

create table bulk.`purchase_order_versions` (
  `purchase_order_id` int unsigned not null,
  `last_updated_key` datetime(6) not null,
  `last_updated` datetime(6) null,
  `source_created_at` datetime(6) null,
  `staff_id` int unsigned not null,
  `counterparty_id` int unsigned not null,
  `item_code` mediumtext null,
  `item_quantity` int not null,
  `item_unit_price` decimal(10,2) not null,
  `currency_id` int unsigned not null,
  `agreed_delivery_date` date null,
  `agreed_payment_date` date null,
  `agreed_delivery_location_id` int unsigned not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`purchase_order_id`, `last_updated_key`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest purchase_order_versions by purchase_order_id, last_updated_key';

create table bulk.`payment` (
  `payment_id` int unsigned not null,
  `source_created_at` datetime(6) null,
  `transaction_id` int unsigned not null,
  `counterparty_id` int unsigned not null,
  `payment_amount` decimal(10,2) not null,
  `currency_id` int unsigned not null,
  `payment_type_id` int unsigned not null,
  `paid` boolean not null,
  `payment_date` date null,
  `company_ac_number` mediumtext null,
  `counterparty_ac_number` mediumtext null,
  `last_updated` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`payment_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest payment by payment_id';

create table bulk.`payment_versions` (
  `payment_id` int unsigned not null,
  `last_updated_key` datetime(6) not null,
  `last_updated` datetime(6) null,
  `source_created_at` datetime(6) null,
  `transaction_id` int unsigned not null,
  `counterparty_id` int unsigned not null,
  `payment_amount` decimal(10,2) not null,
  `currency_id` int unsigned not null,
  `payment_type_id` int unsigned not null,
  `paid` boolean not null,
  `payment_date` date null,
  `company_ac_number` mediumtext null,
  `counterparty_ac_number` mediumtext null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`payment_id`, `last_updated_key`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest payment_versions by payment_id, last_updated_key';

create table bulk.`transaction` (
  `transaction_id` int unsigned not null,
  `transaction_type` mediumtext null,
  `sales_order_id` int unsigned null,
  `purchase_order_id` int unsigned null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`transaction_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest transaction by transaction_id';

create table bulk.`counterparty` (
  `counterparty_id` int unsigned not null,
  `counterparty_legal_name` mediumtext null,
  `legal_address_id` int unsigned not null,
  `commercial_contact` mediumtext null,
  `delivery_contact` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`counterparty_id`),
  key `by_legal_address_id` (`legal_address_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest counterparty by counterparty_id';

create table bulk.`address` (
  `address_id` int unsigned not null,
  `address_line_1` mediumtext null,
  `address_line_2` mediumtext null,
  `district` mediumtext null,
  `city` mediumtext null,
  `postal_code` mediumtext null,
  `country` mediumtext null,
  `phone` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`address_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest address by address_id';

create table bulk.`staff` (
  `staff_id` int unsigned not null,
  `first_name` mediumtext null,
  `last_name` mediumtext null,
  `department_id` int unsigned not null,
  `email_address` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`staff_id`),
  key `by_department_id` (`department_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest staff by staff_id';

create table bulk.`department` (
  `department_id` int unsigned not null,
  `department_name` mediumtext null,
  `location` mediumtext null,
  `manager` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`department_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest department by department_id';

create table bulk.`design` (
  `design_id` int unsigned not null,
  `design_name` mediumtext null,
  `file_location` mediumtext null,
  `file_name` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`design_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest design by design_id';

create table bulk.`payment_type` (
  `payment_type_id` int unsigned not null,
  `payment_type_name` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`payment_type_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest payment_type by payment_type_id';

create table bulk.`fx_rates` (
  `rate_date` date not null,
  `base_code` char(3) not null,
  `currency_code` char(3) not null,
  `rate` decimal(18,8) not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`rate_date`, `base_code`, `currency_code`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest fx_rates by rate_date, base_code, currency_code';

create table bulk.`currency` (
  `currency_id` int unsigned not null,
  `currency_code` mediumtext null,
  `currency_name` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`currency_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest currency by currency_id';
