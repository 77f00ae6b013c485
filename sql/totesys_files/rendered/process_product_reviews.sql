-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `review_id` from bulk.`product_reviews` order by `review_id` desc limit 1) highest where (highest.`review_id`) >= (typed.`review_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`review_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`review_id` as binary), length(s.`review_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`review_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`review_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`review_id`) using ascii) as unsigned) as `review_id`
  from staging.`product_reviews` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`product_reviews` where load_id = ?;

select `review_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`review_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`review_id` as binary), length(s.`review_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`review_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`review_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`review_id`) using ascii) as unsigned) as `review_id`
  from staging.`product_reviews` s
  where s.load_id = ?
) typed
order by `review_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `review_id` from bulk.`product_reviews` order by `review_id` desc limit 1) highest where (highest.`review_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`product_reviews`
  (`review_id`, `design_id`, `stars`, `review_text`, `reviewed_at`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`review_id`, typed.`design_id`, typed.`stars`, typed.`review_text`, typed.`reviewed_at`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`review_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`review_id` as binary), length(s.`review_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`review_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`review_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`review_id`) using ascii) as unsigned) as `review_id`,
    cast(convert(if(s.padded or length(s.`design_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`design_id` as binary), length(s.`design_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`design_id`) using ascii) as unsigned) as `design_id`,
    cast(convert(if(s.padded or length(s.`stars`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`stars` as binary), length(s.`stars`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`stars` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`stars` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`stars`) using ascii) as unsigned) as `stars`,
    if(s.`review_text` is null, null, s.`review_text`) as `review_text`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`)), 0) = 0, null, cast(replace(left(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), if(greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) > 0, greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) - 1, length(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii)) - (right(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 1) = 'Z'))), 'T', ' ') as datetime(6)) - interval if(greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) > 0, (substring(replace(substring(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) + 1), ':', ''), 1, 2) * 60 + if(length(replace(substring(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) + 1), ':', '')) = 4, substring(replace(substring(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) + 1), ':', ''), 3, 2), 0)) * if(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11) > 0, 1, -1), 0) minute) as `reviewed_at`
  from staging.`product_reviews` s
  where s.load_id = ?
) typed
where true
on duplicate key update `design_id` = if(typed.row_offset > bulk.`product_reviews`.row_offset, typed.`design_id`, bulk.`product_reviews`.`design_id`),
  `stars` = if(typed.row_offset > bulk.`product_reviews`.row_offset, typed.`stars`, bulk.`product_reviews`.`stars`),
  `review_text` = if(typed.row_offset > bulk.`product_reviews`.row_offset, typed.`review_text`, bulk.`product_reviews`.`review_text`),
  `reviewed_at` = if(typed.row_offset > bulk.`product_reviews`.row_offset, typed.`reviewed_at`, bulk.`product_reviews`.`reviewed_at`),
  `row_offset` = if(typed.row_offset > bulk.`product_reviews`.row_offset, typed.`row_offset`, bulk.`product_reviews`.`row_offset`);

insert into gear.`changes_product_reviews`
  (`batch_number`, `load_id`, `review_id`, `change_kind`, `old_design_id`, `new_design_id`, `old_stars`, `new_stars`, `old_review_text`, `new_review_text`, `old_reviewed_at`, `new_reviewed_at`)
select ?, b.load_id, b.`review_id`, 'inserted', null, b.`design_id`, null, b.`stars`, null, b.`review_text`, null, b.`reviewed_at`
from bulk.`product_reviews` b
where b.`review_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`review_id`;

create temporary table gear.`work_product_reviews` (
  load_id bigint unsigned not null,
  `review_id` int unsigned not null,
  `design_id` int unsigned null,
  `stars` int unsigned null,
  `review_text` mediumtext null,
  `reviewed_at` datetime(6) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `review_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_product_reviews` (load_id, `review_id`, `design_id`, `stars`, `review_text`, `reviewed_at`, row_offset, copies, is_outdated)
select load_id, `review_id`, `design_id`, `stars`, `review_text`, `reviewed_at`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`review_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`review_id` as binary), length(s.`review_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`review_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`review_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`review_id`) using ascii) as unsigned) as `review_id`,
    cast(convert(if(s.padded or length(s.`design_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`design_id` as binary), length(s.`design_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`design_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`design_id`) using ascii) as unsigned) as `design_id`,
    cast(convert(if(s.padded or length(s.`stars`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`stars` as binary), length(s.`stars`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`stars` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`stars` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`stars`) using ascii) as unsigned) as `stars`,
    if(s.`review_text` is null, null, s.`review_text`) as `review_text`,
    if(coalesce(length(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`)), 0) = 0, null, cast(replace(left(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), if(greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) > 0, greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) - 1, length(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii)) - (right(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 1) = 'Z'))), 'T', ' ') as datetime(6)) - interval if(greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) > 0, (substring(replace(substring(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) + 1), ':', ''), 1, 2) * 60 + if(length(replace(substring(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) + 1), ':', '')) = 4, substring(replace(substring(convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), greatest(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11), locate('-', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11)) + 1), ':', ''), 3, 2), 0)) * if(locate('+', convert(if(s.padded, convert(substring(cast(s.`reviewed_at` as binary), length(s.`reviewed_at`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`reviewed_at` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`reviewed_at`) using ascii), 11) > 0, 1, -1), 0) minute) as `reviewed_at`
  from gear.loads l
  join staging.`product_reviews` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `design_id` = if(typed.row_offset >= gear.`work_product_reviews`.row_offset, typed.`design_id`, gear.`work_product_reviews`.`design_id`),
  `stars` = if(typed.row_offset >= gear.`work_product_reviews`.row_offset, typed.`stars`, gear.`work_product_reviews`.`stars`),
  `review_text` = if(typed.row_offset >= gear.`work_product_reviews`.row_offset, typed.`review_text`, gear.`work_product_reviews`.`review_text`),
  `reviewed_at` = if(typed.row_offset >= gear.`work_product_reviews`.row_offset, typed.`reviewed_at`, gear.`work_product_reviews`.`reviewed_at`),
  copies = gear.`work_product_reviews`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_product_reviews`.row_offset, typed.row_offset, gear.`work_product_reviews`.row_offset);

update gear.`work_product_reviews` w
straight_join bulk.`product_reviews` b on b.`review_id` = w.`review_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_product_reviews`
  (`batch_number`, `load_id`, `review_id`, `change_kind`, `old_design_id`, `new_design_id`, `old_stars`, `new_stars`, `old_review_text`, `new_review_text`, `old_reviewed_at`, `new_reviewed_at`)
select ?, w.load_id, w.`review_id`, if(b.load_id is null, 'inserted', 'updated'), b.`design_id`, w.`design_id`, b.`stars`, w.`stars`, b.`review_text`, w.`review_text`, b.`reviewed_at`, w.`reviewed_at`
from gear.`work_product_reviews` w
left join bulk.`product_reviews` b on b.`review_id` = w.`review_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`design_id` <=> w.`design_id`) or not (b.`stars` <=> w.`stars`) or not (cast(b.`review_text` as binary) <=> cast(w.`review_text` as binary)) or not (b.`reviewed_at` <=> w.`reviewed_at`))
order by w.`review_id`;

insert into bulk.`product_reviews`
  (`review_id`, `design_id`, `stars`, `review_text`, `reviewed_at`, `load_id`, `row_offset`, created_at, updated_at)
select w.`review_id`, w.`design_id`, w.`stars`, w.`review_text`, w.`reviewed_at`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_product_reviews` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`review_id`
on duplicate key update updated_at = if(bulk.`product_reviews`.`design_id` <=> w.`design_id` and bulk.`product_reviews`.`stars` <=> w.`stars` and cast(bulk.`product_reviews`.`review_text` as binary) <=> cast(w.`review_text` as binary) and bulk.`product_reviews`.`reviewed_at` <=> w.`reviewed_at`, bulk.`product_reviews`.updated_at, l.load_datetime),
  `design_id` = w.`design_id`,
  `stars` = w.`stars`,
  `review_text` = w.`review_text`,
  `reviewed_at` = w.`reviewed_at`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'product_reviews',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_product_reviews` w on w.load_id = l.load_id
left join bulk.`product_reviews` b on b.`review_id` = w.`review_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`review_id` order by l.load_datetime) as earlier
  from gear.`work_product_reviews` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_product_reviews`
  (`batch_number`, `load_id`, `review_id`, `change_kind`, `old_design_id`, `new_design_id`, `old_stars`, `new_stars`, `old_review_text`, `new_review_text`, `old_reviewed_at`, `new_reviewed_at`)
select ?, w.load_id, w.`review_id`, if(b.load_id is null, 'inserted', 'updated'), b.`design_id`, w.`design_id`, b.`stars`, w.`stars`, b.`review_text`, w.`review_text`, b.`reviewed_at`, w.`reviewed_at`
from gear.loads l
straight_join gear.`work_product_reviews` w on w.load_id = l.load_id
left join bulk.`product_reviews` b on b.`review_id` = w.`review_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`design_id` <=> w.`design_id`) or not (b.`stars` <=> w.`stars`) or not (cast(b.`review_text` as binary) <=> cast(w.`review_text` as binary)) or not (b.`reviewed_at` <=> w.`reviewed_at`))
order by w.`load_id`, w.`review_id`;

insert into bulk.`product_reviews`
  (`review_id`, `design_id`, `stars`, `review_text`, `reviewed_at`, `load_id`, `row_offset`, created_at, updated_at)
select w.`review_id`, w.`design_id`, w.`stars`, w.`review_text`, w.`reviewed_at`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_product_reviews` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`review_id`
on duplicate key update updated_at = if(bulk.`product_reviews`.`design_id` <=> w.`design_id` and bulk.`product_reviews`.`stars` <=> w.`stars` and cast(bulk.`product_reviews`.`review_text` as binary) <=> cast(w.`review_text` as binary) and bulk.`product_reviews`.`reviewed_at` <=> w.`reviewed_at`, bulk.`product_reviews`.updated_at, l.load_datetime),
  `design_id` = w.`design_id`,
  `stars` = w.`stars`,
  `review_text` = w.`review_text`,
  `reviewed_at` = w.`reviewed_at`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'product_reviews',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_product_reviews` w on w.load_id = l.load_id
left join bulk.`product_reviews` b on b.`review_id` = w.`review_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_product_reviews`;
