-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table staging.`init_companies` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `company_id` mediumtext not null,
  `company_name` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of init_companies as delivered';

create table staging.`init_customers` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `customer_id` mediumtext not null,
  `full_name` mediumtext not null,
  `dob` mediumtext not null,
  `user_name` mediumtext not null,
  `email` mediumtext not null,
  `most_freq_city` mediumtext not null,
  `most_freq_cntry` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of init_customers as delivered';

create table staging.`init_products` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `prod_id` mediumtext not null,
  `prod_name` mediumtext null,
  `prod_unit_price` mediumtext not null,
  `prod_currency_code` mediumtext not null,
  `supplier_id` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of init_products as delivered';

create table staging.`init_orders` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `order_id` mediumtext not null,
  `prod_id` mediumtext not null,
  `customer_id` mediumtext not null,
  `prod_quote_price` mediumtext not null,
  `is_lead_sale` mediumtext not null,
  `crm_lead_id` mediumtext not null,
  `company_id` mediumtext not null,
  `created_date` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of init_orders as delivered';

create table staging.`leadcsv` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `crm_lead_id` mediumtext not null,
  `prod_id` mediumtext not null,
  `prod_quote_price` mediumtext not null,
  `quote_value` mediumtext not null,
  `is_lead_sale` mediumtext not null,
  `order_id` mediumtext null,
  `customer_id` mediumtext not null,
  `company_id` mediumtext not null,
  `created_date` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of leadcsv as delivered';

create table staging.`companycsv` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `prod_id` mediumtext not null,
  `prod_quote_price` mediumtext not null,
  `quote_value` mediumtext not null,
  `order_id` mediumtext not null,
  `customer_id` mediumtext not null,
  `company_id` mediumtext not null,
  `supplier_id` mediumtext not null,
  `created_date` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of companycsv as delivered';

create table staging.`companies` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `company_id` mediumtext not null,
  `company_name` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of companies as delivered';

create table staging.`weblogs` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `visit_time` mediumtext not null,
  `ip` mediumtext not null,
  `user_name` mediumtext null,
  `method` mediumtext null,
  `path` mediumtext null,
  `protocol` mediumtext null,
  `request` mediumtext not null,
  `status` mediumtext not null,
  `bytes` mediumtext not null,
  `referer` mediumtext null,
  `user_agent` mediumtext null,
  `country` mediumtext null,
  `device` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of weblogs as delivered';
