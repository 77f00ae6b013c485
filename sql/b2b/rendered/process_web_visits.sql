-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select count(*) as row_count from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    l.partition_date as `delivery_date`
  from staging.`weblogs` s
  straight_join gear.loads l on l.load_id = s.load_id
  where s.load_id = ?
) typed;

delete from bulk.`web_visits`
where `delivery_date` = ? and load_id <> ? and load_id not in (select load_id from gear.replays where first_load_id = ?);

select exists (select 1 from bulk.`web_visits` where `delivery_date` = ?) as held;

insert into bulk.`web_visits` (`load_id`, `row_offset`, `line_number`, `delivery_date`, `visit_time`, `ip`, `user_name`, `method`, `path`, `protocol`, `request`, `status`, `bytes`, `referer`, `user_agent`, `country`, `device`)
select typed.`load_id`, typed.`row_offset`, typed.`line_number`, typed.`delivery_date`, typed.`visit_time`, typed.`ip`, typed.`user_name`, typed.`method`, typed.`path`, typed.`protocol`, typed.`request`, typed.`status`, typed.`bytes`, typed.`referer`, typed.`user_agent`, typed.`country`, typed.`device`
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset, s.line_number,
    l.partition_date as `delivery_date`,
    cast(replace(convert(if(s.padded, convert(substring(cast(s.`visit_time` as binary), length(s.`visit_time`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`visit_time` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`visit_time` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`visit_time`) using ascii), 'T', ' ') as datetime(0)) as `visit_time`,
    if(s.padded, convert(substring(cast(s.`ip` as binary), length(s.`ip`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`ip` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`ip` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`ip`) as `ip`,
    if(s.`user_name` is null, null, if(s.padded, convert(substring(cast(s.`user_name` as binary), length(s.`user_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`user_name`)) as `user_name`,
    if(s.`method` is null, null, if(s.padded, convert(substring(cast(s.`method` as binary), length(s.`method`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`method` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`method` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`method`)) as `method`,
    if(s.`path` is null, null, if(s.padded, convert(substring(cast(s.`path` as binary), length(s.`path`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`path` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`path` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`path`)) as `path`,
    if(s.`protocol` is null, null, if(s.padded, convert(substring(cast(s.`protocol` as binary), length(s.`protocol`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`protocol` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`protocol` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`protocol`)) as `protocol`,
    if(s.padded, convert(substring(cast(s.`request` as binary), length(s.`request`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`request` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`request` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`request`) as `request`,
    cast(convert(if(s.padded or length(s.`status`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`status` as binary), length(s.`status`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`status` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`status` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`status`) using ascii) as unsigned) as `status`,
    cast(convert(if(s.padded or length(s.`bytes`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`bytes` as binary), length(s.`bytes`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`bytes` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`bytes` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`bytes`) using ascii) as unsigned) as `bytes`,
    if(s.`referer` is null, null, if(s.padded, convert(substring(cast(s.`referer` as binary), length(s.`referer`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`referer` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`referer` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`referer`)) as `referer`,
    if(s.`user_agent` is null, null, if(s.padded, convert(substring(cast(s.`user_agent` as binary), length(s.`user_agent`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_agent` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_agent` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`user_agent`)) as `user_agent`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`country` as binary), length(s.`country`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`country`)), 0) = 0, null, if(s.padded, convert(substring(cast(s.`country` as binary), length(s.`country`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`country`)) as `country`,
    if(s.padded, convert(substring(cast(s.`device` as binary), length(s.`device`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`device` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`device` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`device`) as `device`
  from staging.`weblogs` s
  straight_join gear.loads l on l.load_id = s.load_id
  where s.load_id = ?
) typed;

delete from bulk.`web_visits`
where `delivery_date` = ? and load_id <> ? and row_offset in (select typed.row_offset from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    l.partition_date as `delivery_date`
  from staging.`weblogs` s
  straight_join gear.loads l on l.load_id = s.load_id
  where s.load_id = ?
) typed)
  and load_id not in (
    select later.load_id
    from gear.replays r
    join gear.loads later on later.load_id = r.load_id
    join gear.loads own on own.load_id = ?
    where r.first_load_id = ? and (later.delivery_order, later.load_id) > (own.delivery_order, own.load_id)
  );

select count(*) as row_count from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    l.partition_date as `delivery_date`
  from staging.`weblogs` s
  straight_join gear.loads l on l.load_id = s.load_id
  where s.load_id = ?
) typed
where exists (select 1 from bulk.`web_visits` b where b.`delivery_date` = ? and b.row_offset = typed.row_offset);

insert into bulk.`web_visits` (`load_id`, `row_offset`, `line_number`, `delivery_date`, `visit_time`, `ip`, `user_name`, `method`, `path`, `protocol`, `request`, `status`, `bytes`, `referer`, `user_agent`, `country`, `device`)
select typed.`load_id`, typed.`row_offset`, typed.`line_number`, typed.`delivery_date`, typed.`visit_time`, typed.`ip`, typed.`user_name`, typed.`method`, typed.`path`, typed.`protocol`, typed.`request`, typed.`status`, typed.`bytes`, typed.`referer`, typed.`user_agent`, typed.`country`, typed.`device`
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset, s.line_number,
    l.partition_date as `delivery_date`,
    cast(replace(convert(if(s.padded, convert(substring(cast(s.`visit_time` as binary), length(s.`visit_time`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`visit_time` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`visit_time` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`visit_time`) using ascii), 'T', ' ') as datetime(0)) as `visit_time`,
    if(s.padded, convert(substring(cast(s.`ip` as binary), length(s.`ip`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`ip` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`ip` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`ip`) as `ip`,
    if(s.`user_name` is null, null, if(s.padded, convert(substring(cast(s.`user_name` as binary), length(s.`user_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`user_name`)) as `user_name`,
    if(s.`method` is null, null, if(s.padded, convert(substring(cast(s.`method` as binary), length(s.`method`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`method` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`method` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`method`)) as `method`,
    if(s.`path` is null, null, if(s.padded, convert(substring(cast(s.`path` as binary), length(s.`path`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`path` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`path` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`path`)) as `path`,
    if(s.`protocol` is null, null, if(s.padded, convert(substring(cast(s.`protocol` as binary), length(s.`protocol`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`protocol` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`protocol` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`protocol`)) as `protocol`,
    if(s.padded, convert(substring(cast(s.`request` as binary), length(s.`request`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`request` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`request` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`request`) as `request`,
    cast(convert(if(s.padded or length(s.`status`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`status` as binary), length(s.`status`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`status` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`status` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`status`) using ascii) as unsigned) as `status`,
    cast(convert(if(s.padded or length(s.`bytes`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`bytes` as binary), length(s.`bytes`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`bytes` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`bytes` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`bytes`) using ascii) as unsigned) as `bytes`,
    if(s.`referer` is null, null, if(s.padded, convert(substring(cast(s.`referer` as binary), length(s.`referer`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`referer` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`referer` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`referer`)) as `referer`,
    if(s.`user_agent` is null, null, if(s.padded, convert(substring(cast(s.`user_agent` as binary), length(s.`user_agent`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_agent` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_agent` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`user_agent`)) as `user_agent`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`country` as binary), length(s.`country`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`country`)), 0) = 0, null, if(s.padded, convert(substring(cast(s.`country` as binary), length(s.`country`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`country` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`country`)) as `country`,
    if(s.padded, convert(substring(cast(s.`device` as binary), length(s.`device`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`device` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`device` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`device`) as `device`
  from staging.`weblogs` s
  straight_join gear.loads l on l.load_id = s.load_id
  where s.load_id = ?
) typed
where not exists (select 1 from bulk.`web_visits` b where b.`delivery_date` = ? and b.row_offset = typed.row_offset);
