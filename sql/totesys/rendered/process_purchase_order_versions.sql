-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `purchase_order_id`, `last_updated_key` from bulk.`purchase_order_versions` order by `purchase_order_id` desc, `last_updated_key` desc limit 1) highest where (highest.`purchase_order_id`, highest.`last_updated_key`) >= (typed.`purchase_order_id`, typed.`last_updated_key`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`purchase_order_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`purchase_order_id` as binary), length(s.`purchase_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`purchase_order_id`) using ascii) as unsigned) as `purchase_order_id`,
    coalesce(if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))), cast('0001-01-01 00:00:00' as datetime(6))) as `last_updated_key`
  from staging.`purchase_order` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`purchase_order` where load_id = ?;

select `purchase_order_id`, `last_updated_key`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`purchase_order_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`purchase_order_id` as binary), length(s.`purchase_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`purchase_order_id`) using ascii) as unsigned) as `purchase_order_id`,
    coalesce(if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))), cast('0001-01-01 00:00:00' as datetime(6))) as `last_updated_key`
  from staging.`purchase_order` s
  where s.load_id = ?
) typed
order by `purchase_order_id`, `last_updated_key` limit 1
into @strata_lowest_1, @strata_lowest_2;

select not exists (select 1 from (select `purchase_order_id`, `last_updated_key` from bulk.`purchase_order_versions` order by `purchase_order_id` desc, `last_updated_key` desc limit 1) highest where (highest.`purchase_order_id`, highest.`last_updated_key`) >= (@strata_lowest_1, cast(@strata_lowest_2 as datetime(6)))) as above;

insert into bulk.`purchase_order_versions`
  (`purchase_order_id`, `last_updated_key`, `last_updated`, `source_created_at`, `staff_id`, `counterparty_id`, `item_code`, `item_quantity`, `item_unit_price`, `currency_id`, `agreed_delivery_date`, `agreed_payment_date`, `agreed_delivery_location_id`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`purchase_order_id`, typed.`last_updated_key`, typed.`last_updated`, typed.`source_created_at`, typed.`staff_id`, typed.`counterparty_id`, typed.`item_code`, typed.`item_quantity`, typed.`item_unit_price`, typed.`currency_id`, typed.`agreed_delivery_date`, typed.`agreed_payment_date`, typed.`agreed_delivery_location_id`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`purchase_order_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`purchase_order_id` as binary), length(s.`purchase_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`purchase_order_id`) using ascii) as unsigned) as `purchase_order_id`,
    coalesce(if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))), cast('0001-01-01 00:00:00' as datetime(6))) as `last_updated_key`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    cast(convert(if(s.padded or length(s.`staff_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`staff_id` as binary), length(s.`staff_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`staff_id`) using ascii) as unsigned) as `staff_id`,
    cast(convert(if(s.padded or length(s.`counterparty_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`counterparty_id` as binary), length(s.`counterparty_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`counterparty_id`) using ascii) as unsigned) as `counterparty_id`,
    if(s.`item_code` is null, null, s.`item_code`) as `item_code`,
    cast(convert(if(s.padded or length(s.`item_quantity`) > 60, concat(if(locate('-', s.`item_quantity`) > 0, '-', ''), concat('0', trim(leading '0' from convert(replace(convert(substring(cast(s.`item_quantity` as binary), length(s.`item_quantity`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`item_quantity` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`item_quantity` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), '-', '') using ascii)))), s.`item_quantity`) using ascii) as signed) as `item_quantity`,
    cast(convert(if(s.padded or length(s.`item_unit_price`) > 60, concat(if(locate('-', s.`item_unit_price`) > 0, '-', ''), concat('0', trim(leading '0' from convert(replace(convert(substring(cast(s.`item_unit_price` as binary), length(s.`item_unit_price`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`item_unit_price` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`item_unit_price` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), '-', '') using ascii)))), s.`item_unit_price`) using ascii) as decimal(10,2)) as `item_unit_price`,
    cast(convert(if(s.padded or length(s.`currency_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`currency_id` as binary), length(s.`currency_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`currency_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`currency_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`currency_id`) using ascii) as unsigned) as `currency_id`,
    if(coalesce(length(s.`agreed_delivery_date`), 0) = 0, null, str_to_date(convert(if(s.padded, convert(substring(cast(s.`agreed_delivery_date` as binary), length(s.`agreed_delivery_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`agreed_delivery_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`agreed_delivery_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`agreed_delivery_date`) using ascii), '%Y-%m-%d')) as `agreed_delivery_date`,
    if(coalesce(length(s.`agreed_payment_date`), 0) = 0, null, str_to_date(convert(if(s.padded, convert(substring(cast(s.`agreed_payment_date` as binary), length(s.`agreed_payment_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`agreed_payment_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`agreed_payment_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`agreed_payment_date`) using ascii), '%Y-%m-%d')) as `agreed_payment_date`,
    cast(convert(if(s.padded or length(s.`agreed_delivery_location_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`agreed_delivery_location_id` as binary), length(s.`agreed_delivery_location_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`agreed_delivery_location_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`agreed_delivery_location_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`agreed_delivery_location_id`) using ascii) as unsigned) as `agreed_delivery_location_id`
  from staging.`purchase_order` s
  where s.load_id = ?
) typed
where true
on duplicate key update `last_updated` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`last_updated`, bulk.`purchase_order_versions`.`last_updated`),
  `source_created_at` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`source_created_at`, bulk.`purchase_order_versions`.`source_created_at`),
  `staff_id` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`staff_id`, bulk.`purchase_order_versions`.`staff_id`),
  `counterparty_id` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`counterparty_id`, bulk.`purchase_order_versions`.`counterparty_id`),
  `item_code` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`item_code`, bulk.`purchase_order_versions`.`item_code`),
  `item_quantity` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`item_quantity`, bulk.`purchase_order_versions`.`item_quantity`),
  `item_unit_price` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`item_unit_price`, bulk.`purchase_order_versions`.`item_unit_price`),
  `currency_id` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`currency_id`, bulk.`purchase_order_versions`.`currency_id`),
  `agreed_delivery_date` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`agreed_delivery_date`, bulk.`purchase_order_versions`.`agreed_delivery_date`),
  `agreed_payment_date` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`agreed_payment_date`, bulk.`purchase_order_versions`.`agreed_payment_date`),
  `agreed_delivery_location_id` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`agreed_delivery_location_id`, bulk.`purchase_order_versions`.`agreed_delivery_location_id`),
  `row_offset` = if(typed.row_offset > bulk.`purchase_order_versions`.row_offset, typed.`row_offset`, bulk.`purchase_order_versions`.`row_offset`);

insert into gear.`changes_purchase_order_versions`
  (`batch_number`, `load_id`, `purchase_order_id`, `last_updated_key`, `change_kind`, `old_last_updated`, `new_last_updated`, `old_source_created_at`, `new_source_created_at`, `old_staff_id`, `new_staff_id`, `old_counterparty_id`, `new_counterparty_id`, `old_item_code`, `new_item_code`, `old_item_quantity`, `new_item_quantity`, `old_item_unit_price`, `new_item_unit_price`, `old_currency_id`, `new_currency_id`, `old_agreed_delivery_date`, `new_agreed_delivery_date`, `old_agreed_payment_date`, `new_agreed_payment_date`, `old_agreed_delivery_location_id`, `new_agreed_delivery_location_id`)
select ?, b.load_id, b.`purchase_order_id`, b.`last_updated_key`, 'inserted', null, b.`last_updated`, null, b.`source_created_at`, null, b.`staff_id`, null, b.`counterparty_id`, null, b.`item_code`, null, b.`item_quantity`, null, b.`item_unit_price`, null, b.`currency_id`, null, b.`agreed_delivery_date`, null, b.`agreed_payment_date`, null, b.`agreed_delivery_location_id`
from bulk.`purchase_order_versions` b
where b.`purchase_order_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`purchase_order_id`, b.`last_updated_key`;

create temporary table gear.`work_purchase_order_versions` (
  load_id bigint unsigned not null,
  `purchase_order_id` int unsigned not null,
  `last_updated_key` datetime(6) not null,
  `last_updated` datetime(6) null,
  `source_created_at` datetime(6) null,
  `staff_id` int unsigned null,
  `counterparty_id` int unsigned null,
  `item_code` mediumtext null,
  `item_quantity` int null,
  `item_unit_price` decimal(10,2) null,
  `currency_id` int unsigned null,
  `agreed_delivery_date` date null,
  `agreed_payment_date` date null,
  `agreed_delivery_location_id` int unsigned null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `purchase_order_id`, `last_updated_key`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_purchase_order_versions` (load_id, `purchase_order_id`, `last_updated_key`, `last_updated`, `source_created_at`, `staff_id`, `counterparty_id`, `item_code`, `item_quantity`, `item_unit_price`, `currency_id`, `agreed_delivery_date`, `agreed_payment_date`, `agreed_delivery_location_id`, row_offset, copies, is_outdated)
select load_id, `purchase_order_id`, `last_updated_key`, `last_updated`, `source_created_at`, `staff_id`, `counterparty_id`, `item_code`, `item_quantity`, `item_unit_price`, `currency_id`, `agreed_delivery_date`, `agreed_payment_date`, `agreed_delivery_location_id`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`purchase_order_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`purchase_order_id` as binary), length(s.`purchase_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`purchase_order_id`) using ascii) as unsigned) as `purchase_order_id`,
    coalesce(if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))), cast('0001-01-01 00:00:00' as datetime(6))) as `last_updated_key`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    cast(convert(if(s.padded or length(s.`staff_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`staff_id` as binary), length(s.`staff_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`staff_id`) using ascii) as unsigned) as `staff_id`,
    cast(convert(if(s.padded or length(s.`counterparty_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`counterparty_id` as binary), length(s.`counterparty_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`counterparty_id`) using ascii) as unsigned) as `counterparty_id`,
    if(s.`item_code` is null, null, s.`item_code`) as `item_code`,
    cast(convert(if(s.padded or length(s.`item_quantity`) > 60, concat(if(locate('-', s.`item_quantity`) > 0, '-', ''), concat('0', trim(leading '0' from convert(replace(convert(substring(cast(s.`item_quantity` as binary), length(s.`item_quantity`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`item_quantity` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`item_quantity` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), '-', '') using ascii)))), s.`item_quantity`) using ascii) as signed) as `item_quantity`,
    cast(convert(if(s.padded or length(s.`item_unit_price`) > 60, concat(if(locate('-', s.`item_unit_price`) > 0, '-', ''), concat('0', trim(leading '0' from convert(replace(convert(substring(cast(s.`item_unit_price` as binary), length(s.`item_unit_price`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`item_unit_price` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`item_unit_price` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), '-', '') using ascii)))), s.`item_unit_price`) using ascii) as decimal(10,2)) as `item_unit_price`,
    cast(convert(if(s.padded or length(s.`currency_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`currency_id` as binary), length(s.`currency_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`currency_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`currency_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`currency_id`) using ascii) as unsigned) as `currency_id`,
    if(coalesce(length(s.`agreed_delivery_date`), 0) = 0, null, str_to_date(convert(if(s.padded, convert(substring(cast(s.`agreed_delivery_date` as binary), length(s.`agreed_delivery_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`agreed_delivery_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`agreed_delivery_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`agreed_delivery_date`) using ascii), '%Y-%m-%d')) as `agreed_delivery_date`,
    if(coalesce(length(s.`agreed_payment_date`), 0) = 0, null, str_to_date(convert(if(s.padded, convert(substring(cast(s.`agreed_payment_date` as binary), length(s.`agreed_payment_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`agreed_payment_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`agreed_payment_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`agreed_payment_date`) using ascii), '%Y-%m-%d')) as `agreed_payment_date`,
    cast(convert(if(s.padded or length(s.`agreed_delivery_location_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`agreed_delivery_location_id` as binary), length(s.`agreed_delivery_location_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`agreed_delivery_location_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`agreed_delivery_location_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`agreed_delivery_location_id`) using ascii) as unsigned) as `agreed_delivery_location_id`
  from gear.loads l
  join staging.`purchase_order` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `last_updated` = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.`last_updated`, gear.`work_purchase_order_versions`.`last_updated`),
  `source_created_at` = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.`source_created_at`, gear.`work_purchase_order_versions`.`source_created_at`),
  `staff_id` = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.`staff_id`, gear.`work_purchase_order_versions`.`staff_id`),
  `counterparty_id` = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.`counterparty_id`, gear.`work_purchase_order_versions`.`counterparty_id`),
  `item_code` = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.`item_code`, gear.`work_purchase_order_versions`.`item_code`),
  `item_quantity` = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.`item_quantity`, gear.`work_purchase_order_versions`.`item_quantity`),
  `item_unit_price` = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.`item_unit_price`, gear.`work_purchase_order_versions`.`item_unit_price`),
  `currency_id` = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.`currency_id`, gear.`work_purchase_order_versions`.`currency_id`),
  `agreed_delivery_date` = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.`agreed_delivery_date`, gear.`work_purchase_order_versions`.`agreed_delivery_date`),
  `agreed_payment_date` = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.`agreed_payment_date`, gear.`work_purchase_order_versions`.`agreed_payment_date`),
  `agreed_delivery_location_id` = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.`agreed_delivery_location_id`, gear.`work_purchase_order_versions`.`agreed_delivery_location_id`),
  copies = gear.`work_purchase_order_versions`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_purchase_order_versions`.row_offset, typed.row_offset, gear.`work_purchase_order_versions`.row_offset);

update gear.`work_purchase_order_versions` w
straight_join bulk.`purchase_order_versions` b on b.`purchase_order_id` = w.`purchase_order_id` and b.`last_updated_key` = w.`last_updated_key`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_purchase_order_versions`
  (`batch_number`, `load_id`, `purchase_order_id`, `last_updated_key`, `change_kind`, `old_last_updated`, `new_last_updated`, `old_source_created_at`, `new_source_created_at`, `old_staff_id`, `new_staff_id`, `old_counterparty_id`, `new_counterparty_id`, `old_item_code`, `new_item_code`, `old_item_quantity`, `new_item_quantity`, `old_item_unit_price`, `new_item_unit_price`, `old_currency_id`, `new_currency_id`, `old_agreed_delivery_date`, `new_agreed_delivery_date`, `old_agreed_payment_date`, `new_agreed_payment_date`, `old_agreed_delivery_location_id`, `new_agreed_delivery_location_id`)
select ?, w.load_id, w.`purchase_order_id`, w.`last_updated_key`, if(b.load_id is null, 'inserted', 'updated'), b.`last_updated`, w.`last_updated`, b.`source_created_at`, w.`source_created_at`, b.`staff_id`, w.`staff_id`, b.`counterparty_id`, w.`counterparty_id`, b.`item_code`, w.`item_code`, b.`item_quantity`, w.`item_quantity`, b.`item_unit_price`, w.`item_unit_price`, b.`currency_id`, w.`currency_id`, b.`agreed_delivery_date`, w.`agreed_delivery_date`, b.`agreed_payment_date`, w.`agreed_payment_date`, b.`agreed_delivery_location_id`, w.`agreed_delivery_location_id`
from gear.`work_purchase_order_versions` w
left join bulk.`purchase_order_versions` b on b.`purchase_order_id` = w.`purchase_order_id` and b.`last_updated_key` = w.`last_updated_key`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`last_updated` <=> w.`last_updated`) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`staff_id` <=> w.`staff_id`) or not (b.`counterparty_id` <=> w.`counterparty_id`) or not (cast(b.`item_code` as binary) <=> cast(w.`item_code` as binary)) or not (b.`item_quantity` <=> w.`item_quantity`) or not (b.`item_unit_price` <=> w.`item_unit_price`) or not (b.`currency_id` <=> w.`currency_id`) or not (b.`agreed_delivery_date` <=> w.`agreed_delivery_date`) or not (b.`agreed_payment_date` <=> w.`agreed_payment_date`) or not (b.`agreed_delivery_location_id` <=> w.`agreed_delivery_location_id`))
order by w.`purchase_order_id`, w.`last_updated_key`;

insert into bulk.`purchase_order_versions`
  (`purchase_order_id`, `last_updated_key`, `last_updated`, `source_created_at`, `staff_id`, `counterparty_id`, `item_code`, `item_quantity`, `item_unit_price`, `currency_id`, `agreed_delivery_date`, `agreed_payment_date`, `agreed_delivery_location_id`, `load_id`, `row_offset`, created_at, updated_at)
select w.`purchase_order_id`, w.`last_updated_key`, w.`last_updated`, w.`source_created_at`, w.`staff_id`, w.`counterparty_id`, w.`item_code`, w.`item_quantity`, w.`item_unit_price`, w.`currency_id`, w.`agreed_delivery_date`, w.`agreed_payment_date`, w.`agreed_delivery_location_id`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_purchase_order_versions` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`purchase_order_id`, w.`last_updated_key`
on duplicate key update updated_at = if(bulk.`purchase_order_versions`.`last_updated` <=> w.`last_updated` and bulk.`purchase_order_versions`.`source_created_at` <=> w.`source_created_at` and bulk.`purchase_order_versions`.`staff_id` <=> w.`staff_id` and bulk.`purchase_order_versions`.`counterparty_id` <=> w.`counterparty_id` and cast(bulk.`purchase_order_versions`.`item_code` as binary) <=> cast(w.`item_code` as binary) and bulk.`purchase_order_versions`.`item_quantity` <=> w.`item_quantity` and bulk.`purchase_order_versions`.`item_unit_price` <=> w.`item_unit_price` and bulk.`purchase_order_versions`.`currency_id` <=> w.`currency_id` and bulk.`purchase_order_versions`.`agreed_delivery_date` <=> w.`agreed_delivery_date` and bulk.`purchase_order_versions`.`agreed_payment_date` <=> w.`agreed_payment_date` and bulk.`purchase_order_versions`.`agreed_delivery_location_id` <=> w.`agreed_delivery_location_id`, bulk.`purchase_order_versions`.updated_at, l.load_datetime),
  `last_updated` = w.`last_updated`,
  `source_created_at` = w.`source_created_at`,
  `staff_id` = w.`staff_id`,
  `counterparty_id` = w.`counterparty_id`,
  `item_code` = w.`item_code`,
  `item_quantity` = w.`item_quantity`,
  `item_unit_price` = w.`item_unit_price`,
  `currency_id` = w.`currency_id`,
  `agreed_delivery_date` = w.`agreed_delivery_date`,
  `agreed_payment_date` = w.`agreed_payment_date`,
  `agreed_delivery_location_id` = w.`agreed_delivery_location_id`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'purchase_order_versions',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_purchase_order_versions` w on w.load_id = l.load_id
left join bulk.`purchase_order_versions` b on b.`purchase_order_id` = w.`purchase_order_id` and b.`last_updated_key` = w.`last_updated_key` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`purchase_order_id`, w.`last_updated_key` order by l.load_datetime) as earlier
  from gear.`work_purchase_order_versions` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_purchase_order_versions`
  (`batch_number`, `load_id`, `purchase_order_id`, `last_updated_key`, `change_kind`, `old_last_updated`, `new_last_updated`, `old_source_created_at`, `new_source_created_at`, `old_staff_id`, `new_staff_id`, `old_counterparty_id`, `new_counterparty_id`, `old_item_code`, `new_item_code`, `old_item_quantity`, `new_item_quantity`, `old_item_unit_price`, `new_item_unit_price`, `old_currency_id`, `new_currency_id`, `old_agreed_delivery_date`, `new_agreed_delivery_date`, `old_agreed_payment_date`, `new_agreed_payment_date`, `old_agreed_delivery_location_id`, `new_agreed_delivery_location_id`)
select ?, w.load_id, w.`purchase_order_id`, w.`last_updated_key`, if(b.load_id is null, 'inserted', 'updated'), b.`last_updated`, w.`last_updated`, b.`source_created_at`, w.`source_created_at`, b.`staff_id`, w.`staff_id`, b.`counterparty_id`, w.`counterparty_id`, b.`item_code`, w.`item_code`, b.`item_quantity`, w.`item_quantity`, b.`item_unit_price`, w.`item_unit_price`, b.`currency_id`, w.`currency_id`, b.`agreed_delivery_date`, w.`agreed_delivery_date`, b.`agreed_payment_date`, w.`agreed_payment_date`, b.`agreed_delivery_location_id`, w.`agreed_delivery_location_id`
from gear.loads l
straight_join gear.`work_purchase_order_versions` w on w.load_id = l.load_id
left join bulk.`purchase_order_versions` b on b.`purchase_order_id` = w.`purchase_order_id` and b.`last_updated_key` = w.`last_updated_key`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`last_updated` <=> w.`last_updated`) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`staff_id` <=> w.`staff_id`) or not (b.`counterparty_id` <=> w.`counterparty_id`) or not (cast(b.`item_code` as binary) <=> cast(w.`item_code` as binary)) or not (b.`item_quantity` <=> w.`item_quantity`) or not (b.`item_unit_price` <=> w.`item_unit_price`) or not (b.`currency_id` <=> w.`currency_id`) or not (b.`agreed_delivery_date` <=> w.`agreed_delivery_date`) or not (b.`agreed_payment_date` <=> w.`agreed_payment_date`) or not (b.`agreed_delivery_location_id` <=> w.`agreed_delivery_location_id`))
order by w.`load_id`, w.`purchase_order_id`, w.`last_updated_key`;

insert into bulk.`purchase_order_versions`
  (`purchase_order_id`, `last_updated_key`, `last_updated`, `source_created_at`, `staff_id`, `counterparty_id`, `item_code`, `item_quantity`, `item_unit_price`, `currency_id`, `agreed_delivery_date`, `agreed_payment_date`, `agreed_delivery_location_id`, `load_id`, `row_offset`, created_at, updated_at)
select w.`purchase_order_id`, w.`last_updated_key`, w.`last_updated`, w.`source_created_at`, w.`staff_id`, w.`counterparty_id`, w.`item_code`, w.`item_quantity`, w.`item_unit_price`, w.`currency_id`, w.`agreed_delivery_date`, w.`agreed_payment_date`, w.`agreed_delivery_location_id`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_purchase_order_versions` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`purchase_order_id`, w.`last_updated_key`
on duplicate key update updated_at = if(bulk.`purchase_order_versions`.`last_updated` <=> w.`last_updated` and bulk.`purchase_order_versions`.`source_created_at` <=> w.`source_created_at` and bulk.`purchase_order_versions`.`staff_id` <=> w.`staff_id` and bulk.`purchase_order_versions`.`counterparty_id` <=> w.`counterparty_id` and cast(bulk.`purchase_order_versions`.`item_code` as binary) <=> cast(w.`item_code` as binary) and bulk.`purchase_order_versions`.`item_quantity` <=> w.`item_quantity` and bulk.`purchase_order_versions`.`item_unit_price` <=> w.`item_unit_price` and bulk.`purchase_order_versions`.`currency_id` <=> w.`currency_id` and bulk.`purchase_order_versions`.`agreed_delivery_date` <=> w.`agreed_delivery_date` and bulk.`purchase_order_versions`.`agreed_payment_date` <=> w.`agreed_payment_date` and bulk.`purchase_order_versions`.`agreed_delivery_location_id` <=> w.`agreed_delivery_location_id`, bulk.`purchase_order_versions`.updated_at, l.load_datetime),
  `last_updated` = w.`last_updated`,
  `source_created_at` = w.`source_created_at`,
  `staff_id` = w.`staff_id`,
  `counterparty_id` = w.`counterparty_id`,
  `item_code` = w.`item_code`,
  `item_quantity` = w.`item_quantity`,
  `item_unit_price` = w.`item_unit_price`,
  `currency_id` = w.`currency_id`,
  `agreed_delivery_date` = w.`agreed_delivery_date`,
  `agreed_payment_date` = w.`agreed_payment_date`,
  `agreed_delivery_location_id` = w.`agreed_delivery_location_id`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'purchase_order_versions',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_purchase_order_versions` w on w.load_id = l.load_id
left join bulk.`purchase_order_versions` b on b.`purchase_order_id` = w.`purchase_order_id` and b.`last_updated_key` = w.`last_updated_key` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

insert into gear.`ids_purchase_order_versions` (`purchase_record_id`, `purchase_order_id`, `last_updated_key`)
select (select coalesce(max(`purchase_record_id`), 0) from gear.`ids_purchase_order_versions`) + row_number() over (order by n.load_datetime, n.row_offset), n.`purchase_order_id`, n.`last_updated_key`
from (
  select l.load_datetime, b.row_offset, b.`purchase_order_id`, b.`last_updated_key`
  from gear.loads l
  straight_join gear.`changes_purchase_order_versions` c on c.batch_number = l.batch_number and c.load_id = l.load_id
  straight_join bulk.`purchase_order_versions` b on b.`purchase_order_id` = c.`purchase_order_id` and b.`last_updated_key` = c.`last_updated_key`
  left join gear.`ids_purchase_order_versions` known on known.`purchase_order_id` = c.`purchase_order_id` and known.`last_updated_key` = c.`last_updated_key`
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and c.change_kind = 'inserted' and known.`purchase_record_id` is null
) n;

insert into gear.`fact_dates` (`date_number`, `date_id`)
with names as (
  select distinct cast(c.`new_source_created_at` as date) as name
  from gear.`changes_purchase_order_versions` c
  left join gear.`fact_dates` known on known.`date_id` = cast(c.`new_source_created_at` as date)
  where c.batch_number = ? and known.`date_number` is null and cast(c.`new_source_created_at` as date) is not null
)
select (select coalesce(max(`date_number`), 0) from gear.`fact_dates`) + row_number() over (order by name), name
from names;

insert into gear.`fact_dates` (`date_number`, `date_id`)
with names as (
  select distinct cast(c.`new_last_updated` as date) as name
  from gear.`changes_purchase_order_versions` c
  left join gear.`fact_dates` known on known.`date_id` = cast(c.`new_last_updated` as date)
  where c.batch_number = ? and known.`date_number` is null and cast(c.`new_last_updated` as date) is not null
)
select (select coalesce(max(`date_number`), 0) from gear.`fact_dates`) + row_number() over (order by name), name
from names;

insert into gear.`fact_dates` (`date_number`, `date_id`)
with names as (
  select distinct c.`new_agreed_delivery_date` as name
  from gear.`changes_purchase_order_versions` c
  left join gear.`fact_dates` known on known.`date_id` = c.`new_agreed_delivery_date`
  where c.batch_number = ? and known.`date_number` is null and c.`new_agreed_delivery_date` is not null
)
select (select coalesce(max(`date_number`), 0) from gear.`fact_dates`) + row_number() over (order by name), name
from names;

insert into gear.`fact_dates` (`date_number`, `date_id`)
with names as (
  select distinct c.`new_agreed_payment_date` as name
  from gear.`changes_purchase_order_versions` c
  left join gear.`fact_dates` known on known.`date_id` = c.`new_agreed_payment_date`
  where c.batch_number = ? and known.`date_number` is null and c.`new_agreed_payment_date` is not null
)
select (select coalesce(max(`date_number`), 0) from gear.`fact_dates`) + row_number() over (order by name), name
from names;

drop temporary table if exists gear.`work_purchase_order_versions`;
