-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create temporary table gear.`work_fx_rates` (
  load_id bigint unsigned not null,
  `rate_date` date not null,
  `base_code` char(3) not null,
  `currency_code` char(3) not null,
  `rate` decimal(18,8) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `rate_date`, `base_code`, `currency_code`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_fx_rates` (load_id, `rate_date`, `base_code`, `currency_code`, `rate`, row_offset, copies, is_outdated)
select load_id, `rate_date`, `base_code`, `currency_code`, `rate`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    str_to_date(convert(if(s.padded, convert(substring(cast(s.`rate_date` as binary), length(s.`rate_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`rate_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`rate_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`rate_date`) using ascii), '%Y-%m-%d') as `rate_date`,
    if(s.padded, convert(substring(cast(s.`base_code` as binary), length(s.`base_code`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`base_code` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`base_code` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`base_code`) as `base_code`,
    if(s.padded, convert(substring(cast(s.`currency_code` as binary), length(s.`currency_code`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`currency_code` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`currency_code` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`currency_code`) as `currency_code`,
    cast(round(cast(convert(if(s.padded or length(s.`rate`) > 60, concat(if(locate('-', s.`rate`) > 0, '-', ''), concat('0', trim(leading '0' from convert(replace(convert(substring(cast(s.`rate` as binary), length(s.`rate`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`rate` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`rate` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), '-', '') using ascii)))), s.`rate`) using ascii) as decimal(65,30)), 8) as decimal(18,8)) as `rate`
  from gear.loads l
  join staging.`fx_rates` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `rate` = if(typed.row_offset >= gear.`work_fx_rates`.row_offset, typed.`rate`, gear.`work_fx_rates`.`rate`),
  copies = gear.`work_fx_rates`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_fx_rates`.row_offset, typed.row_offset, gear.`work_fx_rates`.row_offset);

update gear.`work_fx_rates` w
straight_join bulk.`fx_rates` b on b.`rate_date` = w.`rate_date` and b.`base_code` = w.`base_code` and b.`currency_code` = w.`currency_code`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_fx_rates`
  (`batch_number`, `load_id`, `rate_date`, `base_code`, `currency_code`, `change_kind`, `old_rate`, `new_rate`)
select ?, w.load_id, w.`rate_date`, w.`base_code`, w.`currency_code`, if(b.load_id is null, 'inserted', 'updated'), b.`rate`, w.`rate`
from gear.`work_fx_rates` w
left join bulk.`fx_rates` b on b.`rate_date` = w.`rate_date` and b.`base_code` = w.`base_code` and b.`currency_code` = w.`currency_code`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`rate` <=> w.`rate`))
order by w.`rate_date`, w.`base_code`, w.`currency_code`;

insert into bulk.`fx_rates`
  (`rate_date`, `base_code`, `currency_code`, `rate`, `load_id`, `row_offset`, created_at, updated_at)
select w.`rate_date`, w.`base_code`, w.`currency_code`, w.`rate`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_fx_rates` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`rate_date`, w.`base_code`, w.`currency_code`
on duplicate key update updated_at = if(bulk.`fx_rates`.`rate` <=> w.`rate`, bulk.`fx_rates`.updated_at, l.load_datetime),
  `rate` = w.`rate`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'fx_rates',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_fx_rates` w on w.load_id = l.load_id
left join bulk.`fx_rates` b on b.`rate_date` = w.`rate_date` and b.`base_code` = w.`base_code` and b.`currency_code` = w.`currency_code` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`rate_date`, w.`base_code`, w.`currency_code` order by l.load_datetime) as earlier
  from gear.`work_fx_rates` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_fx_rates`
  (`batch_number`, `load_id`, `rate_date`, `base_code`, `currency_code`, `change_kind`, `old_rate`, `new_rate`)
select ?, w.load_id, w.`rate_date`, w.`base_code`, w.`currency_code`, if(b.load_id is null, 'inserted', 'updated'), b.`rate`, w.`rate`
from gear.loads l
straight_join gear.`work_fx_rates` w on w.load_id = l.load_id
left join bulk.`fx_rates` b on b.`rate_date` = w.`rate_date` and b.`base_code` = w.`base_code` and b.`currency_code` = w.`currency_code`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`rate` <=> w.`rate`))
order by w.`load_id`, w.`rate_date`, w.`base_code`, w.`currency_code`;

insert into bulk.`fx_rates`
  (`rate_date`, `base_code`, `currency_code`, `rate`, `load_id`, `row_offset`, created_at, updated_at)
select w.`rate_date`, w.`base_code`, w.`currency_code`, w.`rate`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_fx_rates` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`rate_date`, w.`base_code`, w.`currency_code`
on duplicate key update updated_at = if(bulk.`fx_rates`.`rate` <=> w.`rate`, bulk.`fx_rates`.updated_at, l.load_datetime),
  `rate` = w.`rate`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'fx_rates',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_fx_rates` w on w.load_id = l.load_id
left join bulk.`fx_rates` b on b.`rate_date` = w.`rate_date` and b.`base_code` = w.`base_code` and b.`currency_code` = w.`currency_code` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_fx_rates`;
