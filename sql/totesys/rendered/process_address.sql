-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `address_id` from bulk.`address` order by `address_id` desc limit 1) highest where (highest.`address_id`) >= (typed.`address_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`address_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`address_id` as binary), length(s.`address_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`address_id`) using ascii) as unsigned) as `address_id`
  from staging.`address` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`address` where load_id = ?;

select `address_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`address_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`address_id` as binary), length(s.`address_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`address_id`) using ascii) as unsigned) as `address_id`
  from staging.`address` s
  where s.load_id = ?
) typed
order by `address_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `address_id` from bulk.`address` order by `address_id` desc limit 1) highest where (highest.`address_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`address`
  (`address_id`, `address_line_1`, `address_line_2`, `district`, `city`, `postal_code`, `country`, `phone`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`address_id`, typed.`address_line_1`, typed.`address_line_2`, typed.`district`, typed.`city`, typed.`postal_code`, typed.`country`, typed.`phone`, typed.`source_created_at`, typed.`last_updated`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`address_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`address_id` as binary), length(s.`address_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`address_id`) using ascii) as unsigned) as `address_id`,
    if(s.`address_line_1` is null, null, s.`address_line_1`) as `address_line_1`,
    if(s.`address_line_2` is null, null, s.`address_line_2`) as `address_line_2`,
    if(s.`district` is null, null, s.`district`) as `district`,
    if(s.`city` is null, null, s.`city`) as `city`,
    if(s.`postal_code` is null, null, s.`postal_code`) as `postal_code`,
    if(s.`country` is null, null, s.`country`) as `country`,
    if(s.`phone` is null, null, s.`phone`) as `phone`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from staging.`address` s
  where s.load_id = ?
) typed
where true
on duplicate key update `address_line_1` = if(typed.row_offset > bulk.`address`.row_offset, typed.`address_line_1`, bulk.`address`.`address_line_1`),
  `address_line_2` = if(typed.row_offset > bulk.`address`.row_offset, typed.`address_line_2`, bulk.`address`.`address_line_2`),
  `district` = if(typed.row_offset > bulk.`address`.row_offset, typed.`district`, bulk.`address`.`district`),
  `city` = if(typed.row_offset > bulk.`address`.row_offset, typed.`city`, bulk.`address`.`city`),
  `postal_code` = if(typed.row_offset > bulk.`address`.row_offset, typed.`postal_code`, bulk.`address`.`postal_code`),
  `country` = if(typed.row_offset > bulk.`address`.row_offset, typed.`country`, bulk.`address`.`country`),
  `phone` = if(typed.row_offset > bulk.`address`.row_offset, typed.`phone`, bulk.`address`.`phone`),
  `source_created_at` = if(typed.row_offset > bulk.`address`.row_offset, typed.`source_created_at`, bulk.`address`.`source_created_at`),
  `last_updated` = if(typed.row_offset > bulk.`address`.row_offset, typed.`last_updated`, bulk.`address`.`last_updated`),
  `row_offset` = if(typed.row_offset > bulk.`address`.row_offset, typed.`row_offset`, bulk.`address`.`row_offset`);

insert into gear.`changes_address`
  (`batch_number`, `load_id`, `address_id`, `change_kind`, `old_address_line_1`, `new_address_line_1`, `old_address_line_2`, `new_address_line_2`, `old_district`, `new_district`, `old_city`, `new_city`, `old_postal_code`, `new_postal_code`, `old_country`, `new_country`, `old_phone`, `new_phone`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, b.load_id, b.`address_id`, 'inserted', null, b.`address_line_1`, null, b.`address_line_2`, null, b.`district`, null, b.`city`, null, b.`postal_code`, null, b.`country`, null, b.`phone`, null, b.`source_created_at`, null, b.`last_updated`
from bulk.`address` b
where b.`address_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`address_id`;

create temporary table gear.`work_address` (
  load_id bigint unsigned not null,
  `address_id` int unsigned not null,
  `address_line_1` mediumtext null,
  `address_line_2` mediumtext null,
  `district` mediumtext null,
  `city` mediumtext null,
  `postal_code` mediumtext null,
  `country` mediumtext null,
  `phone` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `address_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_address` (load_id, `address_id`, `address_line_1`, `address_line_2`, `district`, `city`, `postal_code`, `country`, `phone`, `source_created_at`, `last_updated`, row_offset, copies, is_outdated)
select load_id, `address_id`, `address_line_1`, `address_line_2`, `district`, `city`, `postal_code`, `country`, `phone`, `source_created_at`, `last_updated`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`address_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`address_id` as binary), length(s.`address_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`address_id`) using ascii) as unsigned) as `address_id`,
    if(s.`address_line_1` is null, null, s.`address_line_1`) as `address_line_1`,
    if(s.`address_line_2` is null, null, s.`address_line_2`) as `address_line_2`,
    if(s.`district` is null, null, s.`district`) as `district`,
    if(s.`city` is null, null, s.`city`) as `city`,
    if(s.`postal_code` is null, null, s.`postal_code`) as `postal_code`,
    if(s.`country` is null, null, s.`country`) as `country`,
    if(s.`phone` is null, null, s.`phone`) as `phone`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from gear.loads l
  join staging.`address` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `address_line_1` = if(typed.row_offset >= gear.`work_address`.row_offset, typed.`address_line_1`, gear.`work_address`.`address_line_1`),
  `address_line_2` = if(typed.row_offset >= gear.`work_address`.row_offset, typed.`address_line_2`, gear.`work_address`.`address_line_2`),
  `district` = if(typed.row_offset >= gear.`work_address`.row_offset, typed.`district`, gear.`work_address`.`district`),
  `city` = if(typed.row_offset >= gear.`work_address`.row_offset, typed.`city`, gear.`work_address`.`city`),
  `postal_code` = if(typed.row_offset >= gear.`work_address`.row_offset, typed.`postal_code`, gear.`work_address`.`postal_code`),
  `country` = if(typed.row_offset >= gear.`work_address`.row_offset, typed.`country`, gear.`work_address`.`country`),
  `phone` = if(typed.row_offset >= gear.`work_address`.row_offset, typed.`phone`, gear.`work_address`.`phone`),
  `source_created_at` = if(typed.row_offset >= gear.`work_address`.row_offset, typed.`source_created_at`, gear.`work_address`.`source_created_at`),
  `last_updated` = if(typed.row_offset >= gear.`work_address`.row_offset, typed.`last_updated`, gear.`work_address`.`last_updated`),
  copies = gear.`work_address`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_address`.row_offset, typed.row_offset, gear.`work_address`.row_offset);

update gear.`work_address` w
straight_join bulk.`address` b on b.`address_id` = w.`address_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_address`
  (`batch_number`, `load_id`, `address_id`, `change_kind`, `old_address_line_1`, `new_address_line_1`, `old_address_line_2`, `new_address_line_2`, `old_district`, `new_district`, `old_city`, `new_city`, `old_postal_code`, `new_postal_code`, `old_country`, `new_country`, `old_phone`, `new_phone`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`address_id`, if(b.load_id is null, 'inserted', 'updated'), b.`address_line_1`, w.`address_line_1`, b.`address_line_2`, w.`address_line_2`, b.`district`, w.`district`, b.`city`, w.`city`, b.`postal_code`, w.`postal_code`, b.`country`, w.`country`, b.`phone`, w.`phone`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.`work_address` w
left join bulk.`address` b on b.`address_id` = w.`address_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (cast(b.`address_line_1` as binary) <=> cast(w.`address_line_1` as binary)) or not (cast(b.`address_line_2` as binary) <=> cast(w.`address_line_2` as binary)) or not (cast(b.`district` as binary) <=> cast(w.`district` as binary)) or not (cast(b.`city` as binary) <=> cast(w.`city` as binary)) or not (cast(b.`postal_code` as binary) <=> cast(w.`postal_code` as binary)) or not (cast(b.`country` as binary) <=> cast(w.`country` as binary)) or not (cast(b.`phone` as binary) <=> cast(w.`phone` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`address_id`;

insert into bulk.`address`
  (`address_id`, `address_line_1`, `address_line_2`, `district`, `city`, `postal_code`, `country`, `phone`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`address_id`, w.`address_line_1`, w.`address_line_2`, w.`district`, w.`city`, w.`postal_code`, w.`country`, w.`phone`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_address` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`address_id`
on duplicate key update updated_at = if(cast(bulk.`address`.`address_line_1` as binary) <=> cast(w.`address_line_1` as binary) and cast(bulk.`address`.`address_line_2` as binary) <=> cast(w.`address_line_2` as binary) and cast(bulk.`address`.`district` as binary) <=> cast(w.`district` as binary) and cast(bulk.`address`.`city` as binary) <=> cast(w.`city` as binary) and cast(bulk.`address`.`postal_code` as binary) <=> cast(w.`postal_code` as binary) and cast(bulk.`address`.`country` as binary) <=> cast(w.`country` as binary) and cast(bulk.`address`.`phone` as binary) <=> cast(w.`phone` as binary) and bulk.`address`.`source_created_at` <=> w.`source_created_at` and bulk.`address`.`last_updated` <=> w.`last_updated`, bulk.`address`.updated_at, l.load_datetime),
  `address_line_1` = w.`address_line_1`,
  `address_line_2` = w.`address_line_2`,
  `district` = w.`district`,
  `city` = w.`city`,
  `postal_code` = w.`postal_code`,
  `country` = w.`country`,
  `phone` = w.`phone`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'address',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_address` w on w.load_id = l.load_id
left join bulk.`address` b on b.`address_id` = w.`address_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`address_id` order by l.load_datetime) as earlier
  from gear.`work_address` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_address`
  (`batch_number`, `load_id`, `address_id`, `change_kind`, `old_address_line_1`, `new_address_line_1`, `old_address_line_2`, `new_address_line_2`, `old_district`, `new_district`, `old_city`, `new_city`, `old_postal_code`, `new_postal_code`, `old_country`, `new_country`, `old_phone`, `new_phone`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`address_id`, if(b.load_id is null, 'inserted', 'updated'), b.`address_line_1`, w.`address_line_1`, b.`address_line_2`, w.`address_line_2`, b.`district`, w.`district`, b.`city`, w.`city`, b.`postal_code`, w.`postal_code`, b.`country`, w.`country`, b.`phone`, w.`phone`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.loads l
straight_join gear.`work_address` w on w.load_id = l.load_id
left join bulk.`address` b on b.`address_id` = w.`address_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (cast(b.`address_line_1` as binary) <=> cast(w.`address_line_1` as binary)) or not (cast(b.`address_line_2` as binary) <=> cast(w.`address_line_2` as binary)) or not (cast(b.`district` as binary) <=> cast(w.`district` as binary)) or not (cast(b.`city` as binary) <=> cast(w.`city` as binary)) or not (cast(b.`postal_code` as binary) <=> cast(w.`postal_code` as binary)) or not (cast(b.`country` as binary) <=> cast(w.`country` as binary)) or not (cast(b.`phone` as binary) <=> cast(w.`phone` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`load_id`, w.`address_id`;

insert into bulk.`address`
  (`address_id`, `address_line_1`, `address_line_2`, `district`, `city`, `postal_code`, `country`, `phone`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`address_id`, w.`address_line_1`, w.`address_line_2`, w.`district`, w.`city`, w.`postal_code`, w.`country`, w.`phone`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_address` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`address_id`
on duplicate key update updated_at = if(cast(bulk.`address`.`address_line_1` as binary) <=> cast(w.`address_line_1` as binary) and cast(bulk.`address`.`address_line_2` as binary) <=> cast(w.`address_line_2` as binary) and cast(bulk.`address`.`district` as binary) <=> cast(w.`district` as binary) and cast(bulk.`address`.`city` as binary) <=> cast(w.`city` as binary) and cast(bulk.`address`.`postal_code` as binary) <=> cast(w.`postal_code` as binary) and cast(bulk.`address`.`country` as binary) <=> cast(w.`country` as binary) and cast(bulk.`address`.`phone` as binary) <=> cast(w.`phone` as binary) and bulk.`address`.`source_created_at` <=> w.`source_created_at` and bulk.`address`.`last_updated` <=> w.`last_updated`, bulk.`address`.updated_at, l.load_datetime),
  `address_line_1` = w.`address_line_1`,
  `address_line_2` = w.`address_line_2`,
  `district` = w.`district`,
  `city` = w.`city`,
  `postal_code` = w.`postal_code`,
  `country` = w.`country`,
  `phone` = w.`phone`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'address',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_address` w on w.load_id = l.load_id
left join bulk.`address` b on b.`address_id` = w.`address_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_address`;
