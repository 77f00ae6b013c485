-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table gear.`changes_companies` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `company_id` bigint unsigned not null,
  `change_kind` varchar(8) not null,
  `old_company_name` mediumtext null,
  `new_company_name` mediumtext not null,
  primary key (`batch_number`, `load_id`, `company_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of companies: change_kind inserted or updated';

create table gear.`changes_customers` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `customer_id` bigint unsigned not null,
  `change_kind` varchar(8) not null,
  `old_full_name` mediumtext null,
  `new_full_name` mediumtext not null,
  `old_dob` date null,
  `new_dob` date not null,
  `old_user_name` mediumtext null,
  `new_user_name` mediumtext not null,
  `old_email` mediumtext null,
  `new_email` mediumtext not null,
  `old_most_freq_city` mediumtext null,
  `new_most_freq_city` mediumtext not null,
  `old_most_freq_cntry` char(3) null,
  `new_most_freq_cntry` char(3) not null,
  primary key (`batch_number`, `load_id`, `customer_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of customers: change_kind inserted or updated';

create table gear.`changes_products` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `prod_id` bigint unsigned not null,
  `change_kind` varchar(8) not null,
  `old_prod_name` mediumtext null,
  `new_prod_name` mediumtext null,
  `old_prod_unit_price` decimal(15,4) null,
  `new_prod_unit_price` decimal(15,4) not null,
  `old_prod_currency_code` char(3) null,
  `new_prod_currency_code` char(3) not null,
  `old_supplier_id` bigint unsigned null,
  `new_supplier_id` bigint unsigned not null,
  primary key (`batch_number`, `load_id`, `prod_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of products: change_kind inserted or updated';

create table gear.`changes_orders` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `order_id` bigint unsigned not null,
  `change_kind` varchar(8) not null,
  `old_prod_id` bigint unsigned null,
  `new_prod_id` bigint unsigned not null,
  `old_customer_id` bigint unsigned null,
  `new_customer_id` bigint unsigned not null,
  `old_prod_quote_price` decimal(15,4) null,
  `new_prod_quote_price` decimal(15,4) not null,
  `old_is_lead_sale` boolean null,
  `new_is_lead_sale` boolean not null,
  `old_crm_lead_id` bigint null,
  `new_crm_lead_id` bigint not null,
  `old_company_id` bigint unsigned null,
  `new_company_id` bigint unsigned not null,
  `old_created_date` datetime(6) null,
  `new_created_date` datetime(6) not null,
  primary key (`batch_number`, `load_id`, `order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of orders: change_kind inserted or updated';

create table gear.`changes_leads` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `crm_lead_id` bigint unsigned not null,
  `change_kind` varchar(8) not null,
  `old_prod_id` bigint unsigned null,
  `new_prod_id` bigint unsigned not null,
  `old_prod_quote_price` decimal(15,4) null,
  `new_prod_quote_price` decimal(15,4) not null,
  `old_quote_value` decimal(15,4) null,
  `new_quote_value` decimal(15,4) not null,
  `old_is_lead_sale` boolean null,
  `new_is_lead_sale` boolean not null,
  `old_order_id` bigint unsigned null,
  `new_order_id` bigint unsigned null,
  `old_customer_id` bigint unsigned null,
  `new_customer_id` bigint unsigned not null,
  `old_company_id` bigint unsigned null,
  `new_company_id` bigint unsigned not null,
  `old_created_date` datetime(6) null,
  `new_created_date` datetime(6) not null,
  primary key (`batch_number`, `load_id`, `crm_lead_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of leads: change_kind inserted or updated';

create table gear.`changes_company_versions` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `company_id` bigint unsigned not null,
  `delivery_date` date not null,
  `change_kind` varchar(8) not null,
  `old_company_name` mediumtext null,
  `new_company_name` mediumtext not null,
  primary key (`batch_number`, `load_id`, `company_id`, `delivery_date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of company_versions: change_kind inserted or updated';

create table gear.`changes_customer_versions` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `customer_id` bigint unsigned not null,
  `delivery_date` date not null,
  `change_kind` varchar(8) not null,
  `old_full_name` mediumtext null,
  `new_full_name` mediumtext not null,
  `old_dob` date null,
  `new_dob` date not null,
  `old_user_name` mediumtext null,
  `new_user_name` mediumtext not null,
  `old_email` mediumtext null,
  `new_email` mediumtext not null,
  `old_most_freq_city` mediumtext null,
  `new_most_freq_city` mediumtext not null,
  `old_most_freq_cntry` char(3) null,
  `new_most_freq_cntry` char(3) not null,
  primary key (`batch_number`, `load_id`, `customer_id`, `delivery_date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of customer_versions: change_kind inserted or updated';

create table gear.`changes_product_versions` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `prod_id` bigint unsigned not null,
  `delivery_date` date not null,
  `change_kind` varchar(8) not null,
  `old_prod_name` mediumtext null,
  `new_prod_name` mediumtext null,
  `old_prod_unit_price` decimal(15,4) null,
  `new_prod_unit_price` decimal(15,4) not null,
  `old_prod_currency_code` char(3) null,
  `new_prod_currency_code` char(3) not null,
  `old_supplier_id` bigint unsigned null,
  `new_supplier_id` bigint unsigned not null,
  primary key (`batch_number`, `load_id`, `prod_id`, `delivery_date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of product_versions: change_kind inserted or updated';

create table gear.`changes_order_versions` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `order_id` bigint unsigned not null,
  `delivery_date` date not null,
  `change_kind` varchar(8) not null,
  `old_prod_id` bigint unsigned null,
  `new_prod_id` bigint unsigned not null,
  `old_customer_id` bigint unsigned null,
  `new_customer_id` bigint unsigned not null,
  `old_prod_quote_price` decimal(15,4) null,
  `new_prod_quote_price` decimal(15,4) not null,
  `old_is_lead_sale` boolean null,
  `new_is_lead_sale` boolean not null,
  `old_crm_lead_id` bigint null,
  `new_crm_lead_id` bigint not null,
  `old_company_id` bigint unsigned null,
  `new_company_id` bigint unsigned not null,
  `old_created_date` datetime(6) null,
  `new_created_date` datetime(6) not null,
  primary key (`batch_number`, `load_id`, `order_id`, `delivery_date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of order_versions: change_kind inserted or updated';

create table gear.`order_spans` (
  `order_id` bigint unsigned not null,
  `delivery_date` date not null,
  `holds_until` date not null,
  `prod_id` bigint unsigned not null,
  `customer_id` bigint unsigned not null,
  `prod_quote_price` decimal(15,4) not null,
  `is_lead_sale` boolean not null,
  `crm_lead_id` bigint not null,
  `company_id` bigint unsigned not null,
  `created_date` datetime(6) not null,
  primary key (`order_id`, `delivery_date`),
  key `by_customer_id` (`customer_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Every version of an order with the dates that it holds for: from delivery_date to holds_until, both included. What is as of a date is one range of it, where else each version would be compared with the later ones of its order.';

create table gear.`affected_order_spans` (
  `order_id` bigint unsigned not null,
  primary key (`order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of gear.order_spans that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create or replace view gear.recent_changes as
select 'b2b' as pipeline, 'init_companies' as feed, 'companies' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`company_id`) as business_key, b.committed_at
from gear.`changes_companies` c
join gear.batches b on b.pipeline = 'b2b' and b.feed = 'init_companies' and b.batch_number = c.batch_number
union all
select 'b2b' as pipeline, 'init_customers' as feed, 'customers' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`customer_id`) as business_key, b.committed_at
from gear.`changes_customers` c
join gear.batches b on b.pipeline = 'b2b' and b.feed = 'init_customers' and b.batch_number = c.batch_number
union all
select 'b2b' as pipeline, 'init_products' as feed, 'products' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`prod_id`) as business_key, b.committed_at
from gear.`changes_products` c
join gear.batches b on b.pipeline = 'b2b' and b.feed = 'init_products' and b.batch_number = c.batch_number
union all
select 'b2b' as pipeline, 'init_orders' as feed, 'orders' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`order_id`) as business_key, b.committed_at
from gear.`changes_orders` c
join gear.batches b on b.pipeline = 'b2b' and b.feed = 'init_orders' and b.batch_number = c.batch_number
union all
select 'b2b' as pipeline, 'init_orders' as feed, 'leads' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`crm_lead_id`) as business_key, b.committed_at
from gear.`changes_leads` c
join gear.batches b on b.pipeline = 'b2b' and b.feed = 'init_orders' and b.batch_number = c.batch_number
union all
select 'b2b' as pipeline, 'init_companies' as feed, 'company_versions' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`company_id`, c.`delivery_date`) as business_key, b.committed_at
from gear.`changes_company_versions` c
join gear.batches b on b.pipeline = 'b2b' and b.feed = 'init_companies' and b.batch_number = c.batch_number
union all
select 'b2b' as pipeline, 'init_customers' as feed, 'customer_versions' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`customer_id`, c.`delivery_date`) as business_key, b.committed_at
from gear.`changes_customer_versions` c
join gear.batches b on b.pipeline = 'b2b' and b.feed = 'init_customers' and b.batch_number = c.batch_number
union all
select 'b2b' as pipeline, 'init_products' as feed, 'product_versions' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`prod_id`, c.`delivery_date`) as business_key, b.committed_at
from gear.`changes_product_versions` c
join gear.batches b on b.pipeline = 'b2b' and b.feed = 'init_products' and b.batch_number = c.batch_number
union all
select 'b2b' as pipeline, 'init_orders' as feed, 'order_versions' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`order_id`, c.`delivery_date`) as business_key, b.committed_at
from gear.`changes_order_versions` c
join gear.batches b on b.pipeline = 'b2b' and b.feed = 'init_orders' and b.batch_number = c.batch_number;
