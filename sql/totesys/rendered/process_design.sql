-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `design_id` from bulk.`design` order by `design_id` desc limit 1) highest where (highest.`design_id`) >= (typed.`design_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`design_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`design_id` as binary), length(s.`design_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`design_id`) using ascii) as unsigned) as `design_id`
  from staging.`design` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`design` where load_id = ?;

select `design_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`design_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`design_id` as binary), length(s.`design_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`design_id`) using ascii) as unsigned) as `design_id`
  from staging.`design` s
  where s.load_id = ?
) typed
order by `design_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `design_id` from bulk.`design` order by `design_id` desc limit 1) highest where (highest.`design_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`design`
  (`design_id`, `design_name`, `file_location`, `file_name`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`design_id`, typed.`design_name`, typed.`file_location`, typed.`file_name`, typed.`source_created_at`, typed.`last_updated`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`design_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`design_id` as binary), length(s.`design_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`design_id`) using ascii) as unsigned) as `design_id`,
    if(s.`design_name` is null, null, s.`design_name`) as `design_name`,
    if(s.`file_location` is null, null, s.`file_location`) as `file_location`,
    if(s.`file_name` is null, null, s.`file_name`) as `file_name`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from staging.`design` s
  where s.load_id = ?
) typed
where true
on duplicate key update `design_name` = if(typed.row_offset > bulk.`design`.row_offset, typed.`design_name`, bulk.`design`.`design_name`),
  `file_location` = if(typed.row_offset > bulk.`design`.row_offset, typed.`file_location`, bulk.`design`.`file_location`),
  `file_name` = if(typed.row_offset > bulk.`design`.row_offset, typed.`file_name`, bulk.`design`.`file_name`),
  `source_created_at` = if(typed.row_offset > bulk.`design`.row_offset, typed.`source_created_at`, bulk.`design`.`source_created_at`),
  `last_updated` = if(typed.row_offset > bulk.`design`.row_offset, typed.`last_updated`, bulk.`design`.`last_updated`),
  `row_offset` = if(typed.row_offset > bulk.`design`.row_offset, typed.`row_offset`, bulk.`design`.`row_offset`);

insert into gear.`changes_design`
  (`batch_number`, `load_id`, `design_id`, `change_kind`, `old_design_name`, `new_design_name`, `old_file_location`, `new_file_location`, `old_file_name`, `new_file_name`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, b.load_id, b.`design_id`, 'inserted', null, b.`design_name`, null, b.`file_location`, null, b.`file_name`, null, b.`source_created_at`, null, b.`last_updated`
from bulk.`design` b
where b.`design_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`design_id`;

create temporary table gear.`work_design` (
  load_id bigint unsigned not null,
  `design_id` int unsigned not null,
  `design_name` mediumtext null,
  `file_location` mediumtext null,
  `file_name` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `design_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_design` (load_id, `design_id`, `design_name`, `file_location`, `file_name`, `source_created_at`, `last_updated`, row_offset, copies, is_outdated)
select load_id, `design_id`, `design_name`, `file_location`, `file_name`, `source_created_at`, `last_updated`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`design_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`design_id` as binary), length(s.`design_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`design_id`) using ascii) as unsigned) as `design_id`,
    if(s.`design_name` is null, null, s.`design_name`) as `design_name`,
    if(s.`file_location` is null, null, s.`file_location`) as `file_location`,
    if(s.`file_name` is null, null, s.`file_name`) as `file_name`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from gear.loads l
  join staging.`design` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `design_name` = if(typed.row_offset >= gear.`work_design`.row_offset, typed.`design_name`, gear.`work_design`.`design_name`),
  `file_location` = if(typed.row_offset >= gear.`work_design`.row_offset, typed.`file_location`, gear.`work_design`.`file_location`),
  `file_name` = if(typed.row_offset >= gear.`work_design`.row_offset, typed.`file_name`, gear.`work_design`.`file_name`),
  `source_created_at` = if(typed.row_offset >= gear.`work_design`.row_offset, typed.`source_created_at`, gear.`work_design`.`source_created_at`),
  `last_updated` = if(typed.row_offset >= gear.`work_design`.row_offset, typed.`last_updated`, gear.`work_design`.`last_updated`),
  copies = gear.`work_design`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_design`.row_offset, typed.row_offset, gear.`work_design`.row_offset);

update gear.`work_design` w
straight_join bulk.`design` b on b.`design_id` = w.`design_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_design`
  (`batch_number`, `load_id`, `design_id`, `change_kind`, `old_design_name`, `new_design_name`, `old_file_location`, `new_file_location`, `old_file_name`, `new_file_name`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`design_id`, if(b.load_id is null, 'inserted', 'updated'), b.`design_name`, w.`design_name`, b.`file_location`, w.`file_location`, b.`file_name`, w.`file_name`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.`work_design` w
left join bulk.`design` b on b.`design_id` = w.`design_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (cast(b.`design_name` as binary) <=> cast(w.`design_name` as binary)) or not (cast(b.`file_location` as binary) <=> cast(w.`file_location` as binary)) or not (cast(b.`file_name` as binary) <=> cast(w.`file_name` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`design_id`;

insert into bulk.`design`
  (`design_id`, `design_name`, `file_location`, `file_name`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`design_id`, w.`design_name`, w.`file_location`, w.`file_name`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_design` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`design_id`
on duplicate key update updated_at = if(cast(bulk.`design`.`design_name` as binary) <=> cast(w.`design_name` as binary) and cast(bulk.`design`.`file_location` as binary) <=> cast(w.`file_location` as binary) and cast(bulk.`design`.`file_name` as binary) <=> cast(w.`file_name` as binary) and bulk.`design`.`source_created_at` <=> w.`source_created_at` and bulk.`design`.`last_updated` <=> w.`last_updated`, bulk.`design`.updated_at, l.load_datetime),
  `design_name` = w.`design_name`,
  `file_location` = w.`file_location`,
  `file_name` = w.`file_name`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'design',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_design` w on w.load_id = l.load_id
left join bulk.`design` b on b.`design_id` = w.`design_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`design_id` order by l.load_datetime) as earlier
  from gear.`work_design` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_design`
  (`batch_number`, `load_id`, `design_id`, `change_kind`, `old_design_name`, `new_design_name`, `old_file_location`, `new_file_location`, `old_file_name`, `new_file_name`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`design_id`, if(b.load_id is null, 'inserted', 'updated'), b.`design_name`, w.`design_name`, b.`file_location`, w.`file_location`, b.`file_name`, w.`file_name`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.loads l
straight_join gear.`work_design` w on w.load_id = l.load_id
left join bulk.`design` b on b.`design_id` = w.`design_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (cast(b.`design_name` as binary) <=> cast(w.`design_name` as binary)) or not (cast(b.`file_location` as binary) <=> cast(w.`file_location` as binary)) or not (cast(b.`file_name` as binary) <=> cast(w.`file_name` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`load_id`, w.`design_id`;

insert into bulk.`design`
  (`design_id`, `design_name`, `file_location`, `file_name`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`design_id`, w.`design_name`, w.`file_location`, w.`file_name`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_design` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`design_id`
on duplicate key update updated_at = if(cast(bulk.`design`.`design_name` as binary) <=> cast(w.`design_name` as binary) and cast(bulk.`design`.`file_location` as binary) <=> cast(w.`file_location` as binary) and cast(bulk.`design`.`file_name` as binary) <=> cast(w.`file_name` as binary) and bulk.`design`.`source_created_at` <=> w.`source_created_at` and bulk.`design`.`last_updated` <=> w.`last_updated`, bulk.`design`.updated_at, l.load_datetime),
  `design_name` = w.`design_name`,
  `file_location` = w.`file_location`,
  `file_name` = w.`file_name`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'design',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_design` w on w.load_id = l.load_id
left join bulk.`design` b on b.`design_id` = w.`design_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_design`;
