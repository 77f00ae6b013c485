-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `play_date`, `game_id`, `user_id` from bulk.`games` order by `play_date` desc, `game_id` desc, `user_id` desc limit 1) highest where (highest.`play_date`, highest.`game_id`, highest.`user_id`) >= (typed.`play_date`, typed.`game_id`, typed.`user_id`)) as above
from (
  select s.load_id, s.row_offset,
    str_to_date(convert(if(s.padded, convert(substring(cast(s.`play_date` as binary), length(s.`play_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`play_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`play_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`play_date`) using ascii), '%d/%m/%Y') as `play_date`,
    cast(convert(if(s.padded or length(s.`game_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`game_id` as binary), length(s.`game_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`game_id`) using ascii) as unsigned) as `game_id`,
    cast(convert(if(s.padded or length(s.`user_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`user_id` as binary), length(s.`user_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`user_id`) using ascii) as unsigned) as `user_id`
  from staging.`games` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`games` where load_id = ?;

select `play_date`, `game_id`, `user_id`
from (
  select s.load_id, s.row_offset,
    str_to_date(convert(if(s.padded, convert(substring(cast(s.`play_date` as binary), length(s.`play_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`play_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`play_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`play_date`) using ascii), '%d/%m/%Y') as `play_date`,
    cast(convert(if(s.padded or length(s.`game_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`game_id` as binary), length(s.`game_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`game_id`) using ascii) as unsigned) as `game_id`,
    cast(convert(if(s.padded or length(s.`user_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`user_id` as binary), length(s.`user_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`user_id`) using ascii) as unsigned) as `user_id`
  from staging.`games` s
  where s.load_id = ?
) typed
order by `play_date`, `game_id`, `user_id` limit 1
into @strata_lowest_1, @strata_lowest_2, @strata_lowest_3;

select not exists (select 1 from (select `play_date`, `game_id`, `user_id` from bulk.`games` order by `play_date` desc, `game_id` desc, `user_id` desc limit 1) highest where (highest.`play_date`, highest.`game_id`, highest.`user_id`) >= (cast(@strata_lowest_1 as date), @strata_lowest_2, @strata_lowest_3)) as above;

insert into bulk.`games`
  (`play_date`, `game_id`, `user_id`, `game_type`, `duration`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`play_date`, typed.`game_id`, typed.`user_id`, typed.`game_type`, typed.`duration`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    str_to_date(convert(if(s.padded, convert(substring(cast(s.`play_date` as binary), length(s.`play_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`play_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`play_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`play_date`) using ascii), '%d/%m/%Y') as `play_date`,
    cast(convert(if(s.padded or length(s.`game_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`game_id` as binary), length(s.`game_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`game_id`) using ascii) as unsigned) as `game_id`,
    cast(convert(if(s.padded or length(s.`user_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`user_id` as binary), length(s.`user_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`user_id`) using ascii) as unsigned) as `user_id`,
    if(if(s.padded, convert(substring(cast(s.`game_type` as binary), length(s.`game_type`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`game_type`) = '', 'Unknown', if(s.padded, convert(substring(cast(s.`game_type` as binary), length(s.`game_type`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`game_type`)) as `game_type`,
    cast(convert(if(s.padded or length(s.`duration`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`duration` as binary), length(s.`duration`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`duration` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`duration` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`duration`) using ascii) as unsigned) as `duration`
  from staging.`games` s
  where s.load_id = ?
) typed
where true
on duplicate key update `game_type` = if(typed.row_offset > bulk.`games`.row_offset, typed.`game_type`, bulk.`games`.`game_type`),
  `duration` = if(typed.row_offset > bulk.`games`.row_offset, typed.`duration`, bulk.`games`.`duration`),
  `row_offset` = if(typed.row_offset > bulk.`games`.row_offset, typed.`row_offset`, bulk.`games`.`row_offset`);

insert into gear.`changes_games`
  (`batch_number`, `load_id`, `play_date`, `game_id`, `user_id`, `change_kind`, `old_game_type`, `new_game_type`, `old_duration`, `new_duration`)
select ?, b.load_id, b.`play_date`, b.`game_id`, b.`user_id`, 'inserted', null, b.`game_type`, null, b.`duration`
from bulk.`games` b
where b.`play_date` >= cast(@strata_lowest_1 as date) and b.load_id = ?
order by b.`play_date`, b.`game_id`, b.`user_id`;

create temporary table gear.`work_games` (
  load_id bigint unsigned not null,
  `play_date` date not null,
  `game_id` int unsigned not null,
  `user_id` int unsigned not null,
  `game_type` varchar(100) null,
  `duration` int unsigned null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `play_date`, `game_id`, `user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_games` (load_id, `play_date`, `game_id`, `user_id`, `game_type`, `duration`, row_offset, copies, is_outdated)
select load_id, `play_date`, `game_id`, `user_id`, `game_type`, `duration`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    str_to_date(convert(if(s.padded, convert(substring(cast(s.`play_date` as binary), length(s.`play_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`play_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`play_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`play_date`) using ascii), '%d/%m/%Y') as `play_date`,
    cast(convert(if(s.padded or length(s.`game_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`game_id` as binary), length(s.`game_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`game_id`) using ascii) as unsigned) as `game_id`,
    cast(convert(if(s.padded or length(s.`user_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`user_id` as binary), length(s.`user_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`user_id`) using ascii) as unsigned) as `user_id`,
    if(if(s.padded, convert(substring(cast(s.`game_type` as binary), length(s.`game_type`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`game_type`) = '', 'Unknown', if(s.padded, convert(substring(cast(s.`game_type` as binary), length(s.`game_type`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`game_type` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`game_type`)) as `game_type`,
    cast(convert(if(s.padded or length(s.`duration`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`duration` as binary), length(s.`duration`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`duration` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`duration` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`duration`) using ascii) as unsigned) as `duration`
  from gear.loads l
  join staging.`games` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `game_type` = if(typed.row_offset >= gear.`work_games`.row_offset, typed.`game_type`, gear.`work_games`.`game_type`),
  `duration` = if(typed.row_offset >= gear.`work_games`.row_offset, typed.`duration`, gear.`work_games`.`duration`),
  copies = gear.`work_games`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_games`.row_offset, typed.row_offset, gear.`work_games`.row_offset);

update gear.`work_games` w
straight_join bulk.`games` b on b.`play_date` = w.`play_date` and b.`game_id` = w.`game_id` and b.`user_id` = w.`user_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_games`
  (`batch_number`, `load_id`, `play_date`, `game_id`, `user_id`, `change_kind`, `old_game_type`, `new_game_type`, `old_duration`, `new_duration`)
select ?, w.load_id, w.`play_date`, w.`game_id`, w.`user_id`, if(b.load_id is null, 'inserted', 'updated'), b.`game_type`, w.`game_type`, b.`duration`, w.`duration`
from gear.`work_games` w
left join bulk.`games` b on b.`play_date` = w.`play_date` and b.`game_id` = w.`game_id` and b.`user_id` = w.`user_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`game_type` <=> w.`game_type`) or not (b.`duration` <=> w.`duration`))
order by w.`play_date`, w.`game_id`, w.`user_id`;

insert into bulk.`games`
  (`play_date`, `game_id`, `user_id`, `game_type`, `duration`, `load_id`, `row_offset`, created_at, updated_at)
select w.`play_date`, w.`game_id`, w.`user_id`, w.`game_type`, w.`duration`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_games` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`play_date`, w.`game_id`, w.`user_id`
on duplicate key update updated_at = if(bulk.`games`.`game_type` <=> w.`game_type` and bulk.`games`.`duration` <=> w.`duration`, bulk.`games`.updated_at, l.load_datetime),
  `game_type` = w.`game_type`,
  `duration` = w.`duration`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'games',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_games` w on w.load_id = l.load_id
left join bulk.`games` b on b.`play_date` = w.`play_date` and b.`game_id` = w.`game_id` and b.`user_id` = w.`user_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`play_date`, w.`game_id`, w.`user_id` order by l.load_datetime) as earlier
  from gear.`work_games` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_games`
  (`batch_number`, `load_id`, `play_date`, `game_id`, `user_id`, `change_kind`, `old_game_type`, `new_game_type`, `old_duration`, `new_duration`)
select ?, w.load_id, w.`play_date`, w.`game_id`, w.`user_id`, if(b.load_id is null, 'inserted', 'updated'), b.`game_type`, w.`game_type`, b.`duration`, w.`duration`
from gear.loads l
straight_join gear.`work_games` w on w.load_id = l.load_id
left join bulk.`games` b on b.`play_date` = w.`play_date` and b.`game_id` = w.`game_id` and b.`user_id` = w.`user_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`game_type` <=> w.`game_type`) or not (b.`duration` <=> w.`duration`))
order by w.`load_id`, w.`play_date`, w.`game_id`, w.`user_id`;

insert into bulk.`games`
  (`play_date`, `game_id`, `user_id`, `game_type`, `duration`, `load_id`, `row_offset`, created_at, updated_at)
select w.`play_date`, w.`game_id`, w.`user_id`, w.`game_type`, w.`duration`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_games` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`play_date`, w.`game_id`, w.`user_id`
on duplicate key update updated_at = if(bulk.`games`.`game_type` <=> w.`game_type` and bulk.`games`.`duration` <=> w.`duration`, bulk.`games`.updated_at, l.load_datetime),
  `game_type` = w.`game_type`,
  `duration` = w.`duration`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'games',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_games` w on w.load_id = l.load_id
left join bulk.`games` b on b.`play_date` = w.`play_date` and b.`game_id` = w.`game_id` and b.`user_id` = w.`user_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_games`;
