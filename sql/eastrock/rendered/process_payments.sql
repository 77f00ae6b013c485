-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

select not exists (select 1 from (select `transaction_id` from bulk.`payments` order by `transaction_id` desc limit 1) highest where (highest.`transaction_id`) >= (typed.`transaction_id`)) as above
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`transaction_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`transaction_id` as binary), length(s.`transaction_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`transaction_id`) using ascii) as unsigned) as `transaction_id`
  from staging.`payments` s
  where s.load_id = ?
) typed
order by typed.row_offset limit 1;

select count(*) as row_count from staging.`payments` where load_id = ?;

select `transaction_id`
from (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`transaction_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`transaction_id` as binary), length(s.`transaction_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`transaction_id`) using ascii) as unsigned) as `transaction_id`
  from staging.`payments` s
  where s.load_id = ?
) typed
order by `transaction_id` limit 1
into @strata_lowest_1;

select not exists (select 1 from (select `transaction_id` from bulk.`payments` order by `transaction_id` desc limit 1) highest where (highest.`transaction_id`) >= (@strata_lowest_1)) as above;

insert into bulk.`payments`
  (`transaction_id`, `user_id`, `amount`, `transaction_date`, `type`, `load_id`, `row_offset`, created_at, updated_at)
select typed.`transaction_id`, typed.`user_id`, typed.`amount`, typed.`transaction_date`, typed.`type`, typed.load_id, typed.row_offset, l.load_datetime, l.load_datetime
from (select cast(? as datetime(6)) as load_datetime) l
cross join (
  select s.load_id, s.row_offset,
    cast(convert(if(s.padded or length(s.`transaction_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`transaction_id` as binary), length(s.`transaction_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`transaction_id`) using ascii) as unsigned) as `transaction_id`,
    cast(convert(if(s.padded or length(s.`user_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`user_id` as binary), length(s.`user_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`user_id`) using ascii) as unsigned) as `user_id`,
    cast(convert(if(s.padded or length(s.`amount`) > 60, concat(if(locate('-', s.`amount`) > 0, '-', ''), concat('0', trim(leading '0' from convert(replace(convert(substring(cast(s.`amount` as binary), length(s.`amount`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`amount` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`amount` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), '-', '') using ascii)))), s.`amount`) using ascii) as decimal(13,2)) as `amount`,
    str_to_date(convert(if(s.padded, convert(substring(cast(s.`transaction_date` as binary), length(s.`transaction_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`transaction_date`) using ascii), '%d/%m/%Y') as `transaction_date`,
    elt(field(lower(if(s.padded, convert(substring(cast(s.`type` as binary), length(s.`type`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`type` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`type` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`type`)), 'deposit', 'withdrawal', 'correction'), 'Deposit', 'Withdrawal', 'Correction') as `type`
  from staging.`payments` s
  where s.load_id = ?
) typed
where true
on duplicate key update `user_id` = if(typed.row_offset > bulk.`payments`.row_offset, typed.`user_id`, bulk.`payments`.`user_id`),
  `amount` = if(typed.row_offset > bulk.`payments`.row_offset, typed.`amount`, bulk.`payments`.`amount`),
  `transaction_date` = if(typed.row_offset > bulk.`payments`.row_offset, typed.`transaction_date`, bulk.`payments`.`transaction_date`),
  `type` = if(typed.row_offset > bulk.`payments`.row_offset, typed.`type`, bulk.`payments`.`type`),
  `row_offset` = if(typed.row_offset > bulk.`payments`.row_offset, typed.`row_offset`, bulk.`payments`.`row_offset`);

insert into gear.`changes_payments`
  (`batch_number`, `load_id`, `transaction_id`, `change_kind`, `old_user_id`, `new_user_id`, `old_amount`, `new_amount`, `old_transaction_date`, `new_transaction_date`, `old_type`, `new_type`)
select ?, b.load_id, b.`transaction_id`, 'inserted', null, b.`user_id`, null, b.`amount`, null, b.`transaction_date`, null, b.`type`
from bulk.`payments` b
where b.`transaction_id` >= @strata_lowest_1 and b.load_id = ?
order by b.`transaction_id`;

create temporary table gear.`work_payments` (
  load_id bigint unsigned not null,
  `transaction_id` bigint unsigned not null,
  `user_id` int unsigned null,
  `amount` decimal(13,2) null,
  `transaction_date` date null,
  `type` varchar(10) null,
  row_offset bigint unsigned not null,
  copies int unsigned not null,
  is_outdated boolean not null,
  primary key (load_id, `transaction_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into gear.`work_payments` (load_id, `transaction_id`, `user_id`, `amount`, `transaction_date`, `type`, row_offset, copies, is_outdated)
select load_id, `transaction_id`, `user_id`, `amount`, `transaction_date`, `type`, row_offset, 1, false
from (
  select s.load_id, if(s.`strata_row` is null, s.row_offset, cast(substring_index(if(s.padded, convert(substring(cast(s.`strata_row` as binary), length(s.`strata_row`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`strata_row` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`strata_row`), '@', -1) as unsigned)) as row_offset,
    cast(convert(if(s.padded or length(s.`transaction_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`transaction_id` as binary), length(s.`transaction_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`transaction_id`) using ascii) as unsigned) as `transaction_id`,
    cast(convert(if(s.padded or length(s.`user_id`) > 60, concat('0', trim(leading '0' from convert(convert(substring(cast(s.`user_id` as binary), length(s.`user_id`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`user_id` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4) using ascii))), s.`user_id`) using ascii) as unsigned) as `user_id`,
    cast(convert(if(s.padded or length(s.`amount`) > 60, concat(if(locate('-', s.`amount`) > 0, '-', ''), concat('0', trim(leading '0' from convert(replace(convert(substring(cast(s.`amount` as binary), length(s.`amount`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`amount` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`amount` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), '-', '') using ascii)))), s.`amount`) using ascii) as decimal(13,2)) as `amount`,
    str_to_date(convert(if(s.padded, convert(substring(cast(s.`transaction_date` as binary), length(s.`transaction_date`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`transaction_date` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`transaction_date` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`transaction_date`) using ascii), '%d/%m/%Y') as `transaction_date`,
    elt(field(lower(if(s.padded, convert(substring(cast(s.`type` as binary), length(s.`type`) - length(trim(leading ' ' from replace(replace(replace(cast(s.`type` as binary), '\t', ' '), '\r', ' '), '\n', ' '))) + 1, length(trim(replace(replace(replace(cast(s.`type` as binary), '\t', ' '), '\r', ' '), '\n', ' ')))) using utf8mb4), s.`type`)), 'deposit', 'withdrawal', 'correction'), 'Deposit', 'Withdrawal', 'Correction') as `type`
  from gear.loads l
  join staging.`payments` s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime >= ?
) typed
on duplicate key update `user_id` = if(typed.row_offset >= gear.`work_payments`.row_offset, typed.`user_id`, gear.`work_payments`.`user_id`),
  `amount` = if(typed.row_offset >= gear.`work_payments`.row_offset, typed.`amount`, gear.`work_payments`.`amount`),
  `transaction_date` = if(typed.row_offset >= gear.`work_payments`.row_offset, typed.`transaction_date`, gear.`work_payments`.`transaction_date`),
  `type` = if(typed.row_offset >= gear.`work_payments`.row_offset, typed.`type`, gear.`work_payments`.`type`),
  copies = gear.`work_payments`.copies + 1,
  row_offset = if(typed.row_offset >= gear.`work_payments`.row_offset, typed.row_offset, gear.`work_payments`.row_offset);

update gear.`work_payments` w
straight_join bulk.`payments` b on b.`transaction_id` = w.`transaction_id`
straight_join gear.loads held on held.load_id = b.load_id
left join gear.replays held_again on held_again.load_id = b.load_id
straight_join gear.loads held_first on held_first.load_id = coalesce(held_again.first_load_id, b.load_id)
straight_join gear.loads l on l.load_id = w.load_id
left join gear.replays l_again on l_again.load_id = w.load_id
straight_join gear.loads l_first on l_first.load_id = coalesce(l_again.first_load_id, w.load_id)
set w.is_outdated = true
where (held_first.delivery_order, held_first.load_id, b.row_offset, held.delivery_order, held.load_id) > (l_first.delivery_order, l_first.load_id, w.row_offset, l.delivery_order, l.load_id);

insert into gear.`changes_payments`
  (`batch_number`, `load_id`, `transaction_id`, `change_kind`, `old_user_id`, `new_user_id`, `old_amount`, `new_amount`, `old_transaction_date`, `new_transaction_date`, `old_type`, `new_type`)
select ?, w.load_id, w.`transaction_id`, if(b.load_id is null, 'inserted', 'updated'), b.`user_id`, w.`user_id`, b.`amount`, w.`amount`, b.`transaction_date`, w.`transaction_date`, b.`type`, w.`type`
from gear.`work_payments` w
left join bulk.`payments` b on b.`transaction_id` = w.`transaction_id`
where w.load_id = ? and not w.is_outdated and (b.load_id is null or not (b.`user_id` <=> w.`user_id`) or not (b.`amount` <=> w.`amount`) or not (b.`transaction_date` <=> w.`transaction_date`) or not (b.`type` <=> w.`type`))
order by w.`transaction_id`;

insert into bulk.`payments`
  (`transaction_id`, `user_id`, `amount`, `transaction_date`, `type`, `load_id`, `row_offset`, created_at, updated_at)
select w.`transaction_id`, w.`user_id`, w.`amount`, w.`transaction_date`, w.`type`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.`work_payments` w
cross join (select cast(? as datetime(6)) as load_datetime) l
where w.load_id = ? and not w.is_outdated
order by w.`transaction_id`
on duplicate key update updated_at = if(bulk.`payments`.`user_id` <=> w.`user_id` and bulk.`payments`.`amount` <=> w.`amount` and bulk.`payments`.`transaction_date` <=> w.`transaction_date` and bulk.`payments`.`type` <=> w.`type`, bulk.`payments`.updated_at, l.load_datetime),
  `user_id` = w.`user_id`,
  `amount` = w.`amount`,
  `transaction_date` = w.`transaction_date`,
  `type` = w.`type`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'payments',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_payments` w on w.load_id = l.load_id
left join bulk.`payments` b on b.`transaction_id` = w.`transaction_id` and b.load_id = w.load_id and not w.is_outdated
where l.load_id = ?
group by l.load_id;

select load_id, cast(max(earlier) as char) as follows
from (
  select w.load_id, lag(l.load_datetime) over (partition by w.`transaction_id` order by l.load_datetime) as earlier
  from gear.`work_payments` w
  join gear.loads l on l.load_id = w.load_id
  where not w.is_outdated
) keyed
where earlier is not null
group by load_id;

insert into gear.`changes_payments`
  (`batch_number`, `load_id`, `transaction_id`, `change_kind`, `old_user_id`, `new_user_id`, `old_amount`, `new_amount`, `old_transaction_date`, `new_transaction_date`, `old_type`, `new_type`)
select ?, w.load_id, w.`transaction_id`, if(b.load_id is null, 'inserted', 'updated'), b.`user_id`, w.`user_id`, b.`amount`, w.`amount`, b.`transaction_date`, w.`transaction_date`, b.`type`, w.`type`
from gear.loads l
straight_join gear.`work_payments` w on w.load_id = l.load_id
left join bulk.`payments` b on b.`transaction_id` = w.`transaction_id`
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated and (b.load_id is null or not (b.`user_id` <=> w.`user_id`) or not (b.`amount` <=> w.`amount`) or not (b.`transaction_date` <=> w.`transaction_date`) or not (b.`type` <=> w.`type`))
order by w.`load_id`, w.`transaction_id`;

insert into bulk.`payments`
  (`transaction_id`, `user_id`, `amount`, `transaction_date`, `type`, `load_id`, `row_offset`, created_at, updated_at)
select w.`transaction_id`, w.`user_id`, w.`amount`, w.`transaction_date`, w.`type`, w.`load_id`, w.`row_offset`, l.load_datetime, l.load_datetime
from gear.loads l
straight_join gear.`work_payments` w on w.load_id = l.load_id
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ? and not w.is_outdated
order by w.`transaction_id`
on duplicate key update updated_at = if(bulk.`payments`.`user_id` <=> w.`user_id` and bulk.`payments`.`amount` <=> w.`amount` and bulk.`payments`.`transaction_date` <=> w.`transaction_date` and bulk.`payments`.`type` <=> w.`type`, bulk.`payments`.updated_at, l.load_datetime),
  `user_id` = w.`user_id`,
  `amount` = w.`amount`,
  `transaction_date` = w.`transaction_date`,
  `type` = w.`type`,
  `load_id` = w.`load_id`,
  `row_offset` = w.`row_offset`;

insert into gear.load_counts (load_id, entity, inserted, updated, unchanged, superseded, outdated)
select l.load_id, 'payments',
  coalesce(sum(b.created_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at = l.load_datetime), 0),
  coalesce(sum(b.created_at <> l.load_datetime and b.updated_at <> l.load_datetime), 0),
  coalesce(sum(w.copies - 1), 0), coalesce(sum(w.is_outdated), 0)
from gear.loads l
left join gear.`work_payments` w on w.load_id = l.load_id
left join bulk.`payments` b on b.`transaction_id` = w.`transaction_id` and b.load_id = w.load_id and not w.is_outdated
where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?
group by l.load_id;

drop temporary table if exists gear.`work_payments`;
