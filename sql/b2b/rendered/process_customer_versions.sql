-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `customer_id`, `delivery_date` from bulk.`customer_versions` order by `customer_id` desc, `delivery_date` desc limit 1) highest where (highest.`customer_id`, highest.`delivery_date`) >= (typed.`customer_id`, typed.`delivery_date`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`customer_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`customer_id` as binary), length(s.`customer_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`customer_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`customer_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`customer_id`) using ascii) as unsigned) as `customer_id`,
    l.partition_date as `delivery_date`
  from staging.`init_customers` s
  straight_join gear.loads l on l.load_id = s.load_id
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`init_customers` where load_id = ?;

select `customer_id`, `delivery_date`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`customer_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`customer_id` as binary), length(s.`customer_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`customer_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`customer_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`customer_id`) using ascii) as unsigned) as `customer_id`,
    l.partition_date as `delivery_date`
  from staging.`init_customers` s
  straight_join gear.loads l on l.load_id = s.load_id
  where s.load_id = ?
) typed
order by `customer_id`, `delivery_date` limit 1
into @strata_lowest_1, @strata_lowest_2;

select not exists (select 1 from (select `customer_id`, `delivery_date` from bulk.`customer_versions` order by `customer_id` desc, `delivery_date` desc limit 1) highest where (highest.`customer_id`, highest.`delivery_date`) >= (@strata_lowest_1, cast(@strata_lowest_2 as date))) as above;

insert into bulk.`customer_versions`
  (`customer_id`, `delivery_date`, `full_name`, `dob`, `user_name`, `email`, `most_freq_city`, `most_freq_cntry`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`customer_id`, typed.`delivery_date`, typed.`full_name`, typed.`dob`, typed.`user_name`, typed.`email`, typed.`most_freq_city`, typed.`most_freq_cntry`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`customer_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`customer_id` as binary), length(s.`customer_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`customer_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`customer_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`customer_id`) using ascii) as unsigned) as `customer_id`,
    l.partition_date as `delivery_date`,
    if(s.padded, convert(substring(cast(s.`full_name` as binary), length(s.`full_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`full_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`full_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`full_name`) as `full_name`,
    str_to_date(convert(if(s.padded, convert(substring(cast(s.`dob` as binary), length(s.`dob`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`dob` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`dob` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`dob`) using ascii), '%Y-%m-%d') as `dob`,
    if(s.padded, convert(substring(cast(s.`user_name` as binary), length(s.`user_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`user_name`) as `user_name`,
    if(s.padded, convert(substring(cast(s.`email` as binary), length(s.`email`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`email` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`email` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`email`) as `email`,
    if(s.padded, convert(substring(cast(s.`most_freq_city` as binary), length(s.`most_freq_city`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`most_freq_city` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`most_freq_city` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`most_freq_city`) as `most_freq_city`,
    upper(if(s.padded, convert(substring(cast(s.`most_freq_cntry` as binary), length(s.`most_freq_cntry`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`most_freq_cntry` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`most_freq_cntry` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`most_freq_cntry`)) as `most_freq_cntry`
  from staging.`init_customers` s
  straight_join gear.loads l on l.load_id = s.load_id
  where s.load_id = ?
) typed
where true
on duplicate key update `full_name` = if(typed.row_offset > bulk.`customer_versions`.row_offset, typed.`full_name`, bulk.`customer_versions`.`full_name`),
  `dob` = if(typed.row_offset > bulk.`customer_versions`.row_offset, typed.`dob`, bulk.`customer_versions`.`dob`),
  `user_name` = if(typed.row_offset > bulk.`customer_versions`.row_offset, typed.`user_name`, bulk.`customer_versions`.`user_name`),
  `email` = if(typed.row_offset > bulk.`customer_versions`.row_offset, typed.`email`, bulk.`customer_versions`.`email`),
  `most_freq_city` = if(typed.row_offset > bulk.`customer_versions`.row_offset, typed.`most_freq_city`, bulk.`customer_versions`.`most_freq_city`),
  `most_freq_cntry` = if(typed.row_offset > bulk.`customer_versions`.row_offset, typed.`most_freq_cntry`, bulk.`customer_versions`.`most_freq_cntry`),
  `row_offset` = if(typed.row_offset > bulk.`customer_versions`.row_offset, typed.`row_offset`, bulk.`customer_versions`.`row_offset`);

insert into gear.`changes_customer_versions`
  (`batch_number`, `load_id`, `customer_id`, `delivery_date`, `change_kind`, `old_full_name`, `new_full_name`, `old_dob`, `new_dob`, `old_user_name`, `new_user_name`, `old_email`, `new_email`, `old_most_freq_city`, `new_most_freq_city`, `old_most_freq_cntry`, `new_most_freq_cntry`)
select ?, b.load_id, b.`customer_id`, b.`delivery_date`, 'inserted', null, b.`full_name`, null, b.`dob`, null, b.`user_name`, null, b.`email`, null, b.`most_freq_city`, null, b.`most_freq_cntry`
from bulk.`customer_versions` b
where b.`customer_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`customer_id`, b.`delivery_date`;

create temporary table gear.`work_customer_versions` (
  load_id bigint unsigned not null,
  `customer_id` bigint unsigned not null,
  `delivery_date` date not null,
  `full_name` mediumtext null,
  `dob` date null,
  `user_name` mediumtext null,
  `email` mediumtext null,
  `most_freq_city` mediumtext null,
  `most_freq_cntry` char(3) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `customer_id`, `delivery_date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_customer_versions` (load_id, `customer_id`, `delivery_date`, `full_name`, `dob`, `user_name`, `email`, `most_freq_city`, `most_freq_cntry`, row_offset, copies, is_outdated)
select load_id, `customer_id`, `delivery_date`, `full_name`, `dob`, `user_name`, `email`, `most_freq_city`, `most_freq_cntry`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`customer_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`customer_id` as binary), length(s.`customer_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`customer_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`customer_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`customer_id`) using ascii) as unsigned) as `customer_id`,
    l.partition_date as `delivery_date`,
    if(s.padded, convert(substring(cast(s.`full_name` as binary), length(s.`full_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`full_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`full_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`full_name`) as `full_name`,
    str_to_date(convert(if(s.padded, convert(substring(cast(s.`dob` as binary), length(s.`dob`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`dob` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`dob` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`dob`) using ascii), '%Y-%m-%d') as `dob`,
    if(s.padded, convert(substring(cast(s.`user_name` as binary), length(s.`user_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`user_name`) as `user_name`,
    if(s.padded, convert(substring(cast(s.`email` as binary), length(s.`email`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`email` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`email` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`email`) as `email`,
    if(s.padded, convert(substring(cast(s.`most_freq_city` as binary), length(s.`most_freq_city`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`most_freq_city` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`most_freq_city` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`most_freq_city`) as `most_freq_city`,
    upper(if(s.padded, convert(substring(cast(s.`most_freq_cntry` as binary), length(s.`most_freq_cntry`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`most_freq_cntry` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`most_freq_cntry` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`most_freq_cntry`)) as `most_freq_cntry`
  from gear.loads l
  join staging.`init_customers` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `full_name` = if(typed.row_offset >= gear.`work_customer_versions`.row_offset, typed.`full_name`, gear.`work_customer_versions`.`full_name`),
  `dob` = if(typed.row_offset >= gear.`work_customer_versions`.row_offset, typed.`dob`, gear.`work_customer_versions`.`dob`),
  `user_name` = if(typed.row_offset >= gear.`work_customer_versions`.row_offset, typed.`user_name`, gear.`work_customer_versions`.`user_name`),
  `email` = if(typed.row_offset >= gear.`work_customer_versions`.row_offset, typed.`email`, gear.`work_customer_versions`.`email`),
  `most_freq_city` = if(typed.row_offset >= gear.`work_customer_versions`.row_offset, typed.`most_freq_city`, gear.`work_customer_versions`.`most_freq_city`),
  `most_freq_cntry` = if(typed.row_offset >= gear.`work_customer_versions`.row_offset, typed.`most_freq_cntry`, gear.`work_customer_versions`.`most_freq_cntry`),
  copies = gear.`work_customer_versions`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_customer_versions`.row_offset, typed.row_offset, gear.`work_customer_versions`.row_offset);

update gear.`work_customer_versions` w
straight_join bulk.`customer_versions` b on b.`customer_id` = w.`customer_id` and b.`delivery_date` = w.`delivery_date`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_customer_versions`
  (`batch_number`, `load_id`, `customer_id`, `delivery_date`, `change_kind`, `old_full_name`, `new_full_name`, `old_dob`, `new_dob`, `old_user_name`, `new_user_name`, `old_email`, `new_email`, `old_most_freq_city`, `new_most_freq_city`, `old_most_freq_cntry`, `new_most_freq_cntry`)
select ?, w.load_id, w.`customer_id`, w.`delivery_date`, if(b.load_id is null, 'inserted', 'updated'), b.`full_name`, w.`full_name`, b.`dob`, w.`dob`, b.`user_name`, w.`user_name`, b.`email`, w.`email`, b.`most_freq_city`, w.`most_freq_city`, b.`most_freq_cntry`, w.`most_freq_cntry`
from gear.`work_customer_versions` w
left join bulk.`customer_versions` b on b.`customer_id` = w.`customer_id` and b.`delivery_date` = w.`delivery_date`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`full_name` <=> w.`full_name`) or not (b.`dob` <=> w.`dob`) or not (b.`user_name` <=> w.`user_name`) or not (b.`email` <=> w.`email`) or not (b.`most_freq_city` <=> w.`most_freq_city`) or not (b.`most_freq_cntry` <=> w.`most_freq_cntry`))
order by w.`customer_id`, w.`delivery_date`;

insert into bulk.`customer_versions`
  (`customer_id`, `delivery_date`, `full_name`, `dob`, `user_name`, `email`, `most_freq_city`, `most_freq_cntry`, `load_id`, `row_offset`, created_at, updated_at)
select w.`customer_id`, w.`delivery_date`, w.`full_name`, w.`dob`, w.`user_name`, w.`email`, w.`most_freq_city`, w.`most_freq_cntry`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_customer_versions` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`customer_id`, w.`delivery_date`
on duplicate key update updated_at = if(bulk.`customer_versions`.`full_name` <=> w.`full_name` and bulk.`customer_versions`.`dob` <=> w.`dob` and bulk.`customer_versions`.`user_name` <=> w.`user_name` and bulk.`customer_versions`.`email` <=> w.`email` and bulk.`customer_versions`.`most_freq_city` <=> w.`most_freq_city` and bulk.`customer_versions`.`most_freq_cntry` <=> w.`most_freq_cntry`, bulk.`customer_versions`.updated_at, l.load_datetime),
  `full_name` = w.`full_name`,
  `dob` = w.`dob`,
  `user_name` = w.`user_name`,
  `email` = w.`email`,
  `most_freq_city` = w.`most_freq_city`,
  `most_freq_cntry` = w.`most_freq_cntry`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'customer_versions',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_customer_versions` w on w.load_id = l.load_id
left join bulk.`customer_versions` b on b.`customer_id` = w.`customer_id` and b.`delivery_date` = w.`delivery_date` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`customer_id`, w.`delivery_date` order by l.load_datetime) as earlier
  from gear.`work_customer_versions` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_customer_versions`
  (`batch_number`, `load_id`, `customer_id`, `delivery_date`, `change_kind`, `old_full_name`, `new_full_name`, `old_dob`, `new_dob`, `old_user_name`, `new_user_name`, `old_email`, `new_email`, `old_most_freq_city`, `new_most_freq_city`, `old_most_freq_cntry`, `new_most_freq_cntry`)
select ?, w.load_id, w.`customer_id`, w.`delivery_date`, if(b.load_id is null, 'inserted', 'updated'), b.`full_name`, w.`full_name`, b.`dob`, w.`dob`, b.`user_name`, w.`user_name`, b.`email`, w.`email`, b.`most_freq_city`, w.`most_freq_city`, b.`most_freq_cntry`, w.`most_freq_cntry`
from gear.loads l
straight_join gear.`work_customer_versions` w on w.load_id = l.load_id
left join bulk.`customer_versions` b on b.`customer_id` = w.`customer_id` and b.`delivery_date` = w.`delivery_date`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`full_name` <=> w.`full_name`) or not (b.`dob` <=> w.`dob`) or not (b.`user_name` <=> w.`user_name`) or not (b.`email` <=> w.`email`) or not (b.`most_freq_city` <=> w.`most_freq_city`) or not (b.`most_freq_cntry` <=> w.`most_freq_cntry`))
order by w.`load_id`, w.`customer_id`, w.`delivery_date`;

insert into bulk.`customer_versions`
  (`customer_id`, `delivery_date`, `full_name`, `dob`, `user_name`, `email`, `most_freq_city`, `most_freq_cntry`, `load_id`, `row_offset`, created_at, updated_at)
select w.`customer_id`, w.`delivery_date`, w.`full_name`, w.`dob`, w.`user_name`, w.`email`, w.`most_freq_city`, w.`most_freq_cntry`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_customer_versions` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`customer_id`, w.`delivery_date`
on duplicate key update updated_at = if(bulk.`customer_versions`.`full_name` <=> w.`full_name` and bulk.`customer_versions`.`dob` <=> w.`dob` and bulk.`customer_versions`.`user_name` <=> w.`user_name` and bulk.`customer_versions`.`email` <=> w.`email` and bulk.`customer_versions`.`most_freq_city` <=> w.`most_freq_city` and bulk.`customer_versions`.`most_freq_cntry` <=> w.`most_freq_cntry`, bulk.`customer_versions`.updated_at, l.load_datetime),
  `full_name` = w.`full_name`,
  `dob` = w.`dob`,
  `user_name` = w.`user_name`,
  `email` = w.`email`,
  `most_freq_city` = w.`most_freq_city`,
  `most_freq_cntry` = w.`most_freq_cntry`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'customer_versions',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_customer_versions` w on w.load_id = l.load_id
left join bulk.`customer_versions` b on b.`customer_id` = w.`customer_id` and b.`delivery_date` = w.`delivery_date` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_customer_versions`;
