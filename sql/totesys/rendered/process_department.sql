-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `department_id` from bulk.`department` order by `department_id` desc limit 1) highest where (highest.`department_id`) >= (typed.`department_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`department_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`department_id` as binary), length(s.`department_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`department_id`) using ascii) as unsigned) as `department_id`
  from staging.`department` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`department` where load_id = ?;

select `department_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`department_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`department_id` as binary), length(s.`department_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`department_id`) using ascii) as unsigned) as `department_id`
  from staging.`department` s
  where s.load_id = ?
) typed
order by `department_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `department_id` from bulk.`department` order by `department_id` desc limit 1) highest where (highest.`department_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`department`
  (`department_id`, `department_name`, `location`, `manager`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`department_id`, typed.`department_name`, typed.`location`, typed.`manager`, typed.`source_created_at`, typed.`last_updated`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`department_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`department_id` as binary), length(s.`department_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`department_id`) using ascii) as unsigned) as `department_id`,
    if(s.`department_name` is null, null, s.`department_name`) as `department_name`,
    if(s.`location` is null, null, s.`location`) as `location`,
    if(s.`manager` is null, null, s.`manager`) as `manager`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from staging.`department` s
  where s.load_id = ?
) typed
where true
on duplicate key update `department_name` = if(typed.row_offset > bulk.`department`.row_offset, typed.`department_name`, bulk.`department`.`department_name`),
  `location` = if(typed.row_offset > bulk.`department`.row_offset, typed.`location`, bulk.`department`.`location`),
  `manager` = if(typed.row_offset > bulk.`department`.row_offset, typed.`manager`, bulk.`department`.`manager`),
  `source_created_at` = if(typed.row_offset > bulk.`department`.row_offset, typed.`source_created_at`, bulk.`department`.`source_created_at`),
  `last_updated` = if(typed.row_offset > bulk.`department`.row_offset, typed.`last_updated`, bulk.`department`.`last_updated`),
  `row_offset` = if(typed.row_offset > bulk.`department`.row_offset, typed.`row_offset`, bulk.`department`.`row_offset`);

insert into gear.`changes_department`
  (`batch_number`, `load_id`, `department_id`, `change_kind`, `old_department_name`, `new_department_name`, `old_location`, `new_location`, `old_manager`, `new_manager`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, b.load_id, b.`department_id`, 'inserted', null, b.`department_name`, null, b.`location`, null, b.`manager`, null, b.`source_created_at`, null, b.`last_updated`
from bulk.`department` b
where b.`department_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`department_id`;

create temporary table gear.`work_department` (
  load_id bigint unsigned not null,
  `department_id` int unsigned not null,
  `department_name` mediumtext null,
  `location` mediumtext null,
  `manager` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `department_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_department` (load_id, `department_id`, `department_name`, `location`, `manager`, `source_created_at`, `last_updated`, row_offset, copies, is_outdated)
select load_id, `department_id`, `department_name`, `location`, `manager`, `source_created_at`, `last_updated`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`department_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`department_id` as binary), length(s.`department_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`department_id`) using ascii) as unsigned) as `department_id`,
    if(s.`department_name` is null, null, s.`department_name`) as `department_name`,
    if(s.`location` is null, null, s.`location`) as `location`,
    if(s.`manager` is null, null, s.`manager`) as `manager`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from gear.loads l
  join staging.`department` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `department_name` = if(typed.row_offset >= gear.`work_department`.row_offset, typed.`department_name`, gear.`work_department`.`department_name`),
  `location` = if(typed.row_offset >= gear.`work_department`.row_offset, typed.`location`, gear.`work_department`.`location`),
  `manager` = if(typed.row_offset >= gear.`work_department`.row_offset, typed.`manager`, gear.`work_department`.`manager`),
  `source_created_at` = if(typed.row_offset >= gear.`work_department`.row_offset, typed.`source_created_at`, gear.`work_department`.`source_created_at`),
  `last_updated` = if(typed.row_offset >= gear.`work_department`.row_offset, typed.`last_updated`, gear.`work_department`.`last_updated`),
  copies = gear.`work_department`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_department`.row_offset, typed.row_offset, gear.`work_department`.row_offset);

update gear.`work_department` w
straight_join bulk.`department` b on b.`department_id` = w.`department_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_department`
  (`batch_number`, `load_id`, `department_id`, `change_kind`, `old_department_name`, `new_department_name`, `old_location`, `new_location`, `old_manager`, `new_manager`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`department_id`, if(b.load_id is null, 'inserted', 'updated'), b.`department_name`, w.`department_name`, b.`location`, w.`location`, b.`manager`, w.`manager`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.`work_department` w
left join bulk.`department` b on b.`department_id` = w.`department_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (cast(b.`department_name` as binary) <=> cast(w.`department_name` as binary)) or not (cast(b.`location` as binary) <=> cast(w.`location` as binary)) or not (cast(b.`manager` as binary) <=> cast(w.`manager` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`department_id`;

insert into bulk.`department`
  (`department_id`, `department_name`, `location`, `manager`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`department_id`, w.`department_name`, w.`location`, w.`manager`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_department` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`department_id`
on duplicate key update updated_at = if(cast(bulk.`department`.`department_name` as binary) <=> cast(w.`department_name` as binary) and cast(bulk.`department`.`location` as binary) <=> cast(w.`location` as binary) and cast(bulk.`department`.`manager` as binary) <=> cast(w.`manager` as binary) and bulk.`department`.`source_created_at` <=> w.`source_created_at` and bulk.`department`.`last_updated` <=> w.`last_updated`, bulk.`department`.updated_at, l.load_datetime),
  `department_name` = w.`department_name`,
  `location` = w.`location`,
  `manager` = w.`manager`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'department',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_department` w on w.load_id = l.load_id
left join bulk.`department` b on b.`department_id` = w.`department_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`department_id` order by l.load_datetime) as earlier
  from gear.`work_department` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_department`
  (`batch_number`, `load_id`, `department_id`, `change_kind`, `old_department_name`, `new_department_name`, `old_location`, `new_location`, `old_manager`, `new_manager`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`department_id`, if(b.load_id is null, 'inserted', 'updated'), b.`department_name`, w.`department_name`, b.`location`, w.`location`, b.`manager`, w.`manager`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.loads l
straight_join gear.`work_department` w on w.load_id = l.load_id
left join bulk.`department` b on b.`department_id` = w.`department_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (cast(b.`department_name` as binary) <=> cast(w.`department_name` as binary)) or not (cast(b.`location` as binary) <=> cast(w.`location` as binary)) or not (cast(b.`manager` as binary) <=> cast(w.`manager` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`load_id`, w.`department_id`;

insert into bulk.`department`
  (`department_id`, `department_name`, `location`, `manager`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`department_id`, w.`department_name`, w.`location`, w.`manager`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_department` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`department_id`
on duplicate key update updated_at = if(cast(bulk.`department`.`department_name` as binary) <=> cast(w.`department_name` as binary) and cast(bulk.`department`.`location` as binary) <=> cast(w.`location` as binary) and cast(bulk.`department`.`manager` as binary) <=> cast(w.`manager` as binary) and bulk.`department`.`source_created_at` <=> w.`source_created_at` and bulk.`department`.`last_updated` <=> w.`last_updated`, bulk.`department`.updated_at, l.load_datetime),
  `department_name` = w.`department_name`,
  `location` = w.`location`,
  `manager` = w.`manager`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'department',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_department` w on w.load_id = l.load_id
left join bulk.`department` b on b.`department_id` = w.`department_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_department`;
