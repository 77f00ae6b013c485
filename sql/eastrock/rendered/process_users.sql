-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `user_id` from bulk.`users` order by `user_id` desc limit 1) highest where (highest.`user_id`) >= (typed.`user_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`user_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`user_id` as binary), length(s.`user_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`user_id`) using ascii) as unsigned) as `user_id`
  from staging.`users` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`users` where load_id = ?;

select `user_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`user_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`user_id` as binary), length(s.`user_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`user_id`) using ascii) as unsigned) as `user_id`
  from staging.`users` s
  where s.load_id = ?
) typed
order by `user_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `user_id` from bulk.`users` order by `user_id` desc limit 1) highest where (highest.`user_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`users`
  (`user_id`, `user_name`, `signup_date`, `country`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`user_id`, typed.`user_name`, typed.`signup_date`, typed.`country`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`user_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`user_id` as binary), length(s.`user_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`user_id`) using ascii) as unsigned) as `user_id`,
    if(s.padded, convert(substring(cast(s.`user_name` as binary), length(s.`user_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`user_name`) as `user_name`,
    str_to_date(convert(if(s.padded, convert(substring(cast(s.`signup_date` as binary), length(s.`signup_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`signup_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`signup_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`signup_date`) using ascii), '%d/%m/%Y') as `signup_date`,
    if(if(s.padded, convert(substring(cast(s.`country` as binary), length(s.`country`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`country`) = '', 'Unknown', if(s.padded, convert(substring(cast(s.`country` as binary), length(s.`country`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`country`)) as `country`
  from staging.`users` s
  where s.load_id = ?
) typed
where true
on duplicate key update `user_name` = if(typed.row_offset > bulk.`users`.row_offset, typed.`user_name`, bulk.`users`.`user_name`),
  `signup_date` = if(typed.row_offset > bulk.`users`.row_offset, typed.`signup_date`, bulk.`users`.`signup_date`),
  `country` = if(typed.row_offset > bulk.`users`.row_offset, typed.`country`, bulk.`users`.`country`),
  `row_offset` = if(typed.row_offset > bulk.`users`.row_offset, typed.`row_offset`, bulk.`users`.`row_offset`);

insert into gear.`changes_users`
  (`batch_number`, `load_id`, `user_id`, `change_kind`, `old_user_name`, `new_user_name`, `old_signup_date`, `new_signup_date`, `old_country`, `new_country`)
select ?, b.load_id, b.`user_id`, 'inserted', null, b.`user_name`, null, b.`signup_date`, null, b.`country`
from bulk.`users` b
where b.`user_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`user_id`;

create temporary table gear.`work_users` (
  load_id bigint unsigned not null,
  `user_id` int unsigned not null,
  `user_name` varchar(255) null,
  `signup_date` date null,
  `country` varchar(150) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_users` (load_id, `user_id`, `user_name`, `signup_date`, `country`, row_offset, copies, is_outdated)
select load_id, `user_id`, `user_name`, `signup_date`, `country`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`user_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`user_id` as binary), length(s.`user_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`user_id`) using ascii) as unsigned) as `user_id`,
    if(s.padded, convert(substring(cast(s.`user_name` as binary), length(s.`user_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`user_name`) as `user_name`,
    str_to_date(convert(if(s.padded, convert(substring(cast(s.`signup_date` as binary), length(s.`signup_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`signup_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`signup_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`signup_date`) using ascii), '%d/%m/%Y') as `signup_date`,
    if(if(s.padded, convert(substring(cast(s.`country` as binary), length(s.`country`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`country`) = '', 'Unknown', if(s.padded, convert(substring(cast(s.`country` as binary), length(s.`country`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`country`)) as `country`
  from gear.loads l
  join staging.`users` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `user_name` = if(typed.row_offset >= gear.`work_users`.row_offset, typed.`user_name`, gear.`work_users`.`user_name`),
  `signup_date` = if(typed.row_offset >= gear.`work_users`.row_offset, typed.`signup_date`, gear.`work_users`.`signup_date`),
  `country` = if(typed.row_offset >= gear.`work_users`.row_offset, typed.`country`, gear.`work_users`.`country`),
  copies = gear.`work_users`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_users`.row_offset, typed.row_offset, gear.`work_users`.row_offset);

update gear.`work_users` w
straight_join bulk.`users` b on b.`user_id` = w.`user_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_users`
  (`batch_number`, `load_id`, `user_id`, `change_kind`, `old_user_name`, `new_user_name`, `old_signup_date`, `new_signup_date`, `old_country`, `new_country`)
select ?, w.load_id, w.`user_id`, if(b.load_id is null, 'inserted', 'updated'), b.`user_name`, w.`user_name`, b.`signup_date`, w.`signup_date`, b.`country`, w.`country`
from gear.`work_users` w
left join bulk.`users` b on b.`user_id` = w.`user_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`user_name` <=> w.`user_name`) or not (b.`signup_date` <=> w.`signup_date`) or not (b.`country` <=> w.`country`))
order by w.`user_id`;

insert into bulk.`users`
  (`user_id`, `user_name`, `signup_date`, `country`, `load_id`, `row_offset`, created_at, updated_at)
select w.`user_id`, w.`user_name`, w.`signup_date`, w.`country`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_users` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`user_id`
on duplicate key update updated_at = if(bulk.`users`.`user_name` <=> w.`user_name` and bulk.`users`.`signup_date` <=> w.`signup_date` and bulk.`users`.`country` <=> w.`country`, bulk.`users`.updated_at, l.load_datetime),
  `user_name` = w.`user_name`,
  `signup_date` = w.`signup_date`,
  `country` = w.`country`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'users',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_users` w on w.load_id = l.load_id
left join bulk.`users` b on b.`user_id` = w.`user_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`user_id` order by l.load_datetime) as earlier
  from gear.`work_users` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_users`
  (`batch_number`, `load_id`, `user_id`, `change_kind`, `old_user_name`, `new_user_name`, `old_signup_date`, `new_signup_date`, `old_country`, `new_country`)
select ?, w.load_id, w.`user_id`, if(b.load_id is null, 'inserted', 'updated'), b.`user_name`, w.`user_name`, b.`signup_date`, w.`signup_date`, b.`country`, w.`country`
from gear.loads l
straight_join gear.`work_users` w on w.load_id = l.load_id
left join bulk.`users` b on b.`user_id` = w.`user_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`user_name` <=> w.`user_name`) or not (b.`signup_date` <=> w.`signup_date`) or not (b.`country` <=> w.`country`))
order by w.`load_id`, w.`user_id`;

insert into bulk.`users`
  (`user_id`, `user_name`, `signup_date`, `country`, `load_id`, `row_offset`, created_at, updated_at)
select w.`user_id`, w.`user_name`, w.`signup_date`, w.`country`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_users` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`user_id`
on duplicate key update updated_at = if(bulk.`users`.`user_name` <=> w.`user_name` and bulk.`users`.`signup_date` <=> w.`signup_date` and bulk.`users`.`country` <=> w.`country`, bulk.`users`.updated_at, l.load_datetime),
  `user_name` = w.`user_name`,
  `signup_date` = w.`signup_date`,
  `country` = w.`country`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'users',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_users` w on w.load_id = l.load_id
left join bulk.`users` b on b.`user_id` = w.`user_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

insert into gear.`country_ids` (`country_id`, `country`)
with names as (
  select distinct c.`new_country` as name
  from gear.`changes_users` c
  left join gear.`country_ids` known on known.`country` = c.`new_country`
  where c.batch_number = ? and known.`country_id` is null
)
select (select coalesce(max(`country_id`), 0) from gear.`country_ids`) + row_number() over (order by name), name
from names;

drop temporary table if exists gear.`work_users`;
