-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `payment_type_id` from bulk.`payment_type` order by `payment_type_id` desc limit 1) highest where (highest.`payment_type_id`) >= (typed.`payment_type_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`payment_type_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`payment_type_id` as binary), length(s.`payment_type_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`payment_type_id`) using ascii) as unsigned) as `payment_type_id`
  from staging.`payment_type` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`payment_type` where load_id = ?;

select `payment_type_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`payment_type_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`payment_type_id` as binary), length(s.`payment_type_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`payment_type_id`) using ascii) as unsigned) as `payment_type_id`
  from staging.`payment_type` s
  where s.load_id = ?
) typed
order by `payment_type_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `payment_type_id` from bulk.`payment_type` order by `payment_type_id` desc limit 1) highest where (highest.`payment_type_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`payment_type`
  (`payment_type_id`, `payment_type_name`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`payment_type_id`, typed.`payment_type_name`, typed.`source_created_at`, typed.`last_updated`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`payment_type_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`payment_type_id` as binary), length(s.`payment_type_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`payment_type_id`) using ascii) as unsigned) as `payment_type_id`,
    if(s.`payment_type_name` is null, null, s.`payment_type_name`) as `payment_type_name`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from staging.`payment_type` s
  where s.load_id = ?
) typed
where true
on duplicate key update `payment_type_name` = if(typed.row_offset > bulk.`payment_type`.row_offset, typed.`payment_type_name`, bulk.`payment_type`.`payment_type_name`),
  `source_created_at` = if(typed.row_offset > bulk.`payment_type`.row_offset, typed.`source_created_at`, bulk.`payment_type`.`source_created_at`),
  `last_updated` = if(typed.row_offset > bulk.`payment_type`.row_offset, typed.`last_updated`, bulk.`payment_type`.`last_updated`),
  `row_offset` = if(typed.row_offset > bulk.`payment_type`.row_offset, typed.`row_offset`, bulk.`payment_type`.`row_offset`);

insert into gear.`changes_payment_type`
  (`batch_number`, `load_id`, `payment_type_id`, `change_kind`, `old_payment_type_name`, `new_payment_type_name`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, b.load_id, b.`payment_type_id`, 'inserted', null, b.`payment_type_name`, null, b.`source_created_at`, null, b.`last_updated`
from bulk.`payment_type` b
where b.`payment_type_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`payment_type_id`;

create temporary table gear.`work_payment_type` (
  load_id bigint unsigned not null,
  `payment_type_id` int unsigned not null,
  `payment_type_name` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `payment_type_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_payment_type` (load_id, `payment_type_id`, `payment_type_name`, `source_created_at`, `last_updated`, row_offset, copies, is_outdated)
select load_id, `payment_type_id`, `payment_type_name`, `source_created_at`, `last_updated`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`payment_type_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`payment_type_id` as binary), length(s.`payment_type_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`payment_type_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`payment_type_id`) using ascii) as unsigned) as `payment_type_id`,
    if(s.`payment_type_name` is null, null, s.`payment_type_name`) as `payment_type_name`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from gear.loads l
  join staging.`payment_type` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `payment_type_name` = if(typed.row_offset >= gear.`work_payment_type`.row_offset, typed.`payment_type_name`, gear.`work_payment_type`.`payment_type_name`),
  `source_created_at` = if(typed.row_offset >= gear.`work_payment_type`.row_offset, typed.`source_created_at`, gear.`work_payment_type`.`source_created_at`),
  `last_updated` = if(typed.row_offset >= gear.`work_payment_type`.row_offset, typed.`last_updated`, gear.`work_payment_type`.`last_updated`),
  copies = gear.`work_payment_type`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_payment_type`.row_offset, typed.row_offset, gear.`work_payment_type`.row_offset);

update gear.`work_payment_type` w
straight_join bulk.`payment_type` b on b.`payment_type_id` = w.`payment_type_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_payment_type`
  (`batch_number`, `load_id`, `payment_type_id`, `change_kind`, `old_payment_type_name`, `new_payment_type_name`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`payment_type_id`, if(b.load_id is null, 'inserted', 'updated'), b.`payment_type_name`, w.`payment_type_name`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.`work_payment_type` w
left join bulk.`payment_type` b on b.`payment_type_id` = w.`payment_type_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (cast(b.`payment_type_name` as binary) <=> cast(w.`payment_type_name` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`payment_type_id`;

insert into bulk.`payment_type`
  (`payment_type_id`, `payment_type_name`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`payment_type_id`, w.`payment_type_name`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_payment_type` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`payment_type_id`
on duplicate key update updated_at = if(cast(bulk.`payment_type`.`payment_type_name` as binary) <=> cast(w.`payment_type_name` as binary) and bulk.`payment_type`.`source_created_at` <=> w.`source_created_at` and bulk.`payment_type`.`last_updated` <=> w.`last_updated`, bulk.`payment_type`.updated_at, l.load_datetime),
  `payment_type_name` = w.`payment_type_name`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'payment_type',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_payment_type` w on w.load_id = l.load_id
left join bulk.`payment_type` b on b.`payment_type_id` = w.`payment_type_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`payment_type_id` order by l.load_datetime) as earlier
  from gear.`work_payment_type` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_payment_type`
  (`batch_number`, `load_id`, `payment_type_id`, `change_kind`, `old_payment_type_name`, `new_payment_type_name`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`payment_type_id`, if(b.load_id is null, 'inserted', 'updated'), b.`payment_type_name`, w.`payment_type_name`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.loads l
straight_join gear.`work_payment_type` w on w.load_id = l.load_id
left join bulk.`payment_type` b on b.`payment_type_id` = w.`payment_type_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (cast(b.`payment_type_name` as binary) <=> cast(w.`payment_type_name` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`load_id`, w.`payment_type_id`;

insert into bulk.`payment_type`
  (`payment_type_id`, `payment_type_name`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`payment_type_id`, w.`payment_type_name`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_payment_type` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`payment_type_id`
on duplicate key update updated_at = if(cast(bulk.`payment_type`.`payment_type_name` as binary) <=> cast(w.`payment_type_name` as binary) and bulk.`payment_type`.`source_created_at` <=> w.`source_created_at` and bulk.`payment_type`.`last_updated` <=> w.`last_updated`, bulk.`payment_type`.updated_at, l.load_datetime),
  `payment_type_name` = w.`payment_type_name`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'payment_type',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_payment_type` w on w.load_id = l.load_id
left join bulk.`payment_type` b on b.`payment_type_id` = w.`payment_type_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_payment_type`;
