-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table gear.`changes_sales_order` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `sales_order_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_design_id` int unsigned null,
  `new_design_id` int unsigned not null,
  `old_staff_id` int unsigned null,
  `new_staff_id` int unsigned not null,
  `old_counterparty_id` int unsigned null,
  `new_counterparty_id` int unsigned not null,
  `old_units_sold` int null,
  `new_units_sold` int not null,
  `old_unit_price` decimal(10,2) null,
  `new_unit_price` decimal(10,2) not null,
  `old_currency_id` int unsigned null,
  `new_currency_id` int unsigned not null,
  `old_agreed_delivery_date` date null,
  `new_agreed_delivery_date` date null,
  `old_agreed_payment_date` date null,
  `new_agreed_payment_date` date null,
  `old_agreed_delivery_location_id` int unsigned null,
  `new_agreed_delivery_location_id` int unsigned not null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  primary key (`batch_number`, `load_id`, `sales_order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of sales_order: change_kind inserted or updated';

create table gear.`changes_sales_order_versions` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `sales_order_id` int unsigned not null,
  `last_updated_key` datetime(6) not null,
  `change_kind` varchar(8) not null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_design_id` int unsigned null,
  `new_design_id` int unsigned not null,
  `old_staff_id` int unsigned null,
  `new_staff_id` int unsigned not null,
  `old_counterparty_id` int unsigned null,
  `new_counterparty_id` int unsigned not null,
  `old_units_sold` int null,
  `new_units_sold` int not null,
  `old_unit_price` decimal(10,2) null,
  `new_unit_price` decimal(10,2) not null,
  `old_currency_id` int unsigned null,
  `new_currency_id` int unsigned not null,
  `old_agreed_delivery_date` date null,
  `new_agreed_delivery_date` date null,
  `old_agreed_payment_date` date null,
  `new_agreed_payment_date` date null,
  `old_agreed_delivery_location_id` int unsigned null,
  `new_agreed_delivery_location_id` int unsigned not null,
  primary key (`batch_number`, `load_id`, `sales_order_id`, `last_updated_key`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of sales_order_versions: change_kind inserted or updated';

create table gear.`changes_purchase_order` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `purchase_order_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_staff_id` int unsigned null,
  `new_staff_id` int unsigned not null,
  `old_counterparty_id` int unsigned null,
  `new_counterparty_id` int unsigned not null,
  `old_item_code` mediumtext null,
  `new_item_code` mediumtext null,
  `old_item_quantity` int null,
  `new_item_quantity` int not null,
  `old_item_unit_price` decimal(10,2) null,
  `new_item_unit_price` decimal(10,2) not null,
  `old_currency_id` int unsigned null,
  `new_currency_id` int unsigned not null,
  `old_agreed_delivery_date` date null,
  `new_agreed_delivery_date` date null,
  `old_agreed_payment_date` date null,
  `new_agreed_payment_date` date null,
  `old_agreed_delivery_location_id` int unsigned null,
  `new_agreed_delivery_location_id` int unsigned not null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  primary key (`batch_number`, `load_id`, `purchase_order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of purchase_order: change_kind inserted or updated';

create table gear.`changes_purchase_order_versions` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `purchase_order_id` int unsigned not null,
  `last_updated_key` datetime(6) not null,
  `change_kind` varchar(8) not null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_staff_id` int unsigned null,
  `new_staff_id` int unsigned not null,
  `old_counterparty_id` int unsigned null,
  `new_counterparty_id` int unsigned not null,
  `old_item_code` mediumtext null,
  `new_item_code` mediumtext null,
  `old_item_quantity` int null,
  `new_item_quantity` int not null,
  `old_item_unit_price` decimal(10,2) null,
  `new_item_unit_price` decimal(10,2) not null,
  `old_currency_id` int unsigned null,
  `new_currency_id` int unsigned not null,
  `old_agreed_delivery_date` date null,
  `new_agreed_delivery_date` date null,
  `old_agreed_payment_date` date null,
  `new_agreed_payment_date` date null,
  `old_agreed_delivery_location_id` int unsigned null,
  `new_agreed_delivery_location_id` int unsigned not null,
  primary key (`batch_number`, `load_id`, `purchase_order_id`, `last_updated_key`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of purchase_order_versions: change_kind inserted or updated';

create table gear.`changes_payment` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `payment_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_transaction_id` int unsigned null,
  `new_transaction_id` int unsigned not null,
  `old_counterparty_id` int unsigned null,
  `new_counterparty_id` int unsigned not null,
  `old_payment_amount` decimal(10,2) null,
  `new_payment_amount` decimal(10,2) not null,
  `old_currency_id` int unsigned null,
  `new_currency_id` int unsigned not null,
  `old_payment_type_id` int unsigned null,
  `new_payment_type_id` int unsigned not null,
  `old_paid` boolean null,
  `new_paid` boolean not null,
  `old_payment_date` date null,
  `new_payment_date` date null,
  `old_company_ac_number` mediumtext null,
  `new_company_ac_number` mediumtext null,
  `old_counterparty_ac_number` mediumtext null,
  `new_counterparty_ac_number` mediumtext null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  primary key (`batch_number`, `load_id`, `payment_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of payment: change_kind inserted or updated';

create table gear.`changes_payment_versions` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `payment_id` int unsigned not null,
  `last_updated_key` datetime(6) not null,
  `change_kind` varchar(8) not null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_transaction_id` int unsigned null,
  `new_transaction_id` int unsigned not null,
  `old_counterparty_id` int unsigned null,
  `new_counterparty_id` int unsigned not null,
  `old_payment_amount` decimal(10,2) null,
  `new_payment_amount` decimal(10,2) not null,
  `old_currency_id` int unsigned null,
  `new_currency_id` int unsigned not null,
  `old_payment_type_id` int unsigned null,
  `new_payment_type_id` int unsigned not null,
  `old_paid` boolean null,
  `new_paid` boolean not null,
  `old_payment_date` date null,
  `new_payment_date` date null,
  `old_company_ac_number` mediumtext null,
  `new_company_ac_number` mediumtext null,
  `old_counterparty_ac_number` mediumtext null,
  `new_counterparty_ac_number` mediumtext null,
  primary key (`batch_number`, `load_id`, `payment_id`, `last_updated_key`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of payment_versions: change_kind inserted or updated';

create table gear.`changes_transaction` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `transaction_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_transaction_type` mediumtext null,
  `new_transaction_type` mediumtext null,
  `old_sales_order_id` int unsigned null,
  `new_sales_order_id` int unsigned null,
  `old_purchase_order_id` int unsigned null,
  `new_purchase_order_id` int unsigned null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  primary key (`batch_number`, `load_id`, `transaction_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of transaction: change_kind inserted or updated';

create table gear.`changes_counterparty` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `counterparty_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_counterparty_legal_name` mediumtext null,
  `new_counterparty_legal_name` mediumtext null,
  `old_legal_address_id` int unsigned null,
  `new_legal_address_id` int unsigned not null,
  `old_commercial_contact` mediumtext null,
  `new_commercial_contact` mediumtext null,
  `old_delivery_contact` mediumtext null,
  `new_delivery_contact` mediumtext null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  primary key (`batch_number`, `load_id`, `counterparty_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of counterparty: change_kind inserted or updated';

create table gear.`changes_address` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `address_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_address_line_1` mediumtext null,
  `new_address_line_1` mediumtext null,
  `old_address_line_2` mediumtext null,
  `new_address_line_2` mediumtext null,
  `old_district` mediumtext null,
  `new_district` mediumtext null,
  `old_city` mediumtext null,
  `new_city` mediumtext null,
  `old_postal_code` mediumtext null,
  `new_postal_code` mediumtext null,
  `old_country` mediumtext null,
  `new_country` mediumtext null,
  `old_phone` mediumtext null,
  `new_phone` mediumtext null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  primary key (`batch_number`, `load_id`, `address_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of address: change_kind inserted or updated';

create table gear.`changes_staff` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `staff_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_first_name` mediumtext null,
  `new_first_name` mediumtext null,
  `old_last_name` mediumtext null,
  `new_last_name` mediumtext null,
  `old_department_id` int unsigned null,
  `new_department_id` int unsigned not null,
  `old_email_address` mediumtext null,
  `new_email_address` mediumtext null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  primary key (`batch_number`, `load_id`, `staff_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of staff: change_kind inserted or updated';

create table gear.`changes_department` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `department_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_department_name` mediumtext null,
  `new_department_name` mediumtext null,
  `old_location` mediumtext null,
  `new_location` mediumtext null,
  `old_manager` mediumtext null,
  `new_manager` mediumtext null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  primary key (`batch_number`, `load_id`, `department_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of department: change_kind inserted or updated';

create table gear.`changes_design` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `design_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_design_name` mediumtext null,
  `new_design_name` mediumtext null,
  `old_file_location` mediumtext null,
  `new_file_location` mediumtext null,
  `old_file_name` mediumtext null,
  `new_file_name` mediumtext null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  primary key (`batch_number`, `load_id`, `design_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of design: change_kind inserted or updated';

create table gear.`changes_payment_type` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `payment_type_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_payment_type_name` mediumtext null,
  `new_payment_type_name` mediumtext null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  primary key (`batch_number`, `load_id`, `payment_type_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of payment_type: change_kind inserted or updated';

create table gear.`changes_fx_rates` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `rate_date` date not null,
  `base_code` char(3) not null,
  `currency_code` char(3) not null,
  `change_kind` varchar(8) not null,
  `old_rate` decimal(18,8) null,
  `new_rate` decimal(18,8) not null,
  primary key (`batch_number`, `load_id`, `rate_date`, `base_code`, `currency_code`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of fx_rates: change_kind inserted or updated';

create table gear.`changes_currency` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `currency_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_currency_code` mediumtext null,
  `new_currency_code` mediumtext null,
  `old_currency_name` mediumtext null,
  `new_currency_name` mediumtext null,
  `old_source_created_at` datetime(6) null,
  `new_source_created_at` datetime(6) null,
  `old_last_updated` datetime(6) null,
  `new_last_updated` datetime(6) null,
  primary key (`batch_number`, `load_id`, `currency_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of currency: change_kind inserted or updated';

create table gear.`ids_sales_order_versions` (
  `sales_record_id` int unsigned not null,
  `sales_order_id` int unsigned not null,
  `last_updated_key` datetime(6) not null,
  primary key (`sales_record_id`),
  unique key `by_key` (`sales_order_id`, `last_updated_key`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'ids of sales_order_versions, in the order in which its keys were first delivered';

create table gear.`ids_purchase_order_versions` (
  `purchase_record_id` int unsigned not null,
  `purchase_order_id` int unsigned not null,
  `last_updated_key` datetime(6) not null,
  primary key (`purchase_record_id`),
  unique key `by_key` (`purchase_order_id`, `last_updated_key`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'ids of purchase_order_versions, in the order in which its keys were first delivered';

create table gear.`ids_payment_versions` (
  `payment_record_id` int unsigned not null,
  `payment_id` int unsigned not null,
  `last_updated_key` datetime(6) not null,
  primary key (`payment_record_id`),
  unique key `by_key` (`payment_id`, `last_updated_key`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'ids of payment_versions, in the order in which its keys were first delivered';

create table gear.`fact_dates` (
  `date_number` int unsigned not null,
  `date_id` date not null,
  primary key (`date_number`),
  unique key `by_value` (`date_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'ids of date_id';

create table gear.`affected_fact_payment` (
  `payment_record_id` int unsigned not null,
  primary key (`payment_record_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.fact_payment that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_newest_payment` (
  `payment_id` int unsigned not null,
  primary key (`payment_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.newest_payment that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_fact_purchase_orders` (
  `purchase_record_id` int unsigned not null,
  primary key (`purchase_record_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.fact_purchase_orders that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_newest_purchase_orders` (
  `purchase_order_id` int unsigned not null,
  primary key (`purchase_order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.newest_purchase_orders that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_fact_sales_order` (
  `sales_record_id` int unsigned not null,
  primary key (`sales_record_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.fact_sales_order that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_newest_sales_order` (
  `sales_order_id` int unsigned not null,
  primary key (`sales_order_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.newest_sales_order that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_dim_counterparty` (
  `counterparty_id` int unsigned not null,
  primary key (`counterparty_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.dim_counterparty that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_dim_currency` (
  `currency_id` int unsigned not null,
  primary key (`currency_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.dim_currency that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_dim_date` (
  `date_id` date not null,
  primary key (`date_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.dim_date that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_dim_design` (
  `design_id` int unsigned not null,
  primary key (`design_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.dim_design that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_dim_location` (
  `location_id` int unsigned not null,
  primary key (`location_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.dim_location that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_dim_payment_type` (
  `payment_type_id` int unsigned not null,
  primary key (`payment_type_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.dim_payment_type that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_dim_staff` (
  `staff_id` int unsigned not null,
  primary key (`staff_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.dim_staff that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_dim_transaction` (
  `transaction_id` int unsigned not null,
  primary key (`transaction_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.dim_transaction that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_fx_rates` (
  `date` date not null,
  `base` varchar(3) not null,
  `currency` varchar(3) not null,
  primary key (`date`, `base`, `currency`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.fx_rates that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create or replace view gear.recent_changes as
select 'totesys' as pipeline, 'sales_order' as feed, 'sales_order' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`sales_order_id`) as business_key, b.committed_at
from gear.`changes_sales_order` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'sales_order' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'sales_order' as feed, 'sales_order_versions' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`sales_order_id`, c.`last_updated_key`) as business_key, b.committed_at
from gear.`changes_sales_order_versions` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'sales_order' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'purchase_order' as feed, 'purchase_order' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`purchase_order_id`) as business_key, b.committed_at
from gear.`changes_purchase_order` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'purchase_order' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'purchase_order' as feed, 'purchase_order_versions' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`purchase_order_id`, c.`last_updated_key`) as business_key, b.committed_at
from gear.`changes_purchase_order_versions` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'purchase_order' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'payment' as feed, 'payment' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`payment_id`) as business_key, b.committed_at
from gear.`changes_payment` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'payment' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'payment' as feed, 'payment_versions' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`payment_id`, c.`last_updated_key`) as business_key, b.committed_at
from gear.`changes_payment_versions` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'payment' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'transaction' as feed, 'transaction' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`transaction_id`) as business_key, b.committed_at
from gear.`changes_transaction` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'transaction' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'counterparty' as feed, 'counterparty' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`counterparty_id`) as business_key, b.committed_at
from gear.`changes_counterparty` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'counterparty' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'address' as feed, 'address' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`address_id`) as business_key, b.committed_at
from gear.`changes_address` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'address' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'staff' as feed, 'staff' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`staff_id`) as business_key, b.committed_at
from gear.`changes_staff` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'staff' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'department' as feed, 'department' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`department_id`) as business_key, b.committed_at
from gear.`changes_department` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'department' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'design' as feed, 'design' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`design_id`) as business_key, b.committed_at
from gear.`changes_design` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'design' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'payment_type' as feed, 'payment_type' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`payment_type_id`) as business_key, b.committed_at
from gear.`changes_payment_type` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'payment_type' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'fx_rates' as feed, 'fx_rates' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`rate_date`, c.`base_code`, c.`currency_code`) as business_key, b.committed_at
from gear.`changes_fx_rates` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'fx_rates' and b.batch_number = c.batch_number
union all
select 'totesys' as pipeline, 'currency' as feed, 'currency' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`currency_id`) as business_key, b.committed_at
from gear.`changes_currency` c
join gear.batches b on b.pipeline = 'totesys' and b.feed = 'currency' and b.batch_number = c.batch_number;
