-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `payment_id`, `last_updated_key` from bulk.`payment_versions` order by `payment_id` desc, `last_updated_key` desc limit 1) highest where (highest.`payment_id`, highest.`last_updated_key`) >= (typed.`payment_id`, typed.`last_updated_key`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`payment_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`payment_id` as binary), length(s.`payment_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`payment_id`) using ascii) as unsigned) as `payment_id`,
    coalesce(if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))), cast('0001-01-01 00:00:00' as datetime(6))) as `last_updated_key`
  from staging.`payment` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`payment` where load_id = ?;

select `payment_id`, `last_updated_key`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`payment_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`payment_id` as binary), length(s.`payment_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`payment_id`) using ascii) as unsigned) as `payment_id`,
    coalesce(if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))), cast('0001-01-01 00:00:00' as datetime(6))) as `last_updated_key`
  from staging.`payment` s
  where s.load_id = ?
) typed
order by `payment_id`, `last_updated_key` limit 1
into @strata_lowest_1, @strata_lowest_2;

select not exists (select 1 from (select `payment_id`, `last_updated_key` from bulk.`payment_versions` order by `payment_id` desc, `last_updated_key` desc limit 1) highest where (highest.`payment_id`, highest.`last_updated_key`) >= (@strata_lowest_1, cast(@strata_lowest_2 as datetime(6)))) as above;

insert into bulk.`payment_versions`
  (`payment_id`, `last_updated_key`, `last_updated`, `source_created_at`, `transaction_id`, `counterparty_id`, `payment_amount`, `currency_id`, `payment_type_id`, `paid`, `payment_date`, `company_ac_number`, `counterparty_ac_number`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`payment_id`, typed.`last_updated_key`, typed.`last_updated`, typed.`source_created_at`, typed.`transaction_id`, typed.`counterparty_id`, typed.`payment_amount`, typed.`currency_id`, typed.`payment_type_id`, typed.`paid`, typed.`payment_date`, typed.`company_ac_number`, typed.`counterparty_ac_number`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`payment_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`payment_id` as binary), length(s.`payment_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`payment_id`) using ascii) as unsigned) as `payment_id`,
    coalesce(if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))), cast('0001-01-01 00:00:00' as datetime(6))) as `last_updated_key`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    cast(convert(if(s.padded or length(s.`transaction_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`transaction_id` as binary), length(s.`transaction_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`transaction_id`) using ascii) as unsigned) as `transaction_id`,
    cast(convert(if(s.padded or length(s.`counterparty_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`counterparty_id` as binary), length(s.`counterparty_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`counterparty_id`) using ascii) as unsigned) as `counterparty_id`,
    cast(convert(if(s.padded or length(s.`payment_amount`) > 60, concat(if(locate('-', s.`payment_amount`) > 0, '-', ''), concat('0', trim(leading '0' from convert(replace(convert(substring(cast(s.`payment_amount` as binary), length(s.`payment_amount`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_amount` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_amount` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), '-', '') using ascii)))), s.`payment_amount`) using ascii) as decimal(10,2)) as `payment_amount`,
    cast(convert(if(s.padded or length(s.`currency_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`currency_id` as binary), length(s.`currency_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`currency_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`currency_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`currency_id`) using ascii) as unsigned) as `currency_id`,
    cast(convert(if(s.padded or length(s.`payment_type_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`payment_type_id` as binary), length(s.`payment_type_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`payment_type_id`) using ascii) as unsigned) as `payment_type_id`,
    if(lower(if(s.padded, convert(substring(cast(s.`paid` as binary), length(s.`paid`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`paid` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`paid` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`paid`)) in ('t'), true, false) as `paid`,
    if(coalesce(length(s.`payment_date`), 0) = 0, null, str_to_date(convert(if(s.padded, convert(substring(cast(s.`payment_date` as binary), length(s.`payment_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`payment_date`) using ascii), '%Y-%m-%d')) as `payment_date`,
    if(s.`company_ac_number` is null, null, s.`company_ac_number`) as `company_ac_number`,
    if(s.`counterparty_ac_number` is null, null, s.`counterparty_ac_number`) as `counterparty_ac_number`
  from staging.`payment` s
  where s.load_id = ?
) typed
where true
on duplicate key update `last_updated` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`last_updated`, bulk.`payment_versions`.`last_updated`),
  `source_created_at` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`source_created_at`, bulk.`payment_versions`.`source_created_at`),
  `transaction_id` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`transaction_id`, bulk.`payment_versions`.`transaction_id`),
  `counterparty_id` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`counterparty_id`, bulk.`payment_versions`.`counterparty_id`),
  `payment_amount` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`payment_amount`, bulk.`payment_versions`.`payment_amount`),
  `currency_id` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`currency_id`, bulk.`payment_versions`.`currency_id`),
  `payment_type_id` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`payment_type_id`, bulk.`payment_versions`.`payment_type_id`),
  `paid` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`paid`, bulk.`payment_versions`.`paid`),
  `payment_date` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`payment_date`, bulk.`payment_versions`.`payment_date`),
  `company_ac_number` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`company_ac_number`, bulk.`payment_versions`.`company_ac_number`),
  `counterparty_ac_number` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`counterparty_ac_number`, bulk.`payment_versions`.`counterparty_ac_number`),
  `row_offset` = if(typed.row_offset > bulk.`payment_versions`.row_offset, typed.`row_offset`, bulk.`payment_versions`.`row_offset`);

insert into gear.`changes_payment_versions`
  (`batch_number`, `load_id`, `payment_id`, `last_updated_key`, `change_kind`, `old_last_updated`, `new_last_updated`, `old_source_created_at`, `new_source_created_at`, `old_transaction_id`, `new_transaction_id`, `old_counterparty_id`, `new_counterparty_id`, `old_payment_amount`, `new_payment_amount`, `old_currency_id`, `new_currency_id`, `old_payment_type_id`, `new_payment_type_id`, `old_paid`, `new_paid`, `old_payment_date`, `new_payment_date`, `old_company_ac_number`, `new_company_ac_number`, `old_counterparty_ac_number`, `new_counterparty_ac_number`)
select ?, b.load_id, b.`payment_id`, b.`last_updated_key`, 'inserted', null, b.`last_updated`, null, b.`source_created_at`, null, b.`transaction_id`, null, b.`counterparty_id`, null, b.`payment_amount`, null, b.`currency_id`, null, b.`payment_type_id`, null, b.`paid`, null, b.`payment_date`, null, b.`company_ac_number`, null, b.`counterparty_ac_number`
from bulk.`payment_versions` b
where b.`payment_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`payment_id`, b.`last_updated_key`;

create temporary table gear.`work_payment_versions` (
  load_id bigint unsigned not null,
  `payment_id` int unsigned not null,
  `last_updated_key` datetime(6) not null,
  `last_updated` datetime(6) null,
  `source_created_at` datetime(6) null,
  `transaction_id` int unsigned null,
  `counterparty_id` int unsigned null,
  `payment_amount` decimal(10,2) null,
  `currency_id` int unsigned null,
  `payment_type_id` int unsigned null,
  `paid` boolean null,
  `payment_date` date null,
  `company_ac_number` mediumtext null,
  `counterparty_ac_number` mediumtext null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `payment_id`, `last_updated_key`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_payment_versions` (load_id, `payment_id`, `last_updated_key`, `last_updated`, `source_created_at`, `transaction_id`, `counterparty_id`, `payment_amount`, `currency_id`, `payment_type_id`, `paid`, `payment_date`, `company_ac_number`, `counterparty_ac_number`, row_offset, copies, is_outdated)
select load_id, `payment_id`, `last_updated_key`, `last_updated`, `source_created_at`, `transaction_id`, `counterparty_id`, `payment_amount`, `currency_id`, `payment_type_id`, `paid`, `payment_date`, `company_ac_number`, `counterparty_ac_number`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`payment_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`payment_id` as binary), length(s.`payment_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`payment_id`) using ascii) as unsigned) as `payment_id`,
    coalesce(if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))), cast('0001-01-01 00:00:00' as datetime(6))) as `last_updated_key`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    cast(convert(if(s.padded or length(s.`transaction_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`transaction_id` as binary), length(s.`transaction_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`transaction_id`) using ascii) as unsigned) as `transaction_id`,
    cast(convert(if(s.padded or length(s.`counterparty_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`counterparty_id` as binary), length(s.`counterparty_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`counterparty_id`) using ascii) as unsigned) as `counterparty_id`,
    cast(convert(if(s.padded or length(s.`payment_amount`) > 60, concat(if(locate('-', s.`payment_amount`) > 0, '-', ''), concat('0', trim(leading '0' from convert(replace(convert(substring(cast(s.`payment_amount` as binary), length(s.`payment_amount`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_amount` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_amount` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), '-', '') using ascii)))), s.`payment_amount`) using ascii) as decimal(10,2)) as `payment_amount`,
    cast(convert(if(s.padded or length(s.`currency_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`currency_id` as binary), length(s.`currency_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`currency_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`currency_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`currency_id`) using ascii) as unsigned) as `currency_id`,
    cast(convert(if(s.padded or length(s.`payment_type_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`payment_type_id` as binary), length(s.`payment_type_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`payment_type_id`) using ascii) as unsigned) as `payment_type_id`,
    if(lower(if(s.padded, convert(substring(cast(s.`paid` as binary), length(s.`paid`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`paid` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`paid` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`paid`)) in ('t'), true, false) as `paid`,
    if(coalesce(length(s.`payment_date`), 0) = 0, null, str_to_date(convert(if(s.padded, convert(substring(cast(s.`payment_date` as binary), length(s.`payment_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`payment_date`) using ascii), '%Y-%m-%d')) as `payment_date`,
    if(s.`company_ac_number` is null, null, s.`company_ac_number`) as `company_ac_number`,
    if(s.`counterparty_ac_number` is null, null, s.`counterparty_ac_number`) as `counterparty_ac_number`
  from gear.loads l
  join staging.`payment` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `last_updated` = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.`last_updated`, gear.`work_payment_versions`.`last_updated`),
  `source_created_at` = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.`source_created_at`, gear.`work_payment_versions`.`source_created_at`),
  `transaction_id` = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.`transaction_id`, gear.`work_payment_versions`.`transaction_id`),
  `counterparty_id` = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.`counterparty_id`, gear.`work_payment_versions`.`counterparty_id`),
  `payment_amount` = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.`payment_amount`, gear.`work_payment_versions`.`payment_amount`),
  `currency_id` = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.`currency_id`, gear.`work_payment_versions`.`currency_id`),
  `payment_type_id` = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.`payment_type_id`, gear.`work_payment_versions`.`payment_type_id`),
  `paid` = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.`paid`, gear.`work_payment_versions`.`paid`),
  `payment_date` = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.`payment_date`, gear.`work_payment_versions`.`payment_date`),
  `company_ac_number` = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.`company_ac_number`, gear.`work_payment_versions`.`company_ac_number`),
  `counterparty_ac_number` = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.`counterparty_ac_number`, gear.`work_payment_versions`.`counterparty_ac_number`),
  copies = gear.`work_payment_versions`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_payment_versions`.row_offset, typed.row_offset, gear.`work_payment_versions`.row_offset);

update gear.`work_payment_versions` w
straight_join bulk.`payment_versions` b on b.`payment_id` = w.`payment_id` and b.`last_updated_key` = w.`last_updated_key`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_payment_versions`
  (`batch_number`, `load_id`, `payment_id`, `last_updated_key`, `change_kind`, `old_last_updated`, `new_last_updated`, `old_source_created_at`, `new_source_created_at`, `old_transaction_id`, `new_transaction_id`, `old_counterparty_id`, `new_counterparty_id`, `old_payment_amount`, `new_payment_amount`, `old_currency_id`, `new_currency_id`, `old_payment_type_id`, `new_payment_type_id`, `old_paid`, `new_paid`, `old_payment_date`, `new_payment_date`, `old_company_ac_number`, `new_company_ac_number`, `old_counterparty_ac_number`, `new_counterparty_ac_number`)
select ?, w.load_id, w.`payment_id`, w.`last_updated_key`, if(b.load_id is null, 'inserted', 'updated'), b.`last_updated`, w.`last_updated`, b.`source_created_at`, w.`source_created_at`, b.`transaction_id`, w.`transaction_id`, b.`counterparty_id`, w.`counterparty_id`, b.`payment_amount`, w.`payment_amount`, b.`currency_id`, w.`currency_id`, b.`payment_type_id`, w.`payment_type_id`, b.`paid`, w.`paid`, b.`payment_date`, w.`payment_date`, b.`company_ac_number`, w.`company_ac_number`, b.`counterparty_ac_number`, w.`counterparty_ac_number`
from gear.`work_payment_versions` w
left join bulk.`payment_versions` b on b.`payment_id` = w.`payment_id` and b.`last_updated_key` = w.`last_updated_key`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`last_updated` <=> w.`last_updated`) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`transaction_id` <=> w.`transaction_id`) or not (b.`counterparty_id` <=> w.`counterparty_id`) or not (b.`payment_amount` <=> w.`payment_amount`) or not (b.`currency_id` <=> w.`currency_id`) or not (b.`payment_type_id` <=> w.`payment_type_id`) or not (b.`paid` <=> w.`paid`) or not (b.`payment_date` <=> w.`payment_date`) or not (cast(b.`company_ac_number` as binary) <=> cast(w.`company_ac_number` as binary)) or not (cast(b.`counterparty_ac_number` as binary) <=> cast(w.`counterparty_ac_number` as binary)))
order by w.`payment_id`, w.`last_updated_key`;

insert into bulk.`payment_versions`
  (`payment_id`, `last_updated_key`, `last_updated`, `source_created_at`, `transaction_id`, `counterparty_id`, `payment_amount`, `currency_id`, `payment_type_id`, `paid`, `payment_date`, `company_ac_number`, `counterparty_ac_number`, `load_id`, `row_offset`, created_at, updated_at)
select w.`payment_id`, w.`last_updated_key`, w.`last_updated`, w.`source_created_at`, w.`transaction_id`, w.`counterparty_id`, w.`payment_amount`, w.`currency_id`, w.`payment_type_id`, w.`paid`, w.`payment_date`, w.`company_ac_number`, w.`counterparty_ac_number`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_payment_versions` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`payment_id`, w.`last_updated_key`
on duplicate key update updated_at = if(bulk.`payment_versions`.`last_updated` <=> w.`last_updated` and bulk.`payment_versions`.`source_created_at` <=> w.`source_created_at` and bulk.`payment_versions`.`transaction_id` <=> w.`transaction_id` and bulk.`payment_versions`.`counterparty_id` <=> w.`counterparty_id` and bulk.`payment_versions`.`payment_amount` <=> w.`payment_amount` and bulk.`payment_versions`.`currency_id` <=> w.`currency_id` and bulk.`payment_versions`.`payment_type_id` <=> w.`payment_type_id` and bulk.`payment_versions`.`paid` <=> w.`paid` and bulk.`payment_versions`.`payment_date` <=> w.`payment_date` and cast(bulk.`payment_versions`.`company_ac_number` as binary) <=> cast(w.`company_ac_number` as binary) and cast(bulk.`payment_versions`.`counterparty_ac_number` as binary) <=> cast(w.`counterparty_ac_number` as binary), bulk.`payment_versions`.updated_at, l.load_datetime),
  `last_updated` = w.`last_updated`,
  `source_created_at` = w.`source_created_at`,
  `transaction_id` = w.`transaction_id`,
  `counterparty_id` = w.`counterparty_id`,
  `payment_amount` = w.`payment_amount`,
  `currency_id` = w.`currency_id`,
  `payment_type_id` = w.`payment_type_id`,
  `paid` = w.`paid`,
  `payment_date` = w.`payment_date`,
  `company_ac_number` = w.`company_ac_number`,
  `counterparty_ac_number` = w.`counterparty_ac_number`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'payment_versions',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_payment_versions` w on w.load_id = l.load_id
left join bulk.`payment_versions` b on b.`payment_id` = w.`payment_id` and b.`last_updated_key` = w.`last_updated_key` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`payment_id`, w.`last_updated_key` order by l.load_datetime) as earlier
  from gear.`work_payment_versions` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_payment_versions`
  (`batch_number`, `load_id`, `payment_id`, `last_updated_key`, `change_kind`, `old_last_updated`, `new_last_updated`, `old_source_created_at`, `new_source_created_at`, `old_transaction_id`, `new_transaction_id`, `old_counterparty_id`, `new_counterparty_id`, `old_payment_amount`, `new_payment_amount`, `old_currency_id`, `new_currency_id`, `old_payment_type_id`, `new_payment_type_id`, `old_paid`, `new_paid`, `old_payment_date`, `new_payment_date`, `old_company_ac_number`, `new_company_ac_number`, `old_counterparty_ac_number`, `new_counterparty_ac_number`)
select ?, w.load_id, w.`payment_id`, w.`last_updated_key`, if(b.load_id is null, 'inserted', 'updated'), b.`last_updated`, w.`last_updated`, b.`source_created_at`, w.`source_created_at`, b.`transaction_id`, w.`transaction_id`, b.`counterparty_id`, w.`counterparty_id`, b.`payment_amount`, w.`payment_amount`, b.`currency_id`, w.`currency_id`, b.`payment_type_id`, w.`payment_type_id`, b.`paid`, w.`paid`, b.`payment_date`, w.`payment_date`, b.`company_ac_number`, w.`company_ac_number`, b.`counterparty_ac_number`, w.`counterparty_ac_number`
from gear.loads l
straight_join gear.`work_payment_versions` w on w.load_id = l.load_id
left join bulk.`payment_versions` b on b.`payment_id` = w.`payment_id` and b.`last_updated_key` = w.`last_updated_key`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`last_updated` <=> w.`last_updated`) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`transaction_id` <=> w.`transaction_id`) or not (b.`counterparty_id` <=> w.`counterparty_id`) or not (b.`payment_amount` <=> w.`payment_amount`) or not (b.`currency_id` <=> w.`currency_id`) or not (b.`payment_type_id` <=> w.`payment_type_id`) or not (b.`paid` <=> w.`paid`) or not (b.`payment_date` <=> w.`payment_date`) or not (cast(b.`company_ac_number` as binary) <=> cast(w.`company_ac_number` as binary)) or not (cast(b.`counterparty_ac_number` as binary) <=> cast(w.`counterparty_ac_number` as binary)))
order by w.`load_id`, w.`payment_id`, w.`last_updated_key`;

insert into bulk.`payment_versions`
  (`payment_id`, `last_updated_key`, `last_updated`, `source_created_at`, `transaction_id`, `counterparty_id`, `payment_amount`, `currency_id`, `payment_type_id`, `paid`, `payment_date`, `company_ac_number`, `counterparty_ac_number`, `load_id`, `row_offset`, created_at, updated_at)
select w.`payment_id`, w.`last_updated_key`, w.`last_updated`, w.`source_created_at`, w.`transaction_id`, w.`counterparty_id`, w.`payment_amount`, w.`currency_id`, w.`payment_type_id`, w.`paid`, w.`payment_date`, w.`company_ac_number`, w.`counterparty_ac_number`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_payment_versions` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`payment_id`, w.`last_updated_key`
on duplicate key update updated_at = if(bulk.`payment_versions`.`last_updated` <=> w.`last_updated` and bulk.`payment_versions`.`source_created_at` <=> w.`source_created_at` and bulk.`payment_versions`.`transaction_id` <=> w.`transaction_id` and bulk.`payment_versions`.`counterparty_id` <=> w.`counterparty_id` and bulk.`payment_versions`.`payment_amount` <=> w.`payment_amount` and bulk.`payment_versions`.`currency_id` <=> w.`currency_id` and bulk.`payment_versions`.`payment_type_id` <=> w.`payment_type_id` and bulk.`payment_versions`.`paid` <=> w.`paid` and bulk.`payment_versions`.`payment_date` <=> w.`payment_date` and cast(bulk.`payment_versions`.`company_ac_number` as binary) <=> cast(w.`company_ac_number` as binary) and cast(bulk.`payment_versions`.`counterparty_ac_number` as binary) <=> cast(w.`counterparty_ac_number` as binary), bulk.`payment_versions`.updated_at, l.load_datetime),
  `last_updated` = w.`last_updated`,
  `source_created_at` = w.`source_created_at`,
  `transaction_id` = w.`transaction_id`,
  `counterparty_id` = w.`counterparty_id`,
  `payment_amount` = w.`payment_amount`,
  `currency_id` = w.`currency_id`,
  `payment_type_id` = w.`payment_type_id`,
  `paid` = w.`paid`,
  `payment_date` = w.`payment_date`,
  `company_ac_number` = w.`company_ac_number`,
  `counterparty_ac_number` = w.`counterparty_ac_number`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'payment_versions',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_payment_versions` w on w.load_id = l.load_id
left join bulk.`payment_versions` b on b.`payment_id` = w.`payment_id` and b.`last_updated_key` = w.`last_updated_key` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

insert into gear.`ids_payment_versions` (`payment_record_id`, `payment_id`, `last_updated_key`)
select (select coalesce(max(`payment_record_id`), 0) from gear.`ids_payment_versions`) + row_number() over (order by n.load_datetime, n.row_offset), n.`payment_id`, n.`last_updated_key`
from (
  select l.load_datetime, b.row_offset, b.`payment_id`, b.`last_updated_key`
  from gear.loads l
  straight_join gear.`changes_payment_versions` c on c.batch_number = l.batch_number and c.load_id = l.load_id
  straight_join bulk.`payment_versions` b on b.`payment_id` = c.`payment_id` and b.`last_updated_key` = c.`last_updated_key`
  left join gear.`ids_payment_versions` known on known.`payment_id` = c.`payment_id` and known.`last_updated_key` = c.`last_updated_key`
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and c.change_kind = 'inserted' and known.`payment_record_id` is null
) n;

insert into gear.`fact_dates` (`date_number`, `date_id`)
with names as (
  select distinct cast(c.`new_source_created_at` as date) as name
  from gear.`changes_payment_versions` c
  left join gear.`fact_dates` known on known.`date_id` = cast(c.`new_source_created_at` as date)
  where c.batch_number = ? and known.`date_number` is null and cast(c.`new_source_created_at` as date) is not null
)
select (select coalesce(max(`date_number`), 0) from gear.`fact_dates`) + row_number() over (order by name), name
from names;

insert into gear.`fact_dates` (`date_number`, `date_id`)
with names as (
  select distinct cast(c.`new_last_updated` as date) as name
  from gear.`changes_payment_versions` c
  left join gear.`fact_dates` known on known.`date_id` = cast(c.`new_last_updated` as date)
  where c.batch_number = ? and known.`date_number` is null and cast(c.`new_last_updated` as date) is not null
)
select (select coalesce(max(`date_number`), 0) from gear.`fact_dates`) + row_number() over (order by name), name
from names;

insert into gear.`fact_dates` (`date_number`, `date_id`)
with names as (
  select distinct c.`new_payment_date` as name
  from gear.`changes_payment_versions` c
  left join gear.`fact_dates` known on known.`date_id` = c.`new_payment_date`
  where c.batch_number = ? and known.`date_number` is null and c.`new_payment_date` is not null
)
select (select coalesce(max(`date_number`), 0) from gear.`fact_dates`) + row_number() over (order by name), name
from names;

drop temporary table if exists gear.`work_payment_versions`;
