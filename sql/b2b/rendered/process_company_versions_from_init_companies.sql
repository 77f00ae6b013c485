-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `company_id`, `delivery_date` from bulk.`company_versions` order by `company_id` desc, `delivery_date` desc limit 1) highest where (highest.`company_id`, highest.`delivery_date`) >= (typed.`company_id`, typed.`delivery_date`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`company_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`company_id` as binary), length(s.`company_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`company_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`company_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`company_id`) using ascii) as unsigned) as `company_id`,
    l.partition_date as `delivery_date`
  from staging.`init_companies` s
  straight_join gear.loads l on l.load_id = s.load_id
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`init_companies` where load_id = ?;

select `company_id`, `delivery_date`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`company_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`company_id` as binary), length(s.`company_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`company_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`company_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`company_id`) using ascii) as unsigned) as `company_id`,
    l.partition_date as `delivery_date`
  from staging.`init_companies` s
  straight_join gear.loads l on l.load_id = s.load_id
  where s.load_id = ?
) typed
order by `company_id`, `delivery_date` limit 1
into @strata_lowest_1, @strata_lowest_2;

select not exists (select 1 from (select `company_id`, `delivery_date` from bulk.`company_versions` order by `company_id` desc, `delivery_date` desc limit 1) highest where (highest.`company_id`, highest.`delivery_date`) >= (@strata_lowest_1, cast(@strata_lowest_2 as date))) as above;

insert into bulk.`company_versions`
  (`company_id`, `delivery_date`, `company_name`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`company_id`, typed.`delivery_date`, typed.`company_name`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`company_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`company_id` as binary), length(s.`company_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`company_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`company_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`company_id`) using ascii) as unsigned) as `company_id`,
    l.partition_date as `delivery_date`,
    if(s.padded, convert(substring(cast(s.`company_name` as binary), length(s.`company_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`company_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`company_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`company_name`) as `company_name`
  from staging.`init_companies` s
  straight_join gear.loads l on l.load_id = s.load_id
  where s.load_id = ?
) typed
where true
on duplicate key update `company_name` = if(typed.row_offset > bulk.`company_versions`.row_offset, typed.`company_name`, bulk.`company_versions`.`company_name`),
  `row_offset` = if(typed.row_offset > bulk.`company_versions`.row_offset, typed.`row_offset`, bulk.`company_versions`.`row_offset`);

insert into gear.`changes_company_versions`
  (`batch_number`, `load_id`, `company_id`, `delivery_date`, `change_kind`, `old_company_name`, `new_company_name`)
select ?, b.load_id, b.`company_id`, b.`delivery_date`, 'inserted', null, b.`company_name`
from bulk.`company_versions` b
where b.`company_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`company_id`, b.`delivery_date`;

insert into gear.`work_company_versions` (load_id, `company_id`, `delivery_date`, `company_name`, row_offset, copies, is_outdated)
select load_id, `company_id`, `delivery_date`, `company_name`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`company_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`company_id` as binary), length(s.`company_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`company_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`company_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`company_id`) using ascii) as unsigned) as `company_id`,
    l.partition_date as `delivery_date`,
    if(s.padded, convert(substring(cast(s.`company_name` as binary), length(s.`company_name`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`company_name` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`company_name` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`company_name`) as `company_name`
  from gear.loads l
  join staging.`init_companies` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `company_name` = if(typed.row_offset >= gear.`work_company_versions`.row_offset, typed.`company_name`, gear.`work_company_versions`.`company_name`),
  copies = gear.`work_company_versions`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_company_versions`.row_offset, typed.row_offset, gear.`work_company_versions`.row_offset);
