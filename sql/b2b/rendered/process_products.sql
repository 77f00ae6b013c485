-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `prod_id` from bulk.`products` order by `prod_id` desc limit 1) highest where (highest.`prod_id`) >= (typed.`prod_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`prod_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`prod_id` as binary), length(s.`prod_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`prod_id`) using ascii) as unsigned) as `prod_id`
  from staging.`init_products` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`init_products` where load_id = ?;

select `prod_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`prod_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`prod_id` as binary), length(s.`prod_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`prod_id`) using ascii) as unsigned) as `prod_id`
  from staging.`init_products` s
  where s.load_id = ?
) typed
order by `prod_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `prod_id` from bulk.`products` order by `prod_id` desc limit 1) highest where (highest.`prod_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`products`
  (`prod_id`, `prod_name`, `prod_unit_price`, `prod_currency_code`, `supplier_id`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`prod_id`, typed.`prod_name`, typed.`prod_unit_price`, typed.`prod_currency_code`, typed.`supplier_id`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`prod_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`prod_id` as binary), length(s.`prod_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`prod_id`) using ascii) as unsigned) as `prod_id`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`prod_name` as binary), length(s.`prod_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`prod_name`)), 0) = 0, null, if(s.padded, convert(substring(cast(s.`prod_name` as binary), length(s.`prod_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`prod_name`)) as `prod_name`,
    cast(convert(if(s.padded or length(s.`prod_unit_price`) > 60, concat(if(locate('-', s.`prod_unit_price`) > 0, '-', ''), concat('0', trim(leading '0' from convert(replace(convert(substring(cast(s.`prod_unit_price` as binary), length(s.`prod_unit_price`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_unit_price` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_unit_price` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), '-', '') using ascii)))), s.`prod_unit_price`) using ascii) as decimal(15,4)) as `prod_unit_price`,
    upper(if(s.padded, convert(substring(cast(s.`prod_currency_code` as binary), length(s.`prod_currency_code`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_currency_code` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_currency_code` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`prod_currency_code`)) as `prod_currency_code`,
    cast(convert(if(s.padded or length(s.`supplier_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`supplier_id` as binary), length(s.`supplier_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`supplier_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`supplier_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`supplier_id`) using ascii) as unsigned) as `supplier_id`
  from staging.`init_products` s
  where s.load_id = ?
) typed
where true
on duplicate key update `prod_name` = if(typed.row_offset > bulk.`products`.row_offset, typed.`prod_name`, bulk.`products`.`prod_name`),
  `prod_unit_price` = if(typed.row_offset > bulk.`products`.row_offset, typed.`prod_unit_price`, bulk.`products`.`prod_unit_price`),
  `prod_currency_code` = if(typed.row_offset > bulk.`products`.row_offset, typed.`prod_currency_code`, bulk.`products`.`prod_currency_code`),
  `supplier_id` = if(typed.row_offset > bulk.`products`.row_offset, typed.`supplier_id`, bulk.`products`.`supplier_id`),
  `row_offset` = if(typed.row_offset > bulk.`products`.row_offset, typed.`row_offset`, bulk.`products`.`row_offset`);

insert into gear.`changes_products`
  (`batch_number`, `load_id`, `prod_id`, `change_kind`, `old_prod_name`, `new_prod_name`, `old_prod_unit_price`, `new_prod_unit_price`, `old_prod_currency_code`, `new_prod_currency_code`, `old_supplier_id`, `new_supplier_id`)
select ?, b.load_id, b.`prod_id`, 'inserted', null, b.`prod_name`, null, b.`prod_unit_price`, null, b.`prod_currency_code`, null, b.`supplier_id`
from bulk.`products` b
where b.`prod_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`prod_id`;

create temporary table gear.`work_products` (
  load_id bigint unsigned not null,
  `prod_id` bigint unsigned not null,
  `prod_name` mediumtext null,
  `prod_unit_price` decimal(15,4) null,
  `prod_currency_code` char(3) null,
  `supplier_id` bigint unsigned null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `prod_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_products` (load_id, `prod_id`, `prod_name`, `prod_unit_price`, `prod_currency_code`, `supplier_id`, row_offset, copies, is_outdated)
select load_id, `prod_id`, `prod_name`, `prod_unit_price`, `prod_currency_code`, `supplier_id`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`prod_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`prod_id` as binary), length(s.`prod_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`prod_id`) using ascii) as unsigned) as `prod_id`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`prod_name` as binary), length(s.`prod_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`prod_name`)), 0) = 0, null, if(s.padded, convert(substring(cast(s.`prod_name` as binary), length(s.`prod_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`prod_name`)) as `prod_name`,
    cast(convert(if(s.padded or length(s.`prod_unit_price`) > 60, concat(if(locate('-', s.`prod_unit_price`) > 0, '-', ''), concat('0', trim(leading '0' from convert(replace(convert(substring(cast(s.`prod_unit_price` as binary), length(s.`prod_unit_price`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_unit_price` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_unit_price` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), '-', '') using ascii)))), s.`prod_unit_price`) using ascii) as decimal(15,4)) as `prod_unit_price`,
    upper(if(s.padded, convert(substring(cast(s.`prod_currency_code` as binary), length(s.`prod_currency_code`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`prod_currency_code` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`prod_currency_code` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`prod_currency_code`)) as `prod_currency_code`,
    cast(convert(if(s.padded or length(s.`supplier_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`supplier_id` as binary), length(s.`supplier_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`supplier_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`supplier_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`supplier_id`) using ascii) as unsigned) as `supplier_id`
  from gear.loads l
  join staging.`init_products` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `prod_name` = if(typed.row_offset >= gear.`work_products`.row_offset, typed.`prod_name`, gear.`work_products`.`prod_name`),
  `prod_unit_price` = if(typed.row_offset >= gear.`work_products`.row_offset, typed.`prod_unit_price`, gear.`work_products`.`prod_unit_price`),
  `prod_currency_code` = if(typed.row_offset >= gear.`work_products`.row_offset, typed.`prod_currency_code`, gear.`work_products`.`prod_currency_code`),
  `supplier_id` = if(typed.row_offset >= gear.`work_products`.row_offset, typed.`supplier_id`, gear.`work_products`.`supplier_id`),
  copies = gear.`work_products`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_products`.row_offset, typed.row_offset, gear.`work_products`.row_offset);

update gear.`work_products` w
straight_join bulk.`products` b on b.`prod_id` = w.`prod_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_products`
  (`batch_number`, `load_id`, `prod_id`, `change_kind`, `old_prod_name`, `new_prod_name`, `old_prod_unit_price`, `new_prod_unit_price`, `old_prod_currency_code`, `new_prod_currency_code`, `old_supplier_id`, `new_supplier_id`)
select ?, w.load_id, w.`prod_id`, if(b.load_id is null, 'inserted', 'updated'), b.`prod_name`, w.`prod_name`, b.`prod_unit_price`, w.`prod_unit_price`, b.`prod_currency_code`, w.`prod_currency_code`, b.`supplier_id`, w.`supplier_id`
from gear.`work_products` w
left join bulk.`products` b on b.`prod_id` = w.`prod_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`prod_name` <=> w.`prod_name`) or not (b.`prod_unit_price` <=> w.`prod_unit_price`) or not (b.`prod_currency_code` <=> w.`prod_currency_code`) or not (b.`supplier_id` <=> w.`supplier_id`))
order by w.`prod_id`;

insert into bulk.`products`
  (`prod_id`, `prod_name`, `prod_unit_price`, `prod_currency_code`, `supplier_id`, `load_id`, `row_offset`, created_at, updated_at)
select w.`prod_id`, w.`prod_name`, w.`prod_unit_price`, w.`prod_currency_code`, w.`supplier_id`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_products` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`prod_id`
on duplicate key update updated_at = if(bulk.`products`.`prod_name` <=> w.`prod_name` and bulk.`products`.`prod_unit_price` <=> w.`prod_unit_price` and bulk.`products`.`prod_currency_code` <=> w.`prod_currency_code` and bulk.`products`.`supplier_id` <=> w.`supplier_id`, bulk.`products`.updated_at, l.load_datetime),
  `prod_name` = w.`prod_name`,
  `prod_unit_price` = w.`prod_unit_price`,
  `prod_currency_code` = w.`prod_currency_code`,
  `supplier_id` = w.`supplier_id`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'products',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_products` w on w.load_id = l.load_id
left join bulk.`products` b on b.`prod_id` = w.`prod_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`prod_id` order by l.load_datetime) as earlier
  from gear.`work_products` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_products`
  (`batch_number`, `load_id`, `prod_id`, `change_kind`, `old_prod_name`, `new_prod_name`, `old_prod_unit_price`, `new_prod_unit_price`, `old_prod_currency_code`, `new_prod_currency_code`, `old_supplier_id`, `new_supplier_id`)
select ?, w.load_id, w.`prod_id`, if(b.load_id is null, 'inserted', 'updated'), b.`prod_name`, w.`prod_name`, b.`prod_unit_price`, w.`prod_unit_price`, b.`prod_currency_code`, w.`prod_currency_code`, b.`supplier_id`, w.`supplier_id`
from gear.loads l
straight_join gear.`work_products` w on w.load_id = l.load_id
left join bulk.`products` b on b.`prod_id` = w.`prod_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`prod_name` <=> w.`prod_name`) or not (b.`prod_unit_price` <=> w.`prod_unit_price`) or not (b.`prod_currency_code` <=> w.`prod_currency_code`) or not (b.`supplier_id` <=> w.`supplier_id`))
order by w.`load_id`, w.`prod_id`;

insert into bulk.`products`
  (`prod_id`, `prod_name`, `prod_unit_price`, `prod_currency_code`, `supplier_id`, `load_id`, `row_offset`, created_at, updated_at)
select w.`prod_id`, w.`prod_name`, w.`prod_unit_price`, w.`prod_currency_code`, w.`supplier_id`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_products` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`prod_id`
on duplicate key update updated_at = if(bulk.`products`.`prod_name` <=> w.`prod_name` and bulk.`products`.`prod_unit_price` <=> w.`prod_unit_price` and bulk.`products`.`prod_currency_code` <=> w.`prod_currency_code` and bulk.`products`.`supplier_id` <=> w.`supplier_id`, bulk.`products`.updated_at, l.load_datetime),
  `prod_name` = w.`prod_name`,
  `prod_unit_price` = w.`prod_unit_price`,
  `prod_currency_code` = w.`prod_currency_code`,
  `supplier_id` = w.`supplier_id`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'products',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_products` w on w.load_id = l.load_id
left join bulk.`products` b on b.`prod_id` = w.`prod_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_products`;
