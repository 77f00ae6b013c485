-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `counterparty_id` from bulk.`counterparty` order by `counterparty_id` desc limit 1) highest where (highest.`counterparty_id`) >= (typed.`counterparty_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`counterparty_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`counterparty_id` as binary), length(s.`counterparty_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`counterparty_id`) using ascii) as unsigned) as `counterparty_id`
  from staging.`counterparty` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`counterparty` where load_id = ?;

select `counterparty_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`counterparty_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`counterparty_id` as binary), length(s.`counterparty_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`counterparty_id`) using ascii) as unsigned) as `counterparty_id`
  from staging.`counterparty` s
  where s.load_id = ?
) typed
order by `counterparty_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `counterparty_id` from bulk.`counterparty` order by `counterparty_id` desc limit 1) highest where (highest.`counterparty_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`counterparty`
  (`counterparty_id`, `counterparty_legal_name`, `legal_address_id`, `commercial_contact`, `delivery_contact`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`counterparty_id`, typed.`counterparty_legal_name`, typed.`legal_address_id`, typed.`commercial_contact`, typed.`delivery_contact`, typed.`source_created_at`, typed.`last_updated`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`counterparty_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`counterparty_id` as binary), length(s.`counterparty_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`counterparty_id`) using ascii) as unsigned) as `counterparty_id`,
    if(s.`counterparty_legal_name` is null, null, s.`counterparty_legal_name`) as `counterparty_legal_name`,
    cast(convert(if(s.padded or length(s.`legal_address_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`legal_address_id` as binary), length(s.`legal_address_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`legal_address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`legal_address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`legal_address_id`) using ascii) as unsigned) as `legal_address_id`,
    if(s.`commercial_contact` is null, null, s.`commercial_contact`) as `commercial_contact`,
    if(s.`delivery_contact` is null, null, s.`delivery_contact`) as `delivery_contact`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from staging.`counterparty` s
  where s.load_id = ?
) typed
where true
on duplicate key update `counterparty_legal_name` = if(typed.row_offset > bulk.`counterparty`.row_offset, typed.`counterparty_legal_name`, bulk.`counterparty`.`counterparty_legal_name`),
  `legal_address_id` = if(typed.row_offset > bulk.`counterparty`.row_offset, typed.`legal_address_id`, bulk.`counterparty`.`legal_address_id`),
  `commercial_contact` = if(typed.row_offset > bulk.`counterparty`.row_offset, typed.`commercial_contact`, bulk.`counterparty`.`commercial_contact`),
  `delivery_contact` = if(typed.row_offset > bulk.`counterparty`.row_offset, typed.`delivery_contact`, bulk.`counterparty`.`delivery_contact`),
  `source_created_at` = if(typed.row_offset > bulk.`counterparty`.row_offset, typed.`source_created_at`, bulk.`counterparty`.`source_created_at`),
  `last_updated` = if(typed.row_offset > bulk.`counterparty`.row_offset, typed.`last_updated`, bulk.`counterparty`.`last_updated`),
  `row_offset` = if(typed.row_offset > bulk.`counterparty`.row_offset, typed.`row_offset`, bulk.`counterparty`.`row_offset`);

insert into gear.`changes_counterparty`
  (`batch_number`, `load_id`, `counterparty_id`, `change_kind`, `old_counterparty_legal_name`, `new_counterparty_legal_name`, `old_legal_address_id`, `new_legal_address_id`, `old_commercial_contact`, `new_commercial_contact`, `old_delivery_contact`, `new_delivery_contact`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, b.load_id, b.`counterparty_id`, 'inserted', null, b.`counterparty_legal_name`, null, b.`legal_address_id`, null, b.`commercial_contact`, null, b.`delivery_contact`, null, b.`source_created_at`, null, b.`last_updated`
from bulk.`counterparty` b
where b.`counterparty_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`counterparty_id`;

create temporary table gear.`work_counterparty` (
  load_id bigint unsigned not null,
  `counterparty_id` int unsigned not null,
  `counterparty_legal_name` mediumtext null,
  `legal_address_id` int unsigned null,
  `commercial_contact` mediumtext null,
  `delivery_contact` mediumtext null,
  `source_created_at` datetime(6) null,
  `last_updated` datetime(6) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `counterparty_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_counterparty` (load_id, `counterparty_id`, `counterparty_legal_name`, `legal_address_id`, `commercial_contact`, `delivery_contact`, `source_created_at`, `last_updated`, row_offset, copies, is_outdated)
select load_id, `counterparty_id`, `counterparty_legal_name`, `legal_address_id`, `commercial_contact`, `delivery_contact`, `source_created_at`, `last_updated`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`counterparty_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`counterparty_id` as binary), length(s.`counterparty_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`counterparty_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`counterparty_id`) using ascii) as unsigned) as `counterparty_id`,
    if(s.`counterparty_legal_name` is null, null, s.`counterparty_legal_name`) as `counterparty_legal_name`,
    cast(convert(if(s.padded or length(s.`legal_address_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`legal_address_id` as binary), length(s.`legal_address_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`legal_address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`legal_address_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`legal_address_id`) using ascii) as unsigned) as `legal_address_id`,
    if(s.`commercial_contact` is null, null, s.`commercial_contact`) as `commercial_contact`,
    if(s.`delivery_contact` is null, null, s.`delivery_contact`) as `delivery_contact`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`source_created_at` as binary), length(s.`source_created_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`source_created_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`source_created_at`) using ascii), 'T', ' ') as datetime(6))) as `source_created_at`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`)), 0) = 0, null, cast(replace(convert(if(s.padded, convert(substring(cast(s.`last_updated` as binary), length(s.`last_updated`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`last_updated` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`last_updated`) using ascii), 'T', ' ') as datetime(6))) as `last_updated`
  from gear.loads l
  join staging.`counterparty` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `counterparty_legal_name` = if(typed.row_offset >= gear.`work_counterparty`.row_offset, typed.`counterparty_legal_name`, gear.`work_counterparty`.`counterparty_legal_name`),
  `legal_address_id` = if(typed.row_offset >= gear.`work_counterparty`.row_offset, typed.`legal_address_id`, gear.`work_counterparty`.`legal_address_id`),
  `commercial_contact` = if(typed.row_offset >= gear.`work_counterparty`.row_offset, typed.`commercial_contact`, gear.`work_counterparty`.`commercial_contact`),
  `delivery_contact` = if(typed.row_offset >= gear.`work_counterparty`.row_offset, typed.`delivery_contact`, gear.`work_counterparty`.`delivery_contact`),
  `source_created_at` = if(typed.row_offset >= gear.`work_counterparty`.row_offset, typed.`source_created_at`, gear.`work_counterparty`.`source_created_at`),
  `last_updated` = if(typed.row_offset >= gear.`work_counterparty`.row_offset, typed.`last_updated`, gear.`work_counterparty`.`last_updated`),
  copies = gear.`work_counterparty`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_counterparty`.row_offset, typed.row_offset, gear.`work_counterparty`.row_offset);

update gear.`work_counterparty` w
straight_join bulk.`counterparty` b on b.`counterparty_id` = w.`counterparty_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_counterparty`
  (`batch_number`, `load_id`, `counterparty_id`, `change_kind`, `old_counterparty_legal_name`, `new_counterparty_legal_name`, `old_legal_address_id`, `new_legal_address_id`, `old_commercial_contact`, `new_commercial_contact`, `old_delivery_contact`, `new_delivery_contact`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`counterparty_id`, if(b.load_id is null, 'inserted', 'updated'), b.`counterparty_legal_name`, w.`counterparty_legal_name`, b.`legal_address_id`, w.`legal_address_id`, b.`commercial_contact`, w.`commercial_contact`, b.`delivery_contact`, w.`delivery_contact`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.`work_counterparty` w
left join bulk.`counterparty` b on b.`counterparty_id` = w.`counterparty_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (cast(b.`counterparty_legal_name` as binary) <=> cast(w.`counterparty_legal_name` as binary)) or not (b.`legal_address_id` <=> w.`legal_address_id`) or not (cast(b.`commercial_contact` as binary) <=> cast(w.`commercial_contact` as binary)) or not (cast(b.`delivery_contact` as binary) <=> cast(w.`delivery_contact` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`counterparty_id`;

insert into bulk.`counterparty`
  (`counterparty_id`, `counterparty_legal_name`, `legal_address_id`, `commercial_contact`, `delivery_contact`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`counterparty_id`, w.`counterparty_legal_name`, w.`legal_address_id`, w.`commercial_contact`, w.`delivery_contact`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_counterparty` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`counterparty_id`
on duplicate key update updated_at = if(cast(bulk.`counterparty`.`counterparty_legal_name` as binary) <=> cast(w.`counterparty_legal_name` as binary) and bulk.`counterparty`.`legal_address_id` <=> w.`legal_address_id` and cast(bulk.`counterparty`.`commercial_contact` as binary) <=> cast(w.`commercial_contact` as binary) and cast(bulk.`counterparty`.`delivery_contact` as binary) <=> cast(w.`delivery_contact` as binary) and bulk.`counterparty`.`source_created_at` <=> w.`source_created_at` and bulk.`counterparty`.`last_updated` <=> w.`last_updated`, bulk.`counterparty`.updated_at, l.load_datetime),
  `counterparty_legal_name` = w.`counterparty_legal_name`,
  `legal_address_id` = w.`legal_address_id`,
  `commercial_contact` = w.`commercial_contact`,
  `delivery_contact` = w.`delivery_contact`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'counterparty',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_counterparty` w on w.load_id = l.load_id
left join bulk.`counterparty` b on b.`counterparty_id` = w.`counterparty_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`counterparty_id` order by l.load_datetime) as earlier
  from gear.`work_counterparty` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_counterparty`
  (`batch_number`, `load_id`, `counterparty_id`, `change_kind`, `old_counterparty_legal_name`, `new_counterparty_legal_name`, `old_legal_address_id`, `new_legal_address_id`, `old_commercial_contact`, `new_commercial_contact`, `old_delivery_contact`, `new_delivery_contact`, `old_source_created_at`, `new_source_created_at`, `old_last_updated`, `new_last_updated`)
select ?, w.load_id, w.`counterparty_id`, if(b.load_id is null, 'inserted', 'updated'), b.`counterparty_legal_name`, w.`counterparty_legal_name`, b.`legal_address_id`, w.`legal_address_id`, b.`commercial_contact`, w.`commercial_contact`, b.`delivery_contact`, w.`delivery_contact`, b.`source_created_at`, w.`source_created_at`, b.`last_updated`, w.`last_updated`
from gear.loads l
straight_join gear.`work_counterparty` w on w.load_id = l.load_id
left join bulk.`counterparty` b on b.`counterparty_id` = w.`counterparty_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (cast(b.`counterparty_legal_name` as binary) <=> cast(w.`counterparty_legal_name` as binary)) or not (b.`legal_address_id` <=> w.`legal_address_id`) or not (cast(b.`commercial_contact` as binary) <=> cast(w.`commercial_contact` as binary)) or not (cast(b.`delivery_contact` as binary) <=> cast(w.`delivery_contact` as binary)) or not (b.`source_created_at` <=> w.`source_created_at`) or not (b.`last_updated` <=> w.`last_updated`))
order by w.`load_id`, w.`counterparty_id`;

insert into bulk.`counterparty`
  (`counterparty_id`, `counterparty_legal_name`, `legal_address_id`, `commercial_contact`, `delivery_contact`, `source_created_at`, `last_updated`, `load_id`, `row_offset`, created_at, updated_at)
select w.`counterparty_id`, w.`counterparty_legal_name`, w.`legal_address_id`, w.`commercial_contact`, w.`delivery_contact`, w.`source_created_at`, w.`last_updated`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_counterparty` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`counterparty_id`
on duplicate key update updated_at = if(cast(bulk.`counterparty`.`counterparty_legal_name` as binary) <=> cast(w.`counterparty_legal_name` as binary) and bulk.`counterparty`.`legal_address_id` <=> w.`legal_address_id` and cast(bulk.`counterparty`.`commercial_contact` as binary) <=> cast(w.`commercial_contact` as binary) and cast(bulk.`counterparty`.`delivery_contact` as binary) <=> cast(w.`delivery_contact` as binary) and bulk.`counterparty`.`source_created_at` <=> w.`source_created_at` and bulk.`counterparty`.`last_updated` <=> w.`last_updated`, bulk.`counterparty`.updated_at, l.load_datetime),
  `counterparty_legal_name` = w.`counterparty_legal_name`,
  `legal_address_id` = w.`legal_address_id`,
  `commercial_contact` = w.`commercial_contact`,
  `delivery_contact` = w.`delivery_contact`,
  `source_created_at` = w.`source_created_at`,
  `last_updated` = w.`last_updated`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'counterparty',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_counterparty` w on w.load_id = l.load_id
left join bulk.`counterparty` b on b.`counterparty_id` = w.`counterparty_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_counterparty`;
