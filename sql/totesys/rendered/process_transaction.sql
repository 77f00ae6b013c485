-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `transaction_id` from bulk.`transaction` order by `transaction_id` desc limit 1) highest where (highest.`transaction_id`) >= (typed.`transaction_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`transaction_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`transaction_id` as binary), length(s.`transaction_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`transaction_id`) using ascii) as unsigned) as `transaction_id`
  from staging.`transaction` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`transaction` where load_id = ?;

select `transaction_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`transaction_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`transaction_id` as binary), length(s.`transaction_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`transaction_id`) using ascii) as unsigned) as `transaction_id`
  from staging.`transaction` s
  where s.load_id = ?
) typed
order by `transaction_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `transaction_id` from bulk.`transaction` order by `transaction_id` desc limit 1) highest where (highest.`transaction_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`transaction`
  (`transaction_id`, `transaction_type`, `sales_order_id`, `purchase_order_id`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`transaction_id`, typed.`transaction_type`, typed.`sales_order_id`, typed.`purchase_order_id`, typed.`source_created_at`, typed.`last_updated`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`transaction_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`transaction_id` as binary), length(s.`transaction_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`transaction_id`) using ascii) as unsigned) as `transaction_id`,
    if(s.`transaction_type` is null, null, s.`transaction_type`) as `transaction_type`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`sales_order_id` as binary), length(s.`sales_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`sales_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`sales_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`sales_order_id`)), 0) = 0, null, cast(convert(if(s.padded or length(s.`sales_order_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`sales_order_id` as binary), length(s.`sales_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`sales_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`sales_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`sales_order_id`) using ascii) as unsigned)) as `sales_order_id`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`purchase_order_id` as binary), length(s.`purchase_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`purchase_order_id`)), 0) = 0, null, cast(convert(if(s.padded or length(s.`purchase_order_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`purchase_order_id` as binary), length(s.`purchase_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`purchase_order_id`) using ascii) as unsigned)) as `purchase_order_id`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from staging.`transaction` s
  where s.load_id = ?
) typed
where true
on duplicate key update `transaction_type` = if(typed.row_offset > bulk.`transaction`.row_offset, typed.`transaction_type`, bulk.`transaction`.`transaction_type`),
  `sales_order_id` = if(typed.row_offset > bulk.`transaction`.row_offset, typed.`sales_order_id`, bulk.`transaction`.`sales_order_id`),
  `purchase_order_id` = if(typed.row_offset > bulk.`transaction`.row_offset, typed.`purchase_order_id`, bulk.`transaction`.`purchase_order_id`),
  `source_created_at` = if(typed.row_offset > bulk.`transaction`.row_offset, typed.`source_created_at`, bulk.`transaction`.`source_created_at`),
  `last_updated` = if(typed.row_offset > bulk.`transaction`.row_offset, typed.`last_updated`, bulk.`transaction`.`last_updated`),
  `row_offset` = if(typed.row_offset > bulk.`transaction`.row_offset, typed.`row_offset`, bulk.`transaction`.`row_offset`);

insert into gear.`changes_transaction`
  (`batch_number`, `load_id`, `transaction_id`, `change_kind`, `old_transaction_type`, `new_transaction_type`, `old_sales_order_id`, `new_sales_order_id`, `old_purchase_order_id`, `new_purchase_order_id`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, b.load_id, b.`transaction_id`, 'inserted', null, b.`transaction_type`, null, b.`sales_order_id`, null, b.`purchase_order_id`, null, b.`source_created_at`, null, b.`last_updated`
from bulk.`transaction` b
where b.`transaction_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`transaction_id`;

create temporary table gear.`work_transaction` (
  load_id bigint unsigned not null,
  `transaction_id` int unsigned not null,
  `transaction_type` mediumtext null,
  `sales_order_id` int unsigned null,
  `purchase_order_id` int unsigned null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `transaction_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_transaction` (load_id, `transaction_id`, `transaction_type`, `sales_order_id`, `purchase_order_id`, `source_created_at`, `last_updated`, row_offset, copies, is_outdated)
select load_id, `transaction_id`, `transaction_type`, `sales_order_id`, `purchase_order_id`, `source_created_at`, `last_updated`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`transaction_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`transaction_id` as binary), length(s.`transaction_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`transaction_id`) using ascii) as unsigned) as `transaction_id`,
    if(s.`transaction_type` is null, null, s.`transaction_type`) as `transaction_type`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`sales_order_id` as binary), length(s.`sales_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`sales_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`sales_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`sales_order_id`)), 0) = 0, null, cast(convert(if(s.padded or length(s.`sales_order_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`sales_order_id` as binary), length(s.`sales_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`sales_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`sales_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`sales_order_id`) using ascii) as unsigned)) as `sales_order_id`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`purchase_order_id` as binary), length(s.`purchase_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`purchase_order_id`)), 0) = 0, null, cast(convert(if(s.padded or length(s.`purchase_order_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`purchase_order_id` as binary), length(s.`purchase_order_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`purchase_order_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`purchase_order_id`) using ascii) as unsigned)) as `purchase_order_id`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from gear.loads l
  join staging.`transaction` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `transaction_type` = if(typed.row_offset >= gear.`work_transaction`.row_offset, typed.`transaction_type`, gear.`work_transaction`.`transaction_type`),
  `sales_order_id` = if(typed.row_offset >= gear.`work_transaction`.row_offset, typed.`sales_order_id`, gear.`work_transaction`.`sales_order_id`),
  `purchase_order_id` = if(typed.row_offset >= gear.`work_transaction`.row_offset, typed.`purchase_order_id`, gear.`work_transaction`.`purchase_order_id`),
  `source_created_at` = if(typed.row_offset >= gear.`work_transaction`.row_offset, typed.`source_created_at`, gear.`work_transaction`.`source_created_at`),
  `last_updated` = if(typed.row_offset >= gear.`work_transaction`.row_offset, typed.`last_updated`, gear.`work_transaction`.`last_updated`),
  copies = gear.`work_transaction`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_transaction`.row_offset, typed.row_offset, gear.`work_transaction`.row_offset);

update gear.`work_transaction` w
straight_join bulk.`transaction` b on b.`transaction_id` = w.`transaction_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_transaction`
  (`batch_number`, `load_id`, `transaction_id`, `change_kind`, `old_transaction_type`, `new_transaction_type`, `old_sales_order_id`, `new_sales_order_id`, `old_purchase_order_id`, `new_purchase_order_id`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`transaction_id`, if(b.load_id is null, 'inserted', 'updated'), b.`transaction_type`, w.`transaction_type`, b.`sales_order_id`, w.`sales_order_id`, b.`purchase_order_id`, w.`purchase_order_id`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.`work_transaction` w
left join bulk.`transaction` b on b.`transaction_id` = w.`transaction_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (cast(b.`transaction_type` as binary) <=> cast(w.`transaction_type` as binary)) or not (b.`sales_order_id` <=> w.`sales_order_id`) or not (b.`purchase_order_id` <=> w.`purchase_order_id`) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`transaction_id`;

insert into bulk.`transaction`
  (`transaction_id`, `transaction_type`, `sales_order_id`, `purchase_order_id`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`transaction_id`, w.`transaction_type`, w.`sales_order_id`, w.`purchase_order_id`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_transaction` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`transaction_id`
on duplicate key update updated_at = if(cast(bulk.`transaction`.`transaction_type` as binary) <=> cast(w.`transaction_type` as binary) and bulk.`transaction`.`sales_order_id` <=> w.`sales_order_id` and bulk.`transaction`.`purchase_order_id` <=> w.`purchase_order_id` and bulk.`transaction`.`source_created_at` <=> w.`source_created_at` and bulk.`transaction`.`last_updated` <=> w.`last_updated`, bulk.`transaction`.updated_at, l.load_datetime),
  `transaction_type` = w.`transaction_type`,
  `sales_order_id` = w.`sales_order_id`,
  `purchase_order_id` = w.`purchase_order_id`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'transaction',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_transaction` w on w.load_id = l.load_id
left join bulk.`transaction` b on b.`transaction_id` = w.`transaction_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`transaction_id` order by l.load_datetime) as earlier
  from gear.`work_transaction` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_transaction`
  (`batch_number`, `load_id`, `transaction_id`, `change_kind`, `old_transaction_type`, `new_transaction_type`, `old_sales_order_id`, `new_sales_order_id`, `old_purchase_order_id`, `new_purchase_order_id`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`transaction_id`, if(b.load_id is null, 'inserted', 'updated'), b.`transaction_type`, w.`transaction_type`, b.`sales_order_id`, w.`sales_order_id`, b.`purchase_order_id`, w.`purchase_order_id`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.loads l
straight_join gear.`work_transaction` w on w.load_id = l.load_id
left join bulk.`transaction` b on b.`transaction_id` = w.`transaction_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (cast(b.`transaction_type` as binary) <=> cast(w.`transaction_type` as binary)) or not (b.`sales_order_id` <=> w.`sales_order_id`) or not (b.`purchase_order_id` <=> w.`purchase_order_id`) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`load_id`, w.`transaction_id`;

insert into bulk.`transaction`
  (`transaction_id`, `transaction_type`, `sales_order_id`, `purchase_order_id`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`transaction_id`, w.`transaction_type`, w.`sales_order_id`, w.`purchase_order_id`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_transaction` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`transaction_id`
on duplicate key update updated_at = if(cast(bulk.`transaction`.`transaction_type` as binary) <=> cast(w.`transaction_type` as binary) and bulk.`transaction`.`sales_order_id` <=> w.`sales_order_id` and bulk.`transaction`.`purchase_order_id` <=> w.`purchase_order_id` and bulk.`transaction`.`source_created_at` <=> w.`source_created_at` and bulk.`transaction`.`last_updated` <=> w.`last_updated`, bulk.`transaction`.updated_at, l.load_datetime),
  `transaction_type` = w.`transaction_type`,
  `sales_order_id` = w.`sales_order_id`,
  `purchase_order_id` = w.`purchase_order_id`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'transaction',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_transaction` w on w.load_id = l.load_id
left join bulk.`transaction` b on b.`transaction_id` = w.`transaction_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_transaction`;
