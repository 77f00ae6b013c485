-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table bus.`fact_payment` (
  `payment_record_id` int unsigned not null,
  `payment_id` int unsigned not null,
  `created_date` date null,
  `created_time` time(6) null,
  `last_updated_date` date null,
  `last_updated_time` time(6) null,
  `transaction_id` int unsigned not null,
  `counterparty_id` int unsigned not null,
  `payment_amount` decimal(10,2) not null,
  `currency_id` int unsigned not null,
  `payment_type_id` int unsigned not null,
  `paid` boolean not null,
  `payment_date` date null,
  primary key (`payment_record_id`),
  key `by_payment_id` (`payment_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Every version of every payment that a run of the extract delivered. Its id is given once; a version that comes again with other values keeps it.';

create table bus.`newest_payment` (
  `payment_id` int unsigned not null,
  `payment_record_id` int unsigned not null,
  primary key (`payment_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The fact that is the newest version of each payment: the one that the highest run delivered, whatever its last_updated says.';

create table bus.`fact_purchase_orders` (
  `purchase_record_id` int unsigned not null,
  `purchase_order_id` int unsigned not null,
  `created_date` date null,
  `created_time` time(6) null,
  `last_updated_date` date null,
  `last_updated_time` time(6) null,
  `staff_id` int unsigned not null,
  `counterparty_id` int unsigned not null,
  `item_code` varchar(1000) null,
  `item_quantity` int not null,
  `item_unit_price` decimal(10,2) not null,
  `currency_id` int unsigned not null,
  `agreed_delivery_date` date null,
  `agreed_payment_date` date null,
  `agreed_delivery_location_id` int unsigned not null,
  primary key (`purchase_record_id`),
  key `by_purchase_order_id` (`purchase_order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Every version of every purchase order that a run of the extract delivered. Its id is given once; a version that comes again with other values keeps it.';

create table bus.`newest_purchase_orders` (
  `purchase_order_id` int unsigned not null,
  `purchase_record_id` int unsigned not null,
  primary key (`purchase_order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The fact that is the newest version of each purchase order: the one that the highest run delivered, whatever its last_updated says.';

create table bus.`fact_sales_order` (
  `sales_record_id` int unsigned not null,
  `sales_order_id` int unsigned not null,
  `created_date` date null,
  `created_time` time(6) null,
  `last_updated_date` date null,
  `last_updated_time` time(6) null,
  `sales_staff_id` int unsigned not null,
  `counterparty_id` int unsigned not null,
  `units_sold` int not null,
  `unit_price` decimal(10,2) not null,
  `currency_id` int unsigned not null,
  `design_id` int unsigned not null,
  `agreed_payment_date` date null,
  `agreed_delivery_date` date null,
  `agreed_delivery_location_id` int unsigned not null,
  primary key (`sales_record_id`),
  key `by_sales_order_id` (`sales_order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Every version of every sales order that a run of the extract delivered. Its id is given once; a version that comes again with other values keeps it.';

create table bus.`newest_sales_order` (
  `sales_order_id` int unsigned not null,
  `sales_record_id` int unsigned not null,
  primary key (`sales_order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The fact that is the newest version of each sales order: the one that the highest run delivered, whatever its last_updated says.';

create table bus.`dim_counterparty` (
  `counterparty_id` int unsigned not null,
  `counterparty_legal_name` varchar(1000) null,
  `counterparty_legal_address_line_1` varchar(1000) null,
  `counterparty_legal_address_line_2` varchar(1000) null,
  `counterparty_legal_district` varchar(1000) null,
  `counterparty_legal_city` varchar(1000) null,
  `counterparty_legal_postal_code` varchar(1000) null,
  `counterparty_legal_country` varchar(1000) null,
  `counterparty_legal_phone_number` varchar(1000) null,
  primary key (`counterparty_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The latest state of each counterparty with its legal address, whose columns are empty until it arrives.';

create table bus.`dim_currency` (
  `currency_id` int unsigned not null,
  `currency_code` varchar(1000) null,
  `currency_name` varchar(1000) null,
  primary key (`currency_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The latest state of each currency, with its name in ISO 4217; a code that the standard lacks is its own name.';

create table bus.`dim_date` (
  `date_id` date not null,
  `year` smallint not null,
  `month` tinyint not null,
  `day` tinyint not null,
  `day_of_week` tinyint not null,
  `day_name` varchar(9) not null,
  `month_name` varchar(9) not null,
  `quarter` tinyint not null,
  primary key (`date_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Every date that any version of a fact has ever named; weeks begin on Monday, which is day 1.';

create table bus.`dim_design` (
  `design_id` int unsigned not null,
  `design_name` varchar(1000) null,
  `file_location` varchar(1000) null,
  `file_name` varchar(1000) null,
  primary key (`design_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The latest state of each design.';

create table bus.`dim_location` (
  `location_id` int unsigned not null,
  `address_line_1` varchar(1000) null,
  `address_line_2` varchar(1000) null,
  `district` varchar(1000) null,
  `city` varchar(1000) null,
  `postal_code` varchar(1000) null,
  `country` varchar(1000) null,
  `phone` varchar(1000) null,
  primary key (`location_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The latest state of each address.';

create table bus.`dim_payment_type` (
  `payment_type_id` int unsigned not null,
  `payment_type_name` varchar(1000) null,
  primary key (`payment_type_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The latest state of each type of payment.';

create table bus.`dim_staff` (
  `staff_id` int unsigned not null,
  `first_name` varchar(1000) null,
  `last_name` varchar(1000) null,
  `department_name` varchar(1000) null,
  `location` varchar(1000) null,
  `email_address` varchar(1000) null,
  primary key (`staff_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The latest state of each member of staff with the department, whose columns are empty until it arrives.';

create table bus.`dim_transaction` (
  `transaction_id` int unsigned not null,
  `transaction_type` varchar(1000) null,
  `sales_order_id` int unsigned null,
  `purchase_order_id` int unsigned null,
  primary key (`transaction_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The latest state of each transaction, with the order that it is about.';

create table bus.`fx_rates` (
  `date` date not null,
  `base` varchar(3) not null,
  `currency` varchar(3) not null,
  `rate` decimal(18,8) not null,
  primary key (`date`, `base`, `currency`),
  key `by_base_and_currency_and_date` (`base`, `currency`, `date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'How much of a currency one of the base is worth, by the day that the answer is of. A day without rates has none here.';
