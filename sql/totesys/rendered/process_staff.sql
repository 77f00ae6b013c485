-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `staff_id` from bulk.`staff` order by `staff_id` desc limit 1) highest where (highest.`staff_id`) >= (typed.`staff_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`staff_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`staff_id` as binary), length(s.`staff_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`staff_id`) using ascii) as unsigned) as `staff_id`
  from staging.`staff` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`staff` where load_id = ?;

select `staff_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`staff_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`staff_id` as binary), length(s.`staff_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`staff_id`) using ascii) as unsigned) as `staff_id`
  from staging.`staff` s
  where s.load_id = ?
) typed
order by `staff_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `staff_id` from bulk.`staff` order by `staff_id` desc limit 1) highest where (highest.`staff_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`staff`
  (`staff_id`, `first_name`, `last_name`, `department_id`, `email_address`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`staff_id`, typed.`first_name`, typed.`last_name`, typed.`department_id`, typed.`email_address`, typed.`source_created_at`, typed.`last_updated`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`staff_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`staff_id` as binary), length(s.`staff_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`staff_id`) using ascii) as unsigned) as `staff_id`,
    if(s.`first_name` is null, null, s.`first_name`) as `first_name`,
    if(s.`last_name` is null, null, s.`last_name`) as `last_name`,
    cast(convert(if(s.padded or length(s.`department_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`department_id` as binary), length(s.`department_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`department_id`) using ascii) as unsigned) as `department_id`,
    if(s.`email_address` is null, null, s.`email_address`) as `email_address`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from staging.`staff` s
  where s.load_id = ?
) typed
where true
on duplicate key update `first_name` = if(typed.row_offset > bulk.`staff`.row_offset, typed.`first_name`, bulk.`staff`.`first_name`),
  `last_name` = if(typed.row_offset > bulk.`staff`.row_offset, typed.`last_name`, bulk.`staff`.`last_name`),
  `department_id` = if(typed.row_offset > bulk.`staff`.row_offset, typed.`department_id`, bulk.`staff`.`department_id`),
  `email_address` = if(typed.row_offset > bulk.`staff`.row_offset, typed.`email_address`, bulk.`staff`.`email_address`),
  `source_created_at` = if(typed.row_offset > bulk.`staff`.row_offset, typed.`source_created_at`, bulk.`staff`.`source_created_at`),
  `last_updated` = if(typed.row_offset > bulk.`staff`.row_offset, typed.`last_updated`, bulk.`staff`.`last_updated`),
  `row_offset` = if(typed.row_offset > bulk.`staff`.row_offset, typed.`row_offset`, bulk.`staff`.`row_offset`);

insert into gear.`changes_staff`
  (`batch_number`, `load_id`, `staff_id`, `change_kind`, `old_first_name`, `new_first_name`, `old_last_name`, `new_last_name`, `old_department_id`, `new_department_id`, `old_email_address`, `new_email_address`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, b.load_id, b.`staff_id`, 'inserted', null, b.`first_name`, null, b.`last_name`, null, b.`department_id`, null, b.`email_address`, null, b.`source_created_at`, null, b.`last_updated`
from bulk.`staff` b
where b.`staff_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`staff_id`;

create temporary table gear.`work_staff` (
  load_id bigint unsigned not null,
  `staff_id` int unsigned not null,
  `first_name` mediumtext null,
  `last_name` mediumtext null,
  `department_id` int unsigned null,
  `email_address` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `staff_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_staff` (load_id, `staff_id`, `first_name`, `last_name`, `department_id`, `email_address`, `source_created_at`, `last_updated`, row_offset, copies, is_outdated)
select load_id, `staff_id`, `first_name`, `last_name`, `department_id`, `email_address`, `source_created_at`, `last_updated`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`staff_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`staff_id` as binary), length(s.`staff_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`staff_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`staff_id`) using ascii) as unsigned) as `staff_id`,
    if(s.`first_name` is null, null, s.`first_name`) as `first_name`,
    if(s.`last_name` is null, null, s.`last_name`) as `last_name`,
    cast(convert(if(s.padded or length(s.`department_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`department_id` as binary), length(s.`department_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`department_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`department_id`) using ascii) as unsigned) as `department_id`,
    if(s.`email_address` is null, null, s.`email_address`) as `email_address`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from gear.loads l
  join staging.`staff` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `first_name` = if(typed.row_offset >= gear.`work_staff`.row_offset, typed.`first_name`, gear.`work_staff`.`first_name`),
  `last_name` = if(typed.row_offset >= gear.`work_staff`.row_offset, typed.`last_name`, gear.`work_staff`.`last_name`),
  `department_id` = if(typed.row_offset >= gear.`work_staff`.row_offset, typed.`department_id`, gear.`work_staff`.`department_id`),
  `email_address` = if(typed.row_offset >= gear.`work_staff`.row_offset, typed.`email_address`, gear.`work_staff`.`email_address`),
  `source_created_at` = if(typed.row_offset >= gear.`work_staff`.row_offset, typed.`source_created_at`, gear.`work_staff`.`source_created_at`),
  `last_updated` = if(typed.row_offset >= gear.`work_staff`.row_offset, typed.`last_updated`, gear.`work_staff`.`last_updated`),
  copies = gear.`work_staff`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_staff`.row_offset, typed.row_offset, gear.`work_staff`.row_offset);

update gear.`work_staff` w
straight_join bulk.`staff` b on b.`staff_id` = w.`staff_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_staff`
  (`batch_number`, `load_id`, `staff_id`, `change_kind`, `old_first_name`, `new_first_name`, `old_last_name`, `new_last_name`, `old_department_id`, `new_department_id`, `old_email_address`, `new_email_address`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`staff_id`, if(b.load_id is null, 'inserted', 'updated'), b.`first_name`, w.`first_name`, b.`last_name`, w.`last_name`, b.`department_id`, w.`department_id`, b.`email_address`, w.`email_address`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.`work_staff` w
left join bulk.`staff` b on b.`staff_id` = w.`staff_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (cast(b.`first_name` as binary) <=> cast(w.`first_name` as binary)) or not (cast(b.`last_name` as binary) <=> cast(w.`last_name` as binary)) or not (b.`department_id` <=> w.`department_id`) or not (cast(b.`email_address` as binary) <=> cast(w.`email_address` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`staff_id`;

insert into bulk.`staff`
  (`staff_id`, `first_name`, `last_name`, `department_id`, `email_address`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`staff_id`, w.`first_name`, w.`last_name`, w.`department_id`, w.`email_address`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_staff` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`staff_id`
on duplicate key update updated_at = if(cast(bulk.`staff`.`first_name` as binary) <=> cast(w.`first_name` as binary) and cast(bulk.`staff`.`last_name` as binary) <=> cast(w.`last_name` as binary) and bulk.`staff`.`department_id` <=> w.`department_id` and cast(bulk.`staff`.`email_address` as binary) <=> cast(w.`email_address` as binary) and bulk.`staff`.`source_created_at` <=> w.`source_created_at` and bulk.`staff`.`last_updated` <=> w.`last_updated`, bulk.`staff`.updated_at, l.load_datetime),
  `first_name` = w.`first_name`,
  `last_name` = w.`last_name`,
  `department_id` = w.`department_id`,
  `email_address` = w.`email_address`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'staff',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_staff` w on w.load_id = l.load_id
left join bulk.`staff` b on b.`staff_id` = w.`staff_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`staff_id` order by l.load_datetime) as earlier
  from gear.`work_staff` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_staff`
  (`batch_number`, `load_id`, `staff_id`, `change_kind`, `old_first_name`, `new_first_name`, `old_last_name`, `new_last_name`, `old_department_id`, `new_department_id`, `old_email_address`, `new_email_address`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`staff_id`, if(b.load_id is null, 'inserted', 'updated'), b.`first_name`, w.`first_name`, b.`last_name`, w.`last_name`, b.`department_id`, w.`department_id`, b.`email_address`, w.`email_address`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.loads l
straight_join gear.`work_staff` w on w.load_id = l.load_id
left join bulk.`staff` b on b.`staff_id` = w.`staff_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (cast(b.`first_name` as binary) <=> cast(w.`first_name` as binary)) or not (cast(b.`last_name` as binary) <=> cast(w.`last_name` as binary)) or not (b.`department_id` <=> w.`department_id`) or not (cast(b.`email_address` as binary) <=> cast(w.`email_address` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`load_id`, w.`staff_id`;

insert into bulk.`staff`
  (`staff_id`, `first_name`, `last_name`, `department_id`, `email_address`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`staff_id`, w.`first_name`, w.`last_name`, w.`department_id`, w.`email_address`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_staff` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`staff_id`
on duplicate key update updated_at = if(cast(bulk.`staff`.`first_name` as binary) <=> cast(w.`first_name` as binary) and cast(bulk.`staff`.`last_name` as binary) <=> cast(w.`last_name` as binary) and bulk.`staff`.`department_id` <=> w.`department_id` and cast(bulk.`staff`.`email_address` as binary) <=> cast(w.`email_address` as binary) and bulk.`staff`.`source_created_at` <=> w.`source_created_at` and bulk.`staff`.`last_updated` <=> w.`last_updated`, bulk.`staff`.updated_at, l.load_datetime),
  `first_name` = w.`first_name`,
  `last_name` = w.`last_name`,
  `department_id` = w.`department_id`,
  `email_address` = w.`email_address`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'staff',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_staff` w on w.load_id = l.load_id
left join bulk.`staff` b on b.`staff_id` = w.`staff_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_staff`;
