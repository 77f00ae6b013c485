-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table bulk.`companies` (
  `company_id` bigint unsigned not null,
  `company_name` mediumtext not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`company_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest companies by company_id';

create table bulk.`customers` (
  `customer_id` bigint unsigned not null,
  `full_name` mediumtext not null,
  `dob` date not null,
  `user_name` mediumtext not null,
  `email` mediumtext not null,
  `most_freq_city` mediumtext not null,
  `most_freq_cntry` char(3) not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`customer_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest customers by customer_id';

create table bulk.`products` (
  `prod_id` bigint unsigned not null,
  `prod_name` mediumtext null,
  `prod_unit_price` decimal(15,4) not null,
  `prod_currency_code` char(3) not null,
  `supplier_id` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`prod_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest products by prod_id';

create table bulk.`orders` (
  `order_id` bigint unsigned not null,
  `prod_id` bigint unsigned not null,
  `customer_id` bigint unsigned not null,
  `prod_quote_price` decimal(15,4) not null,
  `is_lead_sale` boolean not null,
  `crm_lead_id` bigint not null,
  `company_id` bigint unsigned not null,
  `created_date` datetime(6) not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest orders by order_id';

create table bulk.`leads` (
  `crm_lead_id` bigint unsigned not null,
  `prod_id` bigint unsigned not null,
  `prod_quote_price` decimal(15,4) not null,
  `quote_value` decimal(15,4) not null,
  `is_lead_sale` boolean not null,
  `order_id` bigint unsigned null,
  `customer_id` bigint unsigned not null,
  `company_id` bigint unsigned not null,
  `created_date` datetime(6) not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`crm_lead_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest leads by crm_lead_id';

create table bulk.`company_versions` (
  `company_id` bigint unsigned not null,
  `delivery_date` date not null,
  `company_name` mediumtext not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`company_id`, `delivery_date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest company_versions by company_id, delivery_date';

create table bulk.`customer_versions` (
  `customer_id` bigint unsigned not null,
  `delivery_date` date not null,
  `full_name` mediumtext not null,
  `dob` date not null,
  `user_name` mediumtext not null,
  `email` mediumtext not null,
  `most_freq_city` mediumtext not null,
  `most_freq_cntry` char(3) not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`customer_id`, `delivery_date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest customer_versions by customer_id, delivery_date';

create table bulk.`product_versions` (
  `prod_id` bigint unsigned not null,
  `delivery_date` date not null,
  `prod_name` mediumtext null,
  `prod_unit_price` decimal(15,4) not null,
  `prod_currency_code` char(3) not null,
  `supplier_id` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`prod_id`, `delivery_date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest product_versions by prod_id, delivery_date';

create table bulk.`order_versions` (
  `order_id` bigint unsigned not null,
  `delivery_date` date not null,
  `prod_id` bigint unsigned not null,
  `customer_id` bigint unsigned not null,
  `prod_quote_price` decimal(15,4) not null,
  `is_lead_sale` boolean not null,
  `crm_lead_id` bigint not null,
  `company_id` bigint unsigned not null,
  `created_date` datetime(6) not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`order_id`, `delivery_date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest order_versions by order_id, delivery_date';

create table bulk.`web_visits` (
  `delivery_date` date not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `visit_time` datetime not null,
  `ip` mediumtext not null,
  `user_name` mediumtext null,
  `method` mediumtext null,
  `path` mediumtext null,
  `protocol` mediumtext null,
  `request` mediumtext not null,
  `status` int unsigned not null,
  `bytes` bigint unsigned not null,
  `referer` mediumtext null,
  `user_agent` mediumtext null,
  `country` char(2) null,
  `device` varchar(255) not null,
  primary key (`delivery_date`, `row_offset`, `load_id`, `line_number`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of web_visits by delivery_date';
