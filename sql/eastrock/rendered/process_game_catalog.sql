-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `game_id` from bulk.`game_catalog` order by `game_id` desc limit 1) highest where (highest.`game_id`) >= (typed.`game_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`game_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`game_id` as binary), length(s.`game_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`game_id`) using ascii) as unsigned) as `game_id`
  from staging.`games` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`games` where load_id = ?;

select `game_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`game_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`game_id` as binary), length(s.`game_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`game_id`) using ascii) as unsigned) as `game_id`
  from staging.`games` s
  where s.load_id = ?
) typed
order by `game_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `game_id` from bulk.`game_catalog` order by `game_id` desc limit 1) highest where (highest.`game_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`game_catalog`
  (`game_id`, `game_type`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`game_id`, typed.`game_type`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`game_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`game_id` as binary), length(s.`game_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`game_id`) using ascii) as unsigned) as `game_id`,
    if(if(s.padded, convert(substring(cast(s.`game_type` as binary), length(s.`game_type`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`game_type`) = '', 'Unknown', if(s.padded, convert(substring(cast(s.`game_type` as binary), length(s.`game_type`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`game_type`)) as `game_type`
  from staging.`games` s
  where s.load_id = ?
) typed
where true
on duplicate key update `game_type` = if(typed.row_offset > bulk.`game_catalog`.row_offset, typed.`game_type`, bulk.`game_catalog`.`game_type`),
  `row_offset` = if(typed.row_offset > bulk.`game_catalog`.row_offset, typed.`row_offset`, bulk.`game_catalog`.`row_offset`);

insert into gear.`changes_game_catalog`
  (`batch_number`, `load_id`, `game_id`, `change_kind`, `old_game_type`, `new_game_type`)
select ?, b.load_id, b.`game_id`, 'inserted', null, b.`game_type`
from bulk.`game_catalog` b
where b.`game_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`game_id`;

create temporary table gear.`work_game_catalog` (
  load_id bigint unsigned not null,
  `game_id` int unsigned not null,
  `game_type` varchar(100) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `game_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_game_catalog` (load_id, `game_id`, `game_type`, row_offset, copies, is_outdated)
select load_id, `game_id`, `game_type`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`game_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`game_id` as binary), length(s.`game_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`game_id`) using ascii) as unsigned) as `game_id`,
    if(if(s.padded, convert(substring(cast(s.`game_type` as binary), length(s.`game_type`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`game_type`) = '', 'Unknown', if(s.padded, convert(substring(cast(s.`game_type` as binary), length(s.`game_type`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`game_type`)) as `game_type`
  from gear.loads l
  join staging.`games` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `game_type` = if(typed.row_offset >= gear.`work_game_catalog`.row_offset, typed.`game_type`, gear.`work_game_catalog`.`game_type`),
  copies = gear.`work_game_catalog`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_game_catalog`.row_offset, typed.row_offset, gear.`work_game_catalog`.row_offset);

update gear.`work_game_catalog` w
straight_join bulk.`game_catalog` b on b.`game_id` = w.`game_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_game_catalog`
  (`batch_number`, `load_id`, `game_id`, `change_kind`, `old_game_type`, `new_game_type`)
select ?, w.load_id, w.`game_id`, if(b.load_id is null, 'inserted', 'updated'), b.`game_type`, w.`game_type`
from gear.`work_game_catalog` w
left join bulk.`game_catalog` b on b.`game_id` = w.`game_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`game_type` <=> w.`game_type`))
order by w.`game_id`;

insert into bulk.`game_catalog`
  (`game_id`, `game_type`, `load_id`, `row_offset`, created_at, updated_at)
select w.`game_id`, w.`game_type`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_game_catalog` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`game_id`
on duplicate key update updated_at = if(bulk.`game_catalog`.`game_type` <=> w.`game_type`, bulk.`game_catalog`.updated_at, l.load_datetime),
  `game_type` = w.`game_type`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'game_catalog',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_game_catalog` w on w.load_id = l.load_id
left join bulk.`game_catalog` b on b.`game_id` = w.`game_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`game_id` order by l.load_datetime) as earlier
  from gear.`work_game_catalog` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_game_catalog`
  (`batch_number`, `load_id`, `game_id`, `change_kind`, `old_game_type`, `new_game_type`)
select ?, w.load_id, w.`game_id`, if(b.load_id is null, 'inserted', 'updated'), b.`game_type`, w.`game_type`
from gear.loads l
straight_join gear.`work_game_catalog` w on w.load_id = l.load_id
left join bulk.`game_catalog` b on b.`game_id` = w.`game_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`game_type` <=> w.`game_type`))
order by w.`load_id`, w.`game_id`;

insert into bulk.`game_catalog`
  (`game_id`, `game_type`, `load_id`, `row_offset`, created_at, updated_at)
select w.`game_id`, w.`game_type`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_game_catalog` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`game_id`
on duplicate key update updated_at = if(bulk.`game_catalog`.`game_type` <=> w.`game_type`, bulk.`game_catalog`.updated_at, l.load_datetime),
  `game_type` = w.`game_type`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'game_catalog',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_game_catalog` w on w.load_id = l.load_id
left join bulk.`game_catalog` b on b.`game_id` = w.`game_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

insert into gear.`game_type_ids` (`game_type_id`, `game_type`)
with names as (
  select distinct c.`new_game_type` as name
  from gear.`changes_game_catalog` c
  left join gear.`game_type_ids` known on known.`game_type` = c.`new_game_type`
  where c.batch_number = ? and known.`game_type_id` is null
)
select (select coalesce(max(`game_type_id`), 0) from gear.`game_type_ids`) + row_number() over (order by name), name
from names;

drop temporary table if exists gear.`work_game_catalog`;
